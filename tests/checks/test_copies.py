"""Copies of demonstrations are found, and what only sounds like them is not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sysgen_distilabel.checks.copies import Originals
from sysgen_distilabel.prompts.demonstrations import load_demonstrations
from sysgen_distilabel.replies.annotation import parse_annotated

ORIGINALS = Originals(
    [
        "<<Role>>You are the harbour master of a small island.<</Role>>\n<<Style>>Speak plainly.<</Style>>",
        "<<Task>>你要帮助游客安排一天的行程并且提醒他们注意天气。<</Task>>",
    ]
)


@pytest.mark.parametrize(
    "phrase",
    [
        "You are the harbour master of a small island.",
        "you are the HARBOUR master of a small island",
        "You are the harbour master of a tiny island.",
        "You are the harbour master of a small island. Help with ships and with tides in summer.",
        "Speak plainly!",
        "你要帮助游客安排一天的行程并且提醒他们注意天气",
        "你要帮助学生安排一天的行程并且提醒他们注意天气。",
    ],
)
def test_copies_are_found(phrase):
    assert [copy.phrase for copy in ORIGINALS.find_copies(["Be kind.", phrase])] == [1]


@pytest.mark.parametrize(
    "phrase",
    [
        "You are the captain of a small ship.",
        "You are a tutor.",
        "Speak.",
        "",
        "...",
        "Speak to the harbour master plainly.",
        "你要帮助学生理解分数的含义。",
    ],
)
def test_what_only_begins_alike_is_not(phrase):
    assert not list(ORIGINALS.find_copies([phrase]))


@pytest.mark.parametrize("text", load_demonstrations())
def test_every_phrase_of_every_demonstration_is_its_own_copy(text):
    phrases = [phrase.text for phrase in parse_annotated(text).phrases]
    copies = list(Originals(load_demonstrations()).find_copies(phrases))
    assert [copy.phrase for copy in copies] == list(range(len(phrases)))
    assert [copy.original for copy in copies] == phrases


@given(st.lists(st.text(max_size=40), max_size=4))
def test_any_text_can_be_compared(phrases):
    assert all(0 <= copy.phrase < len(phrases) for copy in ORIGINALS.find_copies(phrases))
