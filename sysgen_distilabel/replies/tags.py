"""The grammar of tags: what counts as a tag in an annotated system message, and what only looks like one."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import Final, NamedTuple

from sysgen_distilabel.functionalities import FUNCTIONALITIES, Functionality


class DefectKind(StrEnum):
    """What is wrong with a stretch of an annotated system message (SysGen §3.2, Figure 2)."""

    UNASSIGNED_TEXT = "unassigned_text"
    UNKNOWN_TAG = "unknown_tag"
    MISSING_END = "missing_end"
    MISMATCHED_END = "mismatched_end"
    STRAY_END = "stray_end"
    EMPTY_PHRASE = "empty_phrase"
    DOUBLE_SLASH = "double_slash"
    MISSPELT_TAG = "misspelt_tag"
    OTHER_BRACKETS = "other_brackets"
    MARKDOWN = "markdown"
    TRUNCATED = "truncated"
    LOOP = "loop"


class Tag(NamedTuple):
    """What one token says.

    Attributes:
        functionality: the functionality it names; None for a tag outside the eight.
        is_end: whether it has a slash.
        slip: how it departs from `<<Name>>` or `<</Name>>`; None if it does not.
    """

    functionality: Functionality | None
    is_end: bool
    slip: DefectKind | None


_NAMES: Final = "|".join(FUNCTIONALITIES)
_LEFT, _RIGHT = r"(?:(?<!<)<|«[ \u00a0]?)", r"(?:>(?!>)|[ \u00a0]?»)"
_LOOSE_TAG: Final = rf"{_LEFT}/{{0,2}}(?:{_NAMES})s?{_RIGHT}"

# The quantifiers are possessive: no input makes a search go back over what it has read.
TAG: Final = re.compile(r"<<([ \t]*+/*+[ \t]*+)([^\W\d_][^<>\n]{0,39}+)>>")
"""A candidate; `read_tag` says whether it is a tag."""

CLEAN_PHRASE: Final = re.compile(rf"\s*+<<({_NAMES})>>\s*+((?:[^<]++|(?!{TAG.pattern})<)++)<</?+\1>>(?!>)")
"""A whole phrase with nothing in it that could be a tag: nearly all of them, at a fraction of the cost."""

LOOSE_PHRASE: Final = re.compile(
    rf"(?P<tag>{_LEFT}(?P<name>{_NAMES})s?{_RIGHT})"
    rf"(?P<text>(?:[^<«]++|(?!{_LOOSE_TAG})[<«])*+)"
    rf"(?:(?P=tag)|{_LEFT}/{{1,2}}(?P=name)s?{_RIGHT})"
)
"""A whole phrase as `<Role>...</Role>` or `«Role»...«/Role»`."""

LOOSE_ENDS: Final = {
    functionality: re.compile(rf"{_LEFT}/{{1,2}}{functionality}s?{_RIGHT}")
    for functionality in FUNCTIONALITIES
}
"""`</Role>` and `«/Role»` for each functionality."""

_EXACT: Final[dict[str, Tag]] = {
    token: Tag(functionality, is_end, None)
    for functionality in FUNCTIONALITIES
    for token, is_end in ((f"<<{functionality}>>", False), (f"<</{functionality}>>", True))
}
_SPELLINGS: Final[dict[str, Functionality]] = {
    spelling: functionality
    for functionality in FUNCTIONALITIES
    for spelling in (functionality.lower(), f"{functionality.lower()}s")
}
_FOREIGN_NAME: Final = re.compile(r"\w+(?:[ &/-]{1,3}\w+){0,2}")


def read_tag(match: re.Match[str]) -> Tag | None:
    """Tell what a match of `TAG` is; None if it only looks like a tag.

    One of the eight names is a tag in any case, with any slashes, with spaces inside the brackets
    and in the plural; all but the exact form have a slip. Any other name is a tag outside the
    eight if it is written as a name: up to three words, without spaces around them, that neither start
    with a small letter nor are all capitals (`<<Example>>`, `<</Conversational History>>`, `<<역할>>`).
    Code and placeholders such as `a<<b>>c`, `1<<MAX>>2`, `<<answer>>`, `cat <<EOF>>log` and
    `kernel<<<Grid>>>(x)` stay text.
    """
    text, (start, end) = match.string, match.span()
    if text[start - 1 : start] == "<" and text[end : end + 1] == ">":
        return None
    return _EXACT.get(match[0]) or _read_inexact_tag(*match.groups())


def _read_inexact_tag(lead: str, name: str) -> Tag | None:
    is_end = "/" in lead
    if functionality := _SPELLINGS.get(name.strip().lower()):
        slip = DefectKind.DOUBLE_SLASH if "//" in lead else DefectKind.MISSPELT_TAG
        return Tag(functionality, is_end, slip)
    is_name = not (name[0].islower() or name.isupper()) and _FOREIGN_NAME.fullmatch(name)
    return Tag(None, is_end, None) if is_name and not lead.strip("/") else None
