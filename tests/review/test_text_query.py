"""The query language of the search box."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sysgen_distilabel.review.argilla_site.sysgen_search.text_query import TextQuery

TEXTS = ["You are a careful assistant.", "Answer in French; use the search tool."]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("careful", True),
        ("CAREFUL french", True),
        ("careful german", False),
        ("careful | german", True),
        ("german | spanish", False),
        ('"careful assistant"', True),
        ('"assistant careful"', False),
        ('"assistant answer"', False),  # a phrase does not go from one text to the next
        ("care*", True),
        ("care", False),
        ("-german", True),
        ("careful -french", False),
        ('careful -"search tool"', False),
        ("+careful +french", True),
        ("", True),
        ('  | "" -', True),
        ('"careful', True),
    ],
)
def test_queries(query, found):
    assert TextQuery(query).matches(TEXTS) is found


@given(st.text(), st.lists(st.text()))
def test_no_text_is_an_error(query, texts):
    TextQuery(query).matches(texts)


@given(st.lists(st.from_regex(r"[a-z]{1,8}", fullmatch=True), min_size=1, max_size=6))
def test_every_word_of_a_text_finds_it(words):
    text = " ".join(words)
    for word in re.findall(r"\w+", text):
        assert TextQuery(word).matches([text]) and not TextQuery(f"-{word}").matches([text])
    assert TextQuery(f'"{text}"').matches([text])
