"""Makes text of any origin safe to show: what would steer a terminal is shown as a sign instead of obeyed."""

from __future__ import annotations

import os
import re
import shutil
import sys
import textwrap
from typing import Final, TextIO

_STEERING: Final = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f"  # escape sequences begin with one of these; tab and line feed stay
    "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"  # they turn the order of what is read
    "\u2028\u2029\ud800-\udfff\U000e0000-\U000e007f]"  # line breaks, halves of characters, invisible tags
)
_PICTURES: Final = 0x2400
"""The signs for the control characters, such as U+241B for the escape character, begin here."""


def clean(text: str) -> str:
    """The text with a sign in place of each character that a terminal would obey, and of half characters.

    Linear in its length, and the text itself where there is none.
    """
    return _STEERING.sub(_show, text.replace("\r\n", "\n"))


def clean_line(text: str) -> str:
    """The same in one line: a line break becomes a space."""
    return " ".join(clean(text).splitlines())


def fit(text: str, stream: TextIO) -> str:
    """The text with line breaks between words, where a terminal would break within one; else as it is.

    Args:
        text: one or more lines.
        stream: where it goes.
    """
    if not stream.isatty():
        return text
    width = shutil.get_terminal_size().columns
    return "\n".join(
        textwrap.fill(line, width, break_long_words=False, break_on_hyphens=False)
        for line in text.splitlines()
    )


def leave_pipe() -> None:
    """Write what is still buffered nowhere, so that the interpreter does not stumble over it at its end."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for stream in (sys.stdout, sys.stderr):
        try:
            os.dup2(nowhere, stream.fileno())
        except (OSError, ValueError):
            continue


def _show(found: re.Match[str]) -> str:
    code = ord(found[0])
    if code < 0x20:
        return chr(_PICTURES + code)
    return "\u2421" if code == 0x7F else "\ufffd"
