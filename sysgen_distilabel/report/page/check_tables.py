"""What checks have found as tables, for the report and the card."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from sysgen_distilabel.checks.check_table import CHECKS
from sysgen_distilabel.checks.findings import Action
from sysgen_distilabel.report.page.page_tables import format_thousands, share

CHECK_HEAD: Final = (
    "check", "what it finds", "rows looked at", "rows with findings", "findings", *Action,
)  # fmt: skip
FINDING_HEAD: Final = ("check", "", "findings", *Action)
VERDICT_HEAD: Final = ("functionality", "verdicts", "aligned", "not aligned", "not known", "unreadable")
CONSTRAINT_HEAD: Final = ("verifier", "rows", "followed", "broken")
COMPARISON_HEAD: Final = ("final answer", "responses", "as in the original", "another", "cannot be compared")

_BREAKDOWNS: Final = {"by_phase": "phase", "by_functionality": "functionality", "by_kind": "kind"}


def tabulate_checks(figures: Mapping[str, Any]) -> dict[str, list[list[str]]]:
    """The rows of the tables `checks`, `comparisons`, `verdicts` and `findings`.

    Args:
        figures: what `collect_check_figures` has found.
    """
    return {
        "checks": [_tabulate_check(name, counts) for name, counts in figures.items()],
        "comparisons": _tabulate_shares((figures.get("answers") or {}).get("compared") or {}),
        "verdicts": _tabulate_shares((figures.get("alignment") or {}).get("verdicts") or {}),
        "findings": [row for name, counts in figures.items() for row in _break_down(name, counts)],
    }


def tabulate_constraints(figures: Mapping[str, Any]) -> list[list[str]]:
    """The rows of the table on constraints.

    Args:
        figures: what `collect_constraint_figures` has found.
    """
    return [
        [
            name,
            format_thousands(counts["rows"]),
            share(counts["rows"] - counts["broken"], counts["rows"]),
            format_thousands(counts["broken"]),
        ]
        for name, counts in figures.get("by_verifier", {}).items()
    ]


def _tabulate_shares(compared: Mapping[str, Mapping[str, int]]) -> list[list[str]]:
    return [
        [
            kind,
            format_thousands(sum(counts.values())),
            *(share(n, sum(counts.values())) for n in counts.values()),
        ]
        for kind, counts in compared.items()
    ]


def _tabulate_check(name: str, counts: Mapping[str, Any]) -> list[str]:
    meaning = CHECKS[name].meaning if name in CHECKS else ""
    having = format_thousands(counts["rows_with_findings"])
    if counts["rows_with_findings"]:
        having += f" ({share(counts['rows_with_findings'], counts['rows'])})"
    numbers = (format_thousands(counts[key]) for key in ("findings", *Action))
    return [name, meaning, format_thousands(counts["rows"]), having, *numbers]


def _break_down(name: str, counts: Mapping[str, Any]) -> list[list[str]]:
    return [
        [name, f"{word} {value}", format_thousands(sum(actions.values())), *_show(actions)]
        for key, word in _BREAKDOWNS.items()
        for value, actions in counts[key].items()
        if value
    ]


def _show(actions: Mapping[str, int]) -> list[str]:
    return [format_thousands(actions.get(action, 0)) for action in Action]
