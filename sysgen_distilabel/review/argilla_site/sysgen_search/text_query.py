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
        pattern: finds words that follow each other in a text in lower case.
        is_negated: whether the text must not have them.
    """

    pattern: re.Pattern[str]
    is_negated: bool = False

    def matches(self, texts: Iterable[str]) -> bool:
        """Whether texts fulfil the condition."""
        return any(self.pattern.search(text) for text in texts) != self.is_negated


class TextQuery:
    """A query: words that must all be there, `|` for or, `-` for not, `"a phrase"`, and `prefix*`."""

    def __init__(self, query: str) -> None:
        clauses = [[_read_clause(match) for match in _CLAUSE.finditer(part)] for part in query.split("|")]
        self._alternatives = [[clause for clause in part if clause] for part in clauses]
        self._alternatives = [part for part in self._alternatives if part]

    def matches(self, texts: Iterable[str]) -> bool:
        """Whether the texts of a record fulfil the query; a query without words is always fulfilled."""
        lowered = [text.lower() for text in texts]
        return not self._alternatives or any(
            all(clause.matches(lowered) for clause in part) for part in self._alternatives
        )


def _read_clause(match: re.Match[str]) -> Clause | None:
    text = match["phrase"] if match["phrase"] is not None else match["word"]
    words = _WORD.findall(text.lower())
    if not words:
        return None
    is_prefix = match["phrase"] is None and text.endswith("*")
    joined = r"\W+".join(words)
    pattern = rf"(?<!\w){joined}" if is_prefix else rf"(?<!\w){joined}(?!\w)"
    return Clause(re.compile(pattern), is_negated=match["sign"] == "-")
