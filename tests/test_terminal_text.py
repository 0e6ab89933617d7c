"""What a terminal would obey is shown as a sign."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sysgen_distilabel.terminal_text import clean, clean_line

STEERS = {
    "colour": "\x1b[31m",
    "title": "\x1b]0;title\x1b\\",
    "link": "\x1b]8;;http://elsewhere.test\x1b\\click\x1b]8;;\x1b\\",
    "clipboard": "\x1b]52;c;cm0gLXJmIH4=\x07",
    "one-byte sequence": "\x9b31m\x9d0;title\x9c",
    "carriage return": "safe\rother",
    "backspaces": "rm\x08\x08ls",
    "right to left": "\u202egpj.exe\u202c \u2066x\u2069 \u200f",
    "line separator": "a\u2028b\u2029c",
    "half a character": "a\ud800b",
    "invisible tags": "a\U000e0041b",
    "delete": "a\x7fb",
}
OBEYED = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069\u2028\u2029\ud800-\udfff]"
)


@pytest.mark.parametrize("name", STEERS)
def test_it_is_shown_and_not_obeyed(name):
    shown = clean(f"before {STEERS[name]} after")
    assert not OBEYED.search(shown) and "\U000e0041" not in shown
    assert shown.startswith("before ") and shown.endswith(" after")
    shown.encode()


def test_what_is_harmless_stays():
    text = "Ünïcode 你好 العربية 👩‍👩‍👧 a\tb\nc [bold] \\x1b"
    assert clean(text) == text and clean("a\r\nb") == "a\nb"
    assert clean_line("a\nb\u2028c") == "a b\ufffdc"


@given(st.text(st.characters(codec=None)))
def test_any_text(text):
    shown = clean(text)
    assert not OBEYED.search(shown) and clean(shown) == shown
    shown.encode()
