"""The figures of a review for the terminal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rich.console import Group

from sysgen_distilabel.report.page.review_tables import describe_review, tabulate_agreement, tabulate_verifier
from sysgen_distilabel.report.terminal.whole_table import WholeTable


def render_review(figures: Mapping[str, Any]) -> Group:
    """What people said, how far they agree, and how far the verifier does."""
    tables = []
    if figures["answers"]:
        head = ["functionality", "verdicts", "as the verifier"]
        tables.append(_table(head, [row[:3] for row in tabulate_verifier(figures)]))
        tables.append(_table(["agreement between annotators", "alpha", "units"], tabulate_agreement(figures)))
    return Group(describe_review(figures), *tables)


def _table(head: list[str], rows: list[list[str]]) -> WholeTable:
    table = WholeTable(box=None, pad_edge=False)
    for place, name in enumerate(head):
        table.add_column(name, justify="left" if place == 0 else "right")
    for row in rows:
        table.add_row(*row)
    return table
