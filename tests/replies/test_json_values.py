"""JSON in what a model wrote, wherever it stands."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sysgen_distilabel.replies.json_values import find_json, find_objects


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ('{"a": 1}', [{"a": 1}]),
        ('Sure:\n```json\n{"a": 1}\n```\nDone.', [{"a": 1}]),
        ('{"a": 1}\n{"a": 2}', [{"a": 1}, {"a": 2}]),
        ('[{"a": 1}, {"a": 2}]', [[{"a": 1}, {"a": 2}]]),
        ('I use {curly} ones, then {"a": 1}', [{"a": 1}]),
        ('{"a": "line\nbreak"}', [{"a": "line\nbreak"}]),
        ('{"a": 1,}', [{"a": 1}]),
        ("{\u201ca\u201d: 1}", [{"a": 1}]),
        ('{"a": 1', []),
        ("no JSON", []),
        ("{" * 10_000, []),
        ('{"a":' * 10_000, []),
    ],
)
def test_values_are_found(text, values):
    assert find_json(text) == values


def test_objects_inside_others_come_after_them():
    assert find_objects('{"a": {"b": [{"c": 1}]}}') == [{"a": {"b": [{"c": 1}]}}, {"b": [{"c": 1}]}, {"c": 1}]


@given(st.dictionaries(st.text(), st.integers() | st.text()), st.text(alphabet="abc \n"))
def test_what_was_written_is_found_again(value, prose):
    assert find_json(f"{prose}{json.dumps(value)}{prose}") == [value]


@given(st.text(alphabet='{}[]":,1a \n'))
def test_any_text_has_values_or_none(text):
    assert all(isinstance(value, dict | list) for value in find_json(text))
