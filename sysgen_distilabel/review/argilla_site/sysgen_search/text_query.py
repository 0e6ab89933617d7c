"""The query language of Argilla's search box: what OpenSearch calls a simple query string."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

_WORD = re.compile(r"\w+")
_CLAUSE = re.compile(r'(?P<sign>[+-]?)(?:"(?P<phrase>[^"]*)"?|(?P<word>[^\s"|]+))')


@dataclass(frozen=True)
class Clause:
    """One condition of a query.

    Attributes:
        words: words that follow each other.
        is_prefix: whether the last word may go on.
        is_negated: whether the text must not have them.
    """

    words: tuple[str, ...]
    is_prefix: bool = False
    is_negated: bool = False

    def matches(self, texts: Iterable[list[str]]) -> bool:
        """Whether texts, each a list of words, fulfil the condition."""
        return any(self._is_in(text) for text in texts) != self.is_negated

    def _is_in(self, text: list[str]) -> bool:
        size = len(self.words)
        *before, last = self.words
        for start in range(len(text) - size + 1):
            end = text[start + size - 1]
            if text[start : start + size - 1] == before and (
                end == last or (self.is_prefix and end.startswith(last))
            ):
                return True
        return False


class TextQuery:
    """A query: words that must all be there, `|` for or, `-` for not, `"a phrase"`, and `prefix*`."""

    def __init__(self, query: str) -> None:
        clauses = [[_read_clause(match) for match in _CLAUSE.finditer(part)] for part in query.split("|")]
        self._alternatives = [[clause for clause in part if clause] for part in clauses]
        self._alternatives = [part for part in self._alternatives if part]

    def matches(self, texts: Iterable[str]) -> bool:
        """Whether the texts of a record fulfil the query; a query without words is always fulfilled."""
        words = [split_words(text) for text in texts]
        return not self._alternatives or any(
            all(clause.matches(words) for clause in part) for part in self._alternatives
        )


def split_words(text: str) -> list[str]:
    """The words of a text in lower case."""
    return _WORD.findall(text.lower())


def _read_clause(match: re.Match[str]) -> Clause | None:
    text = match["phrase"] if match["phrase"] is not None else match["word"]
    words = tuple(split_words(text))
    if not words:
        return None
    is_prefix = match["phrase"] is None and text.endswith("*")
    return Clause(words, is_prefix=is_prefix, is_negated=match["sign"] == "-")
