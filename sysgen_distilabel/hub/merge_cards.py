"""Merges a new card into the one on the Hub: what people wrote there stays."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

import yaml

from sysgen_distilabel.errors import HubError
from sysgen_distilabel.report.card.card_facts import SUBSET_MEANINGS
from sysgen_distilabel.report.card.card_templates import dump_front_matter

_FRONT_MATTER: Final = re.compile(r"\A\s*---[ \t]*\r?\n(.*?)\r?\n---[ \t]*(?:\r?\n|\Z)", re.DOTALL)
_MARK: Final = re.compile(r"<!-- sysgen:(begin|end)\b.*?-->")
_OURS: Final = frozenset({"size_categories", "license", "language"})
"""Entries that say what is in the files now; what the card on the Hub says went into the last two."""


def read_front_matter(card: str) -> dict[str, Any]:
    """The metadata of a card; empty if it has none that can be read."""
    match = _FRONT_MATTER.match(card)
    try:
        data = yaml.safe_load(match[1]) if match else None
    except yaml.YAMLError:
        data = None
    return data if isinstance(data, dict) else {}


def is_ours(card: str) -> bool:
    """Whether the card has a marked section."""
    return bool(_MARK.search(card))


def merge_card(ours: str, theirs: str) -> str:
    """The card on the Hub with our section and our metadata in it.

    Lists of the metadata, such as tags, are joined; of other entries that both have, theirs stays,
    but for the size, the licence and the languages. `configs` that are no subset of ours stay.

    Args:
        ours: a card rendered anew.
        theirs: the card on the Hub; empty if there is none.

    Raises:
        HubError: the marks of our section on the Hub are broken.
    """
    if not theirs.strip():
        return ours
    old, new = read_front_matter(theirs), read_front_matter(ours)
    body, section = _FRONT_MATTER.sub("", theirs, count=1), _cut_section(ours)
    merged = _merge_front_matter(new, old)
    match = _FRONT_MATTER.match(theirs)
    head = match[0] if match and merged == old else f"---\n{dump_front_matter(merged)}---\n"
    return head + _replace_section(body, section)


def _merge_front_matter(new: Mapping[str, Any], old: Mapping[str, Any]) -> dict[str, Any]:
    merged = dict(old)
    for key, value in new.items():
        had = old.get(key)
        if key == "configs":
            merged[key] = _merge_configs(value, had)
            merged.pop("dataset_info", None)  # it counts the rows of files that are replaced
        elif key in _OURS or had in (None, "", []):
            merged[key] = value
        elif isinstance(value, list):
            had = had if isinstance(had, list) else [had]
            merged[key] = had + [item for item in value if item not in had]
    return merged


def _merge_configs(new: list[dict[str, Any]], old: Any) -> list[dict[str, Any]]:
    """Our configurations, and those of the card that are no subset of ours."""
    kept = [c for c in old or [] if isinstance(c, dict) and c.get("config_name") not in SUBSET_MEANINGS]
    if any(config.get("default") for config in kept):
        new = [{key: value for key, value in config.items() if key != "default"} for config in new]
    return new + kept


def _cut_section(card: str) -> str:
    begin, end = _find_marks(card)
    return card[begin:end]


def _replace_section(body: str, section: str) -> str:
    if not _MARK.search(body):
        return f"{body.rstrip()}\n\n{section}\n" if body.strip() else f"\n{section}\n"
    begin, end = _find_marks(body)
    return body[:begin] + section + body[end:]


def _find_marks(text: str) -> tuple[int, int]:
    marks = list(_MARK.finditer(text))
    if [mark[1] for mark in marks] != ["begin", "end"]:
        raise HubError(
            "The card on the Hub has lost a mark of the section that `sysgen push` writes.",
            "Put `<!-- sysgen:begin -->` above it and `<!-- sysgen:end -->` below it, or delete both.",
        )
    return marks[0].start(), marks[1].end()
