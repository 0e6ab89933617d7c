"""Scores of IFEval: whole prompts and single constraints, strict and loose, and by kind of constraint."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from sysgen_distilabel.evaluation.benchmarks.figure_tables import FigureTable, to_figure, to_figures
from sysgen_distilabel.measures.estimates import Tally

FIGURES: Final = ("prompt_strict", "instruction_strict", "prompt_loose", "instruction_loose")


class CheckedConstraint(NamedTuple):
    """One constraint and whether the response fulfils it."""

    verifier: str
    strict: bool
    loose: bool


@dataclass(frozen=True, slots=True)
class CheckedResponse:
    """One response and its constraints.

    Attributes:
        row: id of the row, the same in every run.
        constraints: what was checked; a response without any counts nowhere.
        is_checked: whether every verifier got through; if not, the response is counted and not scored.
    """

    row: str
    constraints: tuple[CheckedConstraint, ...]
    is_checked: bool = True


def score_constraints(responses: Iterable[CheckedResponse]) -> dict[str, Any]:
    """The four accuracies of IFEval, their mean, and the strict share by verifier and by its group.

    Shares are between 0 and 1; intervals are over rows.
    """
    tally, checked, empty, broken = Tally(), 0, 0, 0
    for response in responses:
        constraints = response.constraints
        checked, broken = checked + len(constraints), broken + (not response.is_checked)
        if not constraints:
            empty += response.is_checked
            continue
        tally.add("prompt_strict", response.row, float(all(c.strict for c in constraints)))
        tally.add("prompt_loose", response.row, float(all(c.loose for c in constraints)))
        for constraint in constraints:
            tally.add("instruction_strict", response.row, float(constraint.strict))
            tally.add("instruction_loose", response.row, float(constraint.loose))
            tally.add(f"verifier:{constraint.verifier}", response.row, float(constraint.strict))
            group = constraint.verifier.partition(":")[0]
            tally.add(f"group:{group}", response.row, float(constraint.strict))
    figures = {name: tally.estimate(name) for name in FIGURES}
    values = [figure["mean"] for figure in figures.values()]
    return {
        **figures,
        "average": None if None in values else sum(values) / len(values),
        "by_group": dict(sorted(tally.estimates("group:").items())),
        "by_verifier": dict(sorted(tally.estimates("verifier:").items())),
        "constraints": checked,
        "rows_without_constraint": empty,
        "rows_not_checked": broken,
    }


_FIGURES: Final = {
    "prompt_strict": "prompts, strict",
    "instruction_strict": "constraints, strict",
    "prompt_loose": "prompts, loose",
    "instruction_loose": "constraints, loose",
}


def tabulate_constraints(figures: Mapping[str, Any]) -> list[FigureTable]:
    """The figures of constraints that a program checks, as tables."""
    headline = [to_figure(title, figures[name]) for name, title in _FIGURES.items()]
    return [
        FigureTable("Accuracy", "%", headline),
        FigureTable("By kind of constraint, strict", "%", to_figures(figures["by_group"])),
        FigureTable("By verifier, strict", "%", to_figures(figures["by_verifier"])),
    ]
