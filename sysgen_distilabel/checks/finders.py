"""What looks at the phrases of a row, by the name of its check."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, Final

from sysgen_distilabel.checks import contradictions, leaks
from sysgen_distilabel.checks.copies import Originals
from sysgen_distilabel.checks.findings import Finder, Finding, Phrases
from sysgen_distilabel.checks.message_language import compare_languages
from sysgen_distilabel.checks.phrase_faults import is_empty_formula, is_fragment
from sysgen_distilabel.checks.tool_names import find_tool_faults, read_tool_names
from sysgen_distilabel.columns import MESSAGES, ORIGINAL_SYSTEM_MESSAGE, TOOLS, TURN_FIELDS, WANTED_LANGUAGE
from sysgen_distilabel.functionalities import Functionality
from sysgen_distilabel.measures.languages import name_language
from sysgen_distilabel.prompts.demonstrations import load_demonstrations
from sysgen_distilabel.rows import has_tools


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


def find_fragments(row: Mapping[str, Any], phrases: Phrases) -> Iterator[Finding]:
    """Phrases that are no whole instruction."""
    for place, phrase in enumerate(phrases):
        if is_fragment(phrase["text"]):
            yield Finding("fragment", "", place)


def find_formulas(row: Mapping[str, Any], phrases: Phrases) -> Iterator[Finding]:
    """Phrases that say nothing definite."""
    for place, phrase in enumerate(phrases):
        if is_empty_formula(phrase["text"]):
            yield Finding("empty_formula", "", place)


def find_contradictions(row: Mapping[str, Any], phrases: Phrases) -> Iterator[Finding]:
    """Phrases that cannot be kept together with an earlier one."""
    texts = [phrase["text"] for phrase in phrases]
    for found in contradictions.find_contradictions(texts):
        yield Finding(found.about, texts[found.other], found.phrase)


def find_tools(row: Mapping[str, Any], phrases: Phrases) -> Iterator[Finding]:
    """Phrases about tools that the conversation does not have."""
    if not any(phrase["functionality"] == Functionality.TOOL for phrase in phrases):
        return
    names = read_tool_names(row.get(TOOLS) or "", row.get(TURN_FIELDS) or "")
    for fault in find_tool_faults(phrases, bool(names) or has_tools(row), names):
        yield Finding("unknown_tool" if fault.name else "no_tools", fault.name, fault.phrase)


def find_language(row: Mapping[str, Any], phrases: Phrases) -> Iterator[Finding]:
    """Another language than that of the user's turns, or that it could not be told."""
    asked = "\n".join(m["content"] for m in row.get(MESSAGES) or () if m["role"] == "user")
    wanted = row.get(WANTED_LANGUAGE) or ""
    languages = compare_languages([phrase["text"] for phrase in phrases], asked, wanted)
    if languages.differ:
        names = " for ".join(name_language(code) for code in (languages.written, languages.expected))
        yield Finding("other_language", names)
    elif not languages.are_known:
        yield Finding("not_recognised", "", certain=False)


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
    "fragments": find_fragments,
    "formulas": find_formulas,
    "contradictions": find_contradictions,
    "tools": find_tools,
    "language": find_language,
}
"""A finder for every check of `CHECKS` whose subject is the phrases; a test holds the two together."""
