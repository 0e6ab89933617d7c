"""Brings other notations of tags to ours: other brackets, escapes, translated names, Markdown around them."""

from __future__ import annotations

import re
from functools import cache
from typing import Final

from sysgen_distilabel.replies.tag_names import TAG_NAMES
from sysgen_distilabel.replies.tags import TAG, read_tag

_ENDS: Final = r"/|\\/|\uff0f|[Ee]nd(?:[ _-]of)?[ _-]|[Cc]lose[ _-]"
_BRACKETS: Final = (
    (
        r"(?:(?:<|&(?:amp;)*lt;|\\u003[cC]|\uff1c){2}|(?:\\<){2})",
        r"(?:(?:>|&(?:amp;)*gt;|\\u003[eE]|\uff1e){2}|(?:\\>){2})",
    ),
    (r"(?:&(?:amp;)*lt;|\\u003[cC]|\\<|\uff1c)", r"(?:&(?:amp;)*gt;|\\u003[eE]|\\>|\uff1e)"),
    (r"[〈⟨\u2039]{1,2}", r"[〉⟩\u203a]{1,2}"),
    (r"《{1,2}", r"》{1,2}"),
    (r"[【\u3014「『]", r"[】\u3015」』]"),
    (r"\[\[", r"\]\]"),
    (r"\[", r"\]"),
    (r"\{\{", r"\}\}"),
    (r"\{", r"\}"),
    (r"««", r"»»"),
    (r"<(?=/?\s?[^\x00-\x7f])", r">"),
)
"""What stands for our double angles, opening and closing."""


@cache
def _compile() -> tuple[re.Pattern[str], ...]:
    names = "|".join(sorted(map(re.escape, TAG_NAMES), key=len, reverse=True))
    space = r"[ \t]{0,3}"
    head = rf"{space}(?P<end>{_ENDS})?{space}(?P<name>{names})"
    tag = rf"{head}(?P<late_end>[ _-]end)?{space}[:\uff1a]?{space}"
    return tuple(re.compile(f"{left}{tag}{right}", re.IGNORECASE) for left, right in _BRACKETS)


def to_our_notation(text: str) -> tuple[str, frozenset[int]]:
    """The text with the tags of other notations written as ours, for one that has both tag and end.

    Returns:
        the text, and where in it such a tag begins.
    """
    places: set[int] = set()
    for pattern in _compile():
        matches = list(pattern.finditer(text))
        ended = {_name(match) for match in matches if _is_end(match)}
        if used := [match for match in matches if _name(match) in ended and not _is_known(match)]:
            text, places = _replace(text, used, places)
    return text, frozenset(places)


def _replace(text: str, matches: list[re.Match[str]], places: set[int]) -> tuple[str, set[int]]:
    """Write the tags anew, and move the places of those before along."""
    parts: list[str] = []
    starts: list[int] = []
    shifts: list[tuple[int, int]] = []
    end = length = 0
    for match in matches:
        parts += [text[end : match.start()], _write(match)]
        length += len(parts[-2])
        starts.append(length)
        length += len(parts[-1])
        end = match.end()
        shifts.append((end, length - end))
    moved = {
        place + max(((at, by) for at, by in shifts if at <= place), default=(0, 0))[1] for place in places
    }
    return "".join([*parts, text[end:]]), moved | set(starts)


def _is_known(match: re.Match[str]) -> bool:
    """Whether it is a tag as it stands, exact or with a slip that is repaired as such."""
    known = TAG.fullmatch(match[0])
    tag = read_tag(known) if known else None
    return tag is not None and tag.functionality is not None


def _name(match: re.Match[str]) -> str:
    return TAG_NAMES[match["name"].lower()]


def _is_end(match: re.Match[str]) -> bool:
    return bool(match["end"] or match["late_end"])


def _write(match: re.Match[str]) -> str:
    return f"<<{'/' * _is_end(match)}{_name(match)}>>"


EDGE_MARKS: Final = frozenset("*_~`#>-+:\uff1a")
"""With these begins or ends a phrase that Markdown may have been set around, or a colon before."""

_EMPHASIS: Final = r"\*{1,3}|_{1,3}|~~|`{1,3}"
_BEFORE: Final = re.compile(rf"({_EMPHASIS}|#{{1,6}}|[>+-])[ \t]?\Z")
_BEHIND: Final = re.compile(_EMPHASIS)
_COLON: Final = re.compile(r"(?::(?=\s)|\uff1a)\s*")
_LOOKED_BACK: Final = 7


def strip_markdown(text: str, start: int, stop: int, outer: tuple[int, int]) -> str:
    """A phrase without the marks of Markdown that belong to its tags, and a colon; those inside it stay.

    Marks belong to a tag that stand on both its sides, or before it and before its end tag, as those of
    headings do; and so does a colon behind it, as in `<<Role>>: You are`.

    Args:
        text: what it stands in.
        start: where the phrase begins, behind its tag.
        stop: where it ends.
        outer: where its tag begins and where its end tag ends.
    """
    words = text[start:stop].strip()
    if not words or not {words[0], words[-1]} & EDGE_MARKS:
        return words
    if colon := _COLON.match(words):
        words = words[colon.end() :]
    before = _BEFORE.search(text, max(outer[0] - _LOOKED_BACK, 0), outer[0])
    if before and before[0] == before[1] and words.startswith(before[1]):
        words = words.removeprefix(before[1]).lstrip()
    if before and words.endswith(f"\n{before[1]}"):
        words = words.removesuffix(before[1]).rstrip()
    behind = _BEHIND.match(text, outer[1])
    if behind and words.endswith(behind[0]):
        words = words.removesuffix(behind[0]).rstrip()
    return words
