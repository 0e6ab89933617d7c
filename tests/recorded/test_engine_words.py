"""What an engine says is found in a body of any shape, and nothing of ours is said in its place."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sysgen_distilabel.recorded.engine_words import find_words

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=12,
)


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("Bad Request: unknown field 'top_p'", "Bad Request: unknown field 'top_p'"),
        ({"error": "the model is not loaded"}, "the model is not loaded"),
        ({"error": {"message": "no such model", "type": "x", "code": 404}}, "no such model"),
        ({"error": {"message": "not supported", "param": "top_p"}}, "not supported; param top_p"),
        ([{"error": {"code": 400, "message": "Unknown name", "status": "INVALID"}}], "Unknown name"),
        ({"detail": "Not Found"}, "Not Found"),
        ({"detail": [{"loc": ["body", "top_p"], "msg": "too big", "type": "x"}]}, "body.top_p: too big"),
        ({"errors": [{"message": "one"}, {"message": "two"}]}, "one; two"),
        ({"object": "error", "message": "too long", "code": 40303}, "too long"),
        ({"error": {"message": "Provider error", "metadata": {"raw": '{"error": {"message": "busy"}}'}}},
         "Provider error; busy"),
        ({"error": '{"error": {"message": "inner"}}'}, "inner"),
        ({"message": None, "detail": "told here"}, "told here"),
        ("<!DOCTYPE html><html><head><title>502 Bad Gateway</title></head><body>x</body></html>",
         "502 Bad Gateway"),
        ("<html><style>p {}</style><body><p>Down for  maintenance</p></body></html>", "Down for maintenance"),
        (b'{"error": "as bytes"}', "as bytes"),
        ({"Message": "Too long", "__type": "ValidationException"}, "Too long"),
        ({"Error": {"Message": "capitals"}}, "capitals"),
        ({"fault": {"faultstring": "Quota violation", "detail": {"errorcode": "x"}}}, "Quota violation"),
        ({"choices": None, "base_resp": {"status_code": 1008, "status_msg": "no balance"}}, "no balance"),
        ({"header": {"code": 10013, "message": "under review"}}, "under review"),
        ({"errors": {"model": ["not found"]}}, "not found"),
        ({"error": {"message": None, "code": "context_length_exceeded"}}, "context_length_exceeded"),
        ('event: error\ndata: {"error": {"message": "in a stream"}}\n\n', "in a stream"),
        ({"code": 7}, '{"code": 7}'),
        ({}, ""),
        (None, ""),
        ("  \n", ""),
    ],
)  # fmt: skip
def test_words_are_found(body, words):
    assert find_words(body) == words
    assert find_words(json.dumps(body) if isinstance(body, dict | list) else body) == words


def test_words_are_short_and_hold_no_secrets():
    words = find_words({"error": {"message": "key sk-proj-A1b2C3d4E5f6G7h8I9j0K1 is wrong " + "x" * 900}})
    assert len(words) == 300 and "A1b2C3" not in words


@given(JSON)
def test_any_json_has_words_on_one_line_or_none(body):
    words = find_words(body)
    assert len(words) <= 300 and "\n" not in words
    assert "None" not in words or "None" in json.dumps(body)


@given(st.binary(max_size=200))
def test_any_bytes_have_words_or_none(body):
    assert len(find_words(body)) <= 300
