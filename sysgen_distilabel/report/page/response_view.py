"""Shows in a terminal what was measured and judged of responses."""

from __future__ import annotations

from rich.console import Group, RenderableType
from rich.text import Text

from sysgen_distilabel.report.page.response_tables import RESPONSE_HEADS, Figures, tabulate_responses
from sysgen_distilabel.report.terminal.whole_table import WholeTable


def render_responses(figures: Figures) -> RenderableType:
    """The tables of the report page, one below the other.

    Args:
        figures: what `evaluate_responses` returns.
    """
    tables = tabulate_responses(figures)
    parts: list[RenderableType] = []
    if notice := figures.get("simulation_notice"):
        parts.append(Text(f"Simulated. {notice}", style="bold yellow"))
    parts.append(_table("Aligned held against original responses", "metrics", tables["metrics"]))
    if tables["pairs"]:
        parts.append(_transposed("Original or aligned response", "pairs", tables["pairs"]))
    for question, rows in tables["ratios"].items():
        parts.append(_table(f"Win rate by length ratio: {question}", "ratios", rows))
    for response, rows in tables["alignment"].items():
        parts.append(_table(f"Is the system message followed: {response}", "alignment", rows))
    parts += [Text(remark, style="yellow") for remark in tables["remarks"]]
    return Group(*parts)


def _table(title: str, heads: str, rows: list[list[str]]) -> WholeTable:
    return _fill(title, RESPONSE_HEADS[heads], rows)


def _transposed(title: str, heads: str, rows: list[list[str]]) -> WholeTable:
    """One column per row, where the columns are too many for a terminal."""
    lines = [list(line) for line in zip(RESPONSE_HEADS[heads], *rows, strict=True)]
    return _fill(title, lines[0], lines[1:])


def _fill(title: str, head: list[str], rows: list[list[str]]) -> WholeTable:
    table = WholeTable(title=title, title_justify="left", box=None, pad_edge=False, title_style="bold")
    for number, name in enumerate(head):
        table.add_column(name, justify="right" if number else "left")
    for row in rows:
        table.add_row(*row)
    table.add_row()
    return table
