"""What looks at the phrases of a row, by the name of its check."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, Final

from sysgen_distilabel.checks.copies import Originals
from sysgen_distilabel.checks.findings import Finder, Finding, Phrases
from sysgen_distilabel.prompts import load_demonstrations


def find_copies(row: Mapping[str, Any], phrases: Phrases) -> Iterator[Finding]:
    """Phrases that were copied from the demonstrations."""
    for copy in _originals().find_copies(phrase["text"] for phrase in phrases):
        yield Finding("copy", copy.original, copy.phrase)


@cache
def _originals() -> Originals:
    return Originals(load_demonstrations())


PHRASE_FINDERS: Final[Mapping[str, Finder]] = {
    "copies": find_copies,
}
"""A finder for every check of `CHECKS` whose subject is the phrases; a test holds the two together."""
