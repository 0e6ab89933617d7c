"""Whether a system message is written in the language of the user's turns."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final, NamedTuple

from sysgen_distilabel.measures.languages import find_language, guess_language

_ENOUGH: Final = 400
"""Characters that tell a language; more of them cost time."""
_LEAST_LETTERS: Final = 3
_REQUEST: Final = 80
"""Characters in which a request to translate is recognised."""

_ALIKE: Final = (
    frozenset({"id", "ms"}),
    frozenset({"hr", "bs", "sr", "sl"}),
    frozenset({"no", "da", "sv"}),
    frozenset({"cs", "sk"}),
    frozenset({"es", "gl", "ca"}),
    frozenset({"pt", "gl"}),
    frozenset({"nl", "af"}),
    frozenset({"ru", "uk", "bg", "be", "mk"}),
)
"""Languages that short texts do not tell apart with certainty."""


_TO_TRANSLATE: Final = (
    "translat", "übersetz", "tradu", "vertaal", "перев", "перекл", "翻译", "翻譯", "译成", "訳",
    "번역", "ترجم", "अनुवाद", "çevir", "przetłum", "přelož", "översätt",
)  # fmt: skip
_HANDED_OVER: Final = re.compile(r"[:\uff1a\n]\s*(?=\S.{9})", re.DOTALL)
_QUOTE: Final = re.compile(
    r"\"[^\"]{20,}\"|“[^”]{20,}”|„[^“”]{20,}[“”]|«[^»]{20,}»|「[^」]{10,}」", re.DOTALL
)
_QUOTE_SIGNS: Final = ('"', "“", "„", "«", "「")


class Languages(NamedTuple):
    """Two languages by their ISO codes, empty where they are not recognised.

    Attributes:
        expected: that of the user's turns, or the one that was asked for.
        written: that of the phrases.
    """

    expected: str
    written: str

    @property
    def are_known(self) -> bool:
        """Whether both are recognised."""
        return bool(self.expected and self.written)

    @property
    def differ(self) -> bool:
        """Whether both are recognised and surely not the same."""
        alike = any({self.expected, self.written} <= group for group in _ALIKE)
        return self.are_known and self.expected != self.written and not alike


def compare_languages(phrases: Sequence[str], asked: str, wanted: str = "") -> Languages:
    """The language that a system message should be in, and the one that it is in.

    A message that asks for answers in another language is in its own: that is no fault.

    Args:
        phrases: its phrases.
        asked: what the user says.
        wanted: the English name of a language that was asked for in place of the user's.
    """
    expected = find_language(wanted) if wanted else _guess_asked(asked[:_ENOUGH])
    return Languages(expected, guess_language("\n".join(phrases)[:_ENOUGH]))


def _guess_asked(asked: str) -> str:
    """The language in which a user asks: that of their own words, if there are any."""
    own = _own_words(asked)
    return guess_language(own if sum(map(str.isalpha, own)) >= _LEAST_LETTERS else asked)


def without_quotes(text: str) -> str:
    """A text without what stands in quotation marks, but for a few words."""
    return _QUOTE.sub(" ", text) if any(map(text.__contains__, _QUOTE_SIGNS)) else text


def _own_words(asked: str) -> str:
    """A request without what it quotes or hands over to be translated."""
    asked = without_quotes(asked)
    if any(map(asked[:_REQUEST].lower().__contains__, _TO_TRANSLATE)):
        asked = _HANDED_OVER.split(asked, maxsplit=1)[0]
    return asked
