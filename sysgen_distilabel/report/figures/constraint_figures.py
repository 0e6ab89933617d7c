"""How often the responses follow the constraints that a program can check, by verifier."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from sysgen_distilabel.columns import BROKEN_CONSTRAINTS, CONSTRAINTS, OUTCOME
from sysgen_distilabel.inputs.parquet_rows import find_columns, scan_rows
from sysgen_distilabel.outcome import SUBSETS, Outcome

_ANY: Final = "any"
"""Counts a row once, however many constraints it has."""


def collect_constraint_figures(dataset: Path) -> dict[str, Any]:
    """Rows whose system message asks for what a program can check, and how many of them break it.

    `rows` have at least one constraint and had their responses checked, `broken` of them break one in some
    turn; `by_verifier` has the same for each verifier. Accepted rows, and those rejected for a broken
    constraint; empty if no response was checked.

    Args:
        dataset: the dataset of the run.
    """
    rows, broken = Counter[str](), Counter[str]()
    for subset in SUBSETS:
        if not {CONSTRAINTS, BROKEN_CONSTRAINTS} <= find_columns(dataset, subset):
            continue
        for row in scan_rows(dataset, subset, [CONSTRAINTS, BROKEN_CONSTRAINTS, OUTCOME]):
            if row[OUTCOME] in (Outcome.ACCEPTED, Outcome.BROKEN_CONSTRAINT):
                rows.update(_name_verifiers(row[CONSTRAINTS]))
                broken.update(_name_verifiers(row[BROKEN_CONSTRAINTS]))
    if not rows:
        return {}
    verifiers = sorted(set(rows) - {_ANY}, key=lambda name: (-rows[name], name))
    by_verifier = {name: {"rows": rows[name], "broken": broken[name]} for name in verifiers}
    return {"rows": rows[_ANY], "broken": broken[_ANY], "by_verifier": by_verifier}


def _name_verifiers(entries: Sequence[Mapping[str, Any]] | None) -> set[str]:
    """The verifiers of a row, and `_ANY` if there is one."""
    names = {str(entry["verifier"]) for entry in entries or []}
    return names | {_ANY} if names else names
