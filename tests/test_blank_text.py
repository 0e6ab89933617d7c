"""What shows nothing is blank, in input, replies and phrases alike."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sysgen_distilabel.blank_text import is_blank

INVISIBLE = [
    "",
    " \t\r\n",
    "\u00a0\u2003\u3000\u2028",
    "\u200b",
    "\ufeff",
    "\u200e\u200f\u202a\u202c",
    "\u2060\u2063",
    "\u00ad",
    "\u034f",
    "\u3164",
    "\u115f\u1160\uffa0",
    "\u2800",
    "\ufe0f",
    "\U000e0100",
    "\U000e0041\U000e007f",
    "\x00\x1b",
]


@pytest.mark.parametrize("text", INVISIBLE)
def test_text_that_shows_nothing_is_blank(text):
    assert is_blank(text)
    assert not is_blank(f"{text}.{text}")


@given(st.text(st.characters(categories=["L", "N", "P", "S"]), min_size=1))
def test_what_can_be_seen_is_not_blank(text):
    seen = [letter for letter in text if "FILLER" not in unicodedata.name(letter, "") and letter != "\u2800"]
    assert is_blank(text) == (not seen)


@given(st.text(st.characters(categories=["Zs", "Zl", "Zp", "Cc"])))
def test_space_and_control_characters_are_blank(text):
    assert is_blank(text)
