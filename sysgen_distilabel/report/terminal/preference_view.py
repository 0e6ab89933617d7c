"""Shows the counts of preference pairs: in a terminal, and as tables of the page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rich.console import RenderableType

from sysgen_distilabel.outcome import Outcome
from sysgen_distilabel.report.page.page_tables import format_thousands, share
from sysgen_distilabel.report.terminal.whole_table import WholeTable


def render_preferences(figures: Mapping[str, Any]) -> RenderableType:
    """Pairs and left out by reason, for each kind; the figures add up to the last line."""
    table = WholeTable(box=None, pad_edge=False, show_header=False)
    table.add_column()
    table.add_column(justify="right")
    table.add_column(style="dim")
    for kind, counts in figures["kinds"].items():
        table.add_row(f"{kind} pairs", f"{counts['pairs']:,}", "", style="green")
        for reason, number in counts["left_out"].items():
            table.add_row(f"  {reason}", f"{number:,}", Outcome(reason).explanation, style="red")
        table.add_row("accepted rows", f"{figures['accepted_rows']:,}", "", style="bold")
    return table


def tabulate_preferences(figures: Mapping[str, Any]) -> dict[str, Any]:
    """The tables `pairs` and `contrasts` of the page."""
    rows = figures.get("accepted_rows", 0)
    pairs: list[list[str]] = []
    for kind, counts in figures.get("kinds", {}).items():
        pairs.append([kind, "pair", format_thousands(counts["pairs"]), share(counts["pairs"], rows), ""])
        pairs += [
            [kind, reason, format_thousands(number), share(number, rows), Outcome(reason).explanation]
            for reason, number in counts["left_out"].items()
        ]
    contrasts = [
        [entry["functionality"], entry["contrast"], format_thousands(entry["pairs"])]
        for entry in figures.get("contrasts", ())
    ]
    return {"pairs": pairs, "contrasts": contrasts}
