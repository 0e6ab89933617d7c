"""What looks at the phrases of a row, by the name of its check."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, Final

from sysgen_distilabel.checks import leaks
from sysgen_distilabel.checks.copies import Originals
from sysgen_distilabel.checks.findings import Finder, Finding, Phrases
from sysgen_distilabel.columns import MESSAGES, ORIGINAL_SYSTEM_MESSAGE
from sysgen_distilabel.prompts.demonstrations import load_demonstrations


def find_copies(row: Mapping[str, Any], phrases: Phrases) -> Iterator[Finding]:
    """Phrases that were copied from the demonstrations."""
    for copy in _originals().find_copies(phrase["text"] for phrase in phrases):
        yield Finding("copy", copy.original, copy.phrase)


def find_leaks(row: Mapping[str, Any], phrases: Phrases) -> Iterator[Finding]:
    """Phrases that give the answer away; of each the first thing it tells."""
    told = set[int]()
    for leak in leaks.find_leaks(phrases, _conversation(row)):
        if leak.phrase not in told:
            told.add(leak.phrase)
            yield Finding(leak.kind.value, leak.evidence, leak.phrase)


def _conversation(row: Mapping[str, Any]) -> list[dict[str, str]]:
    original = row.get(ORIGINAL_SYSTEM_MESSAGE)
    given = [{"role": "system", "content": original}] if original else []
    return [*given, *(row.get(MESSAGES) or ())]


@cache
def _originals() -> Originals:
    return Originals(load_demonstrations("careful") + load_demonstrations("paper"))


PHRASE_FINDERS: Final[Mapping[str, Finder]] = {
    "copies": find_copies,
    "leaks": find_leaks,
}
"""A finder for every check of `CHECKS` whose subject is the phrases; a test holds the two together."""
