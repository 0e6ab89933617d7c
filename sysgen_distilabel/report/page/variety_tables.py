"""The figures of the options under `variety` as tables of the page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from sysgen_distilabel.report.page.page_tables import format_thousands, share

_DRAWN: Final = {
    "wanted_length": "Lengths",
    "expertise": "Levels of expertise",
    "wanted_language": "Languages",
    "persona": "Personas",
}


def tabulate_variety(figures: Mapping[str, Any]) -> dict[str, Any]:
    """The tables `wanted_functionalities` and `drawn`, by name; no entry for an option that was off."""
    functionalities, levels = figures.get("functionalities", {}), figures.get("levels") or {}
    return {
        "wanted_functionalities": [
            [
                name,
                format_thousands(counts["asked"]),
                share(counts["asked_written"], counts["asked"]),
                share(counts["unasked_written"], counts["unasked"]),
                format_thousands(counts["accepted"]),
            ]
            for name, counts in functionalities.items()
        ],
        "drawn": [
            (_DRAWN[column], _name_columns(column), [_tabulate_value(entry) for entry in entries])
            for column, entries in figures.get("drawn", {}).items()
        ],
        "levels": [
            [level, *(_tabulate_estimate(found[level]) for found in (levels["messages"], levels["answers"]))]
            for level in levels.get("messages", {})
        ],
    }


def _tabulate_estimate(found: Mapping[str, Any]) -> str:
    if found["mean"] is None:
        return ""
    return f"{found['mean']:.1f} ({found['low']:.1f} to {found['high']:.1f}, {found['number']:,} rows)"


def _name_columns(column: str) -> list[str]:
    head = ["", "accepted rows", "words of the system message at the median"]
    return [*head, "written in it, by a guess"] if column == "wanted_language" else head


def _tabulate_value(entry: Mapping[str, Any]) -> list[str]:
    cells = [entry["value"], format_thousands(entry["accepted_rows"]), f"{entry['median_words']:,.0f}"]
    if "followed" not in entry:
        return cells
    followed = entry["followed"]
    return [*cells, "" if followed is None else share(followed, entry["accepted_rows"])]
