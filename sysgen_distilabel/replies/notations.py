"""Brings other notations of tags to ours: other brackets, escapes, translated names, Markdown around them."""

from __future__ import annotations

import re
from collections import Counter
from functools import cache
from itertools import zip_longest
from typing import Final

from sysgen_distilabel.functionalities import FUNCTIONALITIES
from sysgen_distilabel.replies.tag_names import TAG_NAMES
from sysgen_distilabel.replies.tags import TAG, read_tag

_ENDS: Final = r"/|\\/|\\(?=\w)|\uff0f|[Ee]nd(?:[ _-]of)?[ _-]|[Cc]lose[ _-]"
_LEFT: Final = r"(?:<|&(?:amp;)*(?:lt|#0*60|#x0*3c);|\\u003c|%3c|\uff1c)"
_RIGHT: Final = r"(?:>|&(?:amp;)*(?:gt|#0*62|#x0*3e);|\\u003e|%3e|\uff1e)"
_BRACKETS: Final = (
    (rf"(?:{_LEFT}{{2}}|(?:\\<){{2}})", rf"(?:{_RIGHT}{{2}}|(?:\\>){{2}})"),
    (r"(?<!<)<<<(?!<)", r">>>(?!>)"),
    (rf"(?!<)(?:{_LEFT}|\\<)", rf"(?!>)(?:{_RIGHT}|\\>)"),
    (r"<[|\uff5c]", r"[|\uff5c]>"),
    (r"[〈⟨\u2039]{1,2}", r"[〉⟩\u203a]{1,2}"),
    (r"[《≪⟪]{1,2}", r"[》≫⟫]{1,2}"),
    (r"[【\u3014「『]", r"[】\u3015」』]"),
    (r"\[\[", r"\]\]"),
    (r"\[", r"\]"),
    (r"\(\(", r"\)\)"),
    (r"\{\{", r"\}\}"),
    (r"\{", r"\}"),
    (r"««", r"»»"),
    (r"<(?=/?\s?[^\x00-\x7f])", r">"),
)
"""What stands for our double angles, opening and closing."""

_ELEMENT: Final = (rf"(?<!<)<(?!<|/{{0,2}}(?-i:{'|'.join(FUNCTIONALITIES)})s?>)", r">(?!>)")
"""As of XML in small letters, where a reply begins so and has no double angles: else it may be HTML."""


_NAMED_OR_NOT: Final = re.compile(
    rf"<<(?P<end>/?)(?P<name>{'|'.join(FUNCTIONALITIES)})>>|<<[ \t]*(?:/|\\/|/?[ ]?end)[ \t]*>>",
    re.IGNORECASE,
)
"""A tag, or an end without a name, such as `<</>>`."""


@cache
def _compile() -> tuple[re.Pattern[str], ...]:
    names = "|".join(sorted(map(re.escape, TAG_NAMES), key=len, reverse=True))
    space = r"[ \t]{0,3}"
    head = rf"(?![\[{{(<]){space}(?P<end>{_ENDS})?{space}[*_`]{{0,3}}(?:\d{{1,2}}[.)][ ]?)?(?P<name>{names})"
    tag = rf"{head}(?: tag)?(?P<late_end>[ _-]end)?[*_`]{{0,3}}{space}[:\uff1a]?{space}"
    return tuple(re.compile(f"{left}{tag}{right}", re.IGNORECASE) for left, right in (*_BRACKETS, _ELEMENT))


def to_our_notation(text: str) -> tuple[str, frozenset[int]]:
    """The text with the tags of other notations written as ours, for one that has both tag and end.

    Returns:
        the text, and where in it such a tag begins.
    """
    places: set[int] = set()
    *patterns, element = _compile()
    is_xml = "<<" not in text and element.match(text.lstrip())
    for pattern in (*patterns, element) if is_xml else patterns:
        known: list[re.Match[str]] = []
        others: list[re.Match[str]] = []
        for match in pattern.finditer(text):
            (known if _is_known(match) else others).append(match)
        ended = {_name(match) for match in others if _is_end(match)} | _find_open_ends(known)
        if used := [match for match in others if _name(match) in ended]:
            text, places = _replace(text, [(match.span(), _write(match)) for match in used], places)
    if nameless := _name_ends(text):
        text, places = _replace(text, nameless, places)
    return text, frozenset(places)


def _find_open_ends(known: list[re.Match[str]]) -> set[str]:
    """The functionalities with more ends than tags in our notation: such a tag stands in another one."""
    surplus = Counter[str]()
    for match in known:
        surplus[_name(match)] += 1 if _is_end(match) else -1
    return {name for name, ends in surplus.items() if ends > 0}


def _name_ends(text: str) -> list[tuple[tuple[int, int], str]]:
    """Where ends without a name stand, and the ends of the tags before them that have none of their own."""
    tokens = list(_NAMED_OR_NOT.finditer(text))
    ends: list[tuple[tuple[int, int], str]] = []
    opened = ""
    for token, following in zip_longest(tokens, tokens[1:]):
        if token["name"]:
            opened = "" if token["end"] else token["name"]
        elif opened and not (following and following["end"]):
            ends.append((token.span(), f"<</{opened}>>"))
            opened = ""
    return ends


def _replace(text: str, new: list[tuple[tuple[int, int], str]], places: set[int]) -> tuple[str, set[int]]:
    """Write the tags anew, and move the places of those before along."""
    parts: list[str] = []
    starts: list[int] = []
    shifts: list[tuple[int, int]] = []
    end = length = 0
    for (start, stop), tag in new:
        parts += [text[end:start], tag]
        length += len(parts[-2])
        starts.append(length)
        length += len(parts[-1])
        end = stop
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


EDGE_MARKS: Final = frozenset("*_~`#>-+:\uff1a|$=<&;\\")
"""With these begins or ends a phrase that Markdown or HTML may have been set around, or a colon before."""

_EMPHASIS: Final = (
    r"\*{1,3}|_{1,3}|~{1,2}|`{1,3}|==|\${1,2}|(?:\\[*_]){1,3}|</?(?:b|i|u|em|strong|code|mark|span|p)>"
)
_BEFORE: Final = re.compile(rf"(?:({_EMPHASIS})|(\||#{{1,6}}|[>+-])[ \t]?)\Z")
_BEHIND: Final = re.compile(rf"({_EMPHASIS})|[ \t]?(\|)")
_COLON: Final = re.compile(r"(?::(?=\s)|\uff1a)\s*")
_SPACE: Final = r"\s|<br ?/?>|&nbsp;"
_SPACES: Final = re.compile(rf"\A(?:{_SPACE}){{1,9}}|(?:{_SPACE}){{1,9}}\Z")
_QUOTED_LINE: Final = re.compile(r"^>[ \t]?", re.MULTILINE)
_LOOKED_BACK: Final = 12


def strip_spaces(text: str) -> str:
    """The text without blanks and line breaks around it, be they written as in HTML."""
    return _SPACES.sub("", text.strip()).strip()


def strip_markdown(text: str, start: int, stop: int, outer: tuple[int, int]) -> str:
    """A phrase without the marks of Markdown and HTML that belong to its tags, and a colon.

    Marks belong to a tag that stand on both its sides, or before it and before its end tag, as those of
    headings do; and so does a colon behind it, as in `<<Role>>: You are`. Marks inside the phrase stay.

    Args:
        text: what it stands in.
        start: where the phrase begins, behind its tag.
        stop: where it ends.
        outer: where its tag begins and where its end tag ends.
    """
    words = strip_spaces(text[start:stop])
    if not words or not {words[0], words[-1]} & EDGE_MARKS:
        return words
    before = _BEFORE.search(text, max(outer[0] - _LOOKED_BACK, 0), outer[0])
    behind = _BEHIND.match(text, outer[1])
    words = _strip_before(
        words, (before[1] or before[2]) if before else "", is_tight=bool(before and before[1])
    )
    if behind and words.endswith(mark := _partner(behind[1] or behind[2])):
        words = words.removesuffix(mark)
    return words.rstrip()


def _strip_before(words: str, mark: str, is_tight: bool) -> str:
    """The phrase without what belongs to the mark in front of its tag, and without a colon."""
    partner = _partner(mark)
    if is_tight and words.startswith((f":{partner}", f"\uff1a{partner}")):
        words = words[1:]
    if colon := _COLON.match(words):
        words = words[colon.end() :]
    if not mark:
        return words
    if mark == ">":
        return _QUOTED_LINE.sub("", words).strip() if "\n" in words else words
    if words.startswith(partner) and (is_tight or mark[0] in "|#"):
        words = words.removeprefix(partner).lstrip()
    if words.endswith(f"\n{mark}") or (is_tight and words.endswith(partner) and words.count(partner) % 2):
        words = words.removesuffix(partner)
    return words.rstrip()


def _partner(mark: str) -> str:
    """The mark on the other side of what it is set around."""
    if not mark.startswith("<"):
        return mark
    return f"<{mark[2:]}" if mark.startswith("</") else f"</{mark[1:]}"
