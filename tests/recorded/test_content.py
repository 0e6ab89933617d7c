"""The content of a message: text, or parts of text, thinking and other things."""

import pytest
from hypothesis import given

from sysgen_distilabel.recorded.content import Content, read_content
from tests.recorded.test_engine_words import JSON


def part(kind, text):
    return {"type": kind, "text": text}


@pytest.mark.parametrize(
    ("value", "content"),
    [
        ("fine", Content("fine")),
        ("", Content("")),
        (None, Content(None)),
        ([part("text", "a "), part("text", "b")], Content("a b")),
        ([part("output_text", "fine")], Content("fine")),
        (["fine"], Content("fine")),
        (part("text", "fine"), Content("fine")),
        ([{"type": "thinking", "thinking": "Hm."}, part("text", "fine")], Content("fine", "Hm.")),
        ([{"type": "thinking", "thinking": [part("text", "H"), part("text", "m.")]}, part("text", "fine")],
         Content("fine", "Hm.")),
        ([{"type": "reasoning", "summary": [part("text", "Hm.")]}, "fine"], Content("fine", "Hm.")),
        ([{"thought": True, "text": "Hm."}, {"text": "fine"}], Content("fine", "Hm.")),
        ([{"type": "image_url", "image_url": {"url": "x"}}, part("text", "fine")], Content("fine")),
        ([{"type": "thinking", "thinking": "Hm."}], Content(None, "Hm.")),
        ([part("text", {"value": "fine", "annotations": []})], Content("fine")),
        ([{"type": "TEXT", "content": "fine"}], Content("fine")),
        ([[part("thinking", "Hm.")], [part("text", "fine")]], Content("fine", "Hm.")),
        ({"parts": [{"text": "Hm.", "thought": True}, {"text": "fine"}]}, Content("fine", "Hm.")),
        ([{"type": "message", "content": [part("output_text", "fine")]}], Content("fine")),
        ([part("refusal", "no"), {"type": "tool_use", "input": {"text": "x"}}], Content(None)),
        ([], Content(None)),
        (42, Content(None)),
        ({"a": 1}, Content(None)),
        ([part("text", None), part("text", 5), 7, None], Content(None)),
    ],
)  # fmt: skip
def test_text_and_reasoning_are_told_apart(value, content):
    assert read_content(value) == content


@given(JSON)
def test_any_json_is_text_or_none_and_never_written_out(value):
    text, reasoning = read_content(value)
    assert text is None or isinstance(text, str)
    assert isinstance(reasoning, str)
    if not isinstance(value, str | list):
        assert text is None or not text.startswith("{'")
