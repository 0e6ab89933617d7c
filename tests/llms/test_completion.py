"""Bodies of completions as engines and gateways send them, and any others."""

import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sysgen_distilabel.llms.completion import Generation, read_completion, write_output
from sysgen_distilabel.recorded.faults import RequestFailed
from sysgen_distilabel.recorded.outputs import read_output
from sysgen_distilabel.recorded.record import dump_reply, load_reply
from sysgen_distilabel.recorded.reply import FaultKind
from tests.recorded.test_engine_words import JSON


def body(message, **choice):
    return json.dumps(
        {"choices": [{"index": 0, "finish_reason": "stop", "message": message, **choice}]}
    ).encode()


def test_parts_are_joined_and_thinking_is_reasoning():
    parts = [
        {"type": "thinking", "thinking": [{"type": "text", "text": "Hm."}]},
        {"type": "text", "text": "Yes."},
    ]
    assert read_completion(body({"content": parts})) == Generation("Yes.", "stop", "Hm.")


@pytest.mark.parametrize("name", ["reasoning", "reasoning_content", "thinking"])
def test_reasoning_in_a_field_of_its_own(name):
    assert read_completion(body({"content": "Yes.", name: "Hm."})).reasoning == "Hm."


@pytest.mark.parametrize(
    ("reason", "native", "read"),
    [("stop", "MAX_TOKENS", "MAX_TOKENS"), ("length", "stop", "length"), (None, "end_turn", "end_turn")],
)
def test_a_reply_cut_short_by_a_provider_behind_a_gateway_is_noticed(reason, native, read):
    cut = body({"content": "half"}, finish_reason=reason, native_finish_reason=native)
    assert read_completion(cut).finish_reason == read


def test_tokens_under_the_names_of_the_responses_api():
    reply = json.loads(body({"content": "Yes."})) | {"usage": {"input_tokens": 7, "output_tokens": 2}}
    generation = read_completion(json.dumps(reply).encode())
    assert (generation.input_tokens, generation.output_tokens) == (7, 2)


@pytest.mark.parametrize("message", [None, "text", 5, [], {}, {"content": None}, {"content": {"a": 1}}])
def test_a_message_without_content_has_no_text(message):
    assert read_completion(body(message)) == Generation(None, "stop")


@pytest.mark.parametrize(
    ("raw", "kind", "words"),
    [
        (b"<html><title>Maintenance</title></html>", FaultKind.UNREADABLE_BODY, "Maintenance"),
        (b'{"error": "the model is still loading"}', FaultKind.SERVER_ERROR, "still loading"),
        (b'{"error": {"message": "slow down", "code": 429}}', FaultKind.RATE_LIMITED, "slow down"),
        (b'{"error": {"message": "no credits", "code": 402}}', FaultKind.UNAUTHORIZED, "no credits"),
        (b'{"choices": [], "error": {"message": "late"}}', FaultKind.SERVER_ERROR, "late"),
        (
            b'{"choices": [{"message": null}], "error": {"message": "upstream gone", "code": 502}}',
            FaultKind.SERVER_ERROR,
            "upstream gone",
        ),
        (b'{"detail": "told elsewhere"}', FaultKind.UNREADABLE_BODY, "told elsewhere"),
        (b'{"choices": null}', FaultKind.UNREADABLE_BODY, "no completion"),
        (b'{"choices": ["x"]}', FaultKind.UNREADABLE_BODY, "no choice: x"),
        (b"[1, 2", FaultKind.UNREADABLE_BODY, "no JSON"),
        (b"\xff\xfe", FaultKind.UNREADABLE_BODY, "no JSON"),
        (body({"content": None, "refusal": "I cannot help"}), FaultKind.CONTENT_FILTER, "I cannot help"),
        (body({"content": "half"}, finish_reason="error"), FaultKind.SERVER_ERROR, "broke the reply off"),
        (
            body({"content": "half"}, error={"message": "upstream died"}),
            FaultKind.SERVER_ERROR,
            "upstream died",
        ),
    ],
)
def test_what_is_no_completion_says_why(raw, kind, words):
    with pytest.raises(RequestFailed) as caught:
        read_completion(raw)
    assert caught.value.fault.kind is kind and words in caught.value.fault.message
    assert not any(word in caught.value.fault.message for word in ("NoneType", "ChatCompletion", "attribute"))


PARTS = st.dictionaries(
    st.sampled_from(["type", "text", "thinking", "content", "value", "thought", "parts", "summary"]),
    st.sampled_from(["text", "thinking", "message", "x"]) | JSON | st.lists(JSON, max_size=2),
    max_size=3,
)
MESSAGES = JSON | st.dictionaries(
    st.sampled_from(["content", "reasoning", "refusal", "tool_calls"]),
    JSON | PARTS | st.lists(PARTS, max_size=3),
)
CHOICES = st.fixed_dictionaries(
    {"message": MESSAGES},
    optional={"finish_reason": JSON, "native_finish_reason": JSON, "error": JSON, "index": JSON},
)
BODIES = JSON | st.fixed_dictionaries(
    {"choices": JSON | st.lists(CHOICES, max_size=2)}, optional={"usage": JSON, "error": JSON}
)


@given(BODIES)
def test_any_json_is_a_reply_that_can_be_kept_or_a_fault(value):
    try:
        generation = read_completion(json.dumps(value).encode())
    except RequestFailed as failure:
        assert failure.fault.kind is not FaultKind.UNKNOWN
        return
    reply = read_output(write_output([generation]), 0.0, 16, True)
    assert reply.fault is not None or isinstance(reply.text, str)
    assert not re.search(r"\{'(?:type|text|thinking|content|value)':", reply.text or "")
    assert load_reply(dump_reply(reply)) == reply


@given(st.binary(max_size=300))
def test_any_bytes_are_a_reply_or_a_fault(raw):
    with pytest.raises(RequestFailed):
        read_completion(raw)
