"""Tells text that shows something from text that shows nothing."""

from __future__ import annotations

import re
from typing import Final

_INVISIBLE: Final = (
    r"\s\x00-\x1f\x7f-\x9f\u2800"  # white space, control characters, the empty braille pattern
    r"\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f"
    r"\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"
    r"\U000e0000-\U000e0fff"
)
"""White space and what Unicode calls default ignorable: joiners, marks of direction, fillers, selectors."""

_BLANK: Final = re.compile(f"[{_INVISIBLE}]*")


def is_blank(text: str) -> bool:
    """Whether nothing of the text can be seen: no characters, white space, or format characters alone."""
    return _BLANK.fullmatch(text) is not None
