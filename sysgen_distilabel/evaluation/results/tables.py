"""The figures of an evaluation as tables, the same for the terminal and for the page of results."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from sysgen_distilabel.evaluation.benchmarks.iheval_rules import SETTINGS

Report = Mapping[str, Any]

_FIGURES: Final = {
    "prompt_strict": "prompts, strict",
    "instruction_strict": "constraints, strict",
    "prompt_loose": "prompts, loose",
    "instruction_loose": "constraints, loose",
}


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure of an evaluation.

    Attributes:
        name: what it is.
        value: the figure, in the unit of its table; `None` if there is nothing to take it of.
        low: lower end of its interval, `None` if it has none.
        high: upper end.
    """

    name: str
    value: float | None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class FigureTable:
    """Figures that belong together.

    Attributes:
        title: what they are.
        unit: `1-5`, `%`, or `points` for changes of per cent.
        figures: in their order.
    """

    title: str
    unit: str
    figures: list[Figure]


def make_tables(report: Report) -> list[FigureTable]:
    """The tables of a report, the headline ones first; tables without figures are left out."""
    make = {"multifacet": _multifacet, "sysbench": _sysbench, "iheval": _iheval}
    tables = make.get(report["benchmark"], _constraints)(report["figures"])
    return [table for table in tables if table.figures]


def format_figure(figure: Figure, unit: str) -> str:
    """The figure with its interval, as in `4.21 (4.10 to 4.33)`, or `54.4 (51.2 to 57.8)` in per cent."""
    if figure.value is None:
        return "none"
    digits = 2 if unit == "1-5" else 1
    if figure.low is None or figure.high is None:
        return f"{figure.value:.{digits}f}"
    return f"{figure.value:.{digits}f} ({figure.low:.{digits}f} to {figure.high:.{digits}f})"


def _multifacet(figures: Report) -> list[FigureTable]:
    overall = [_figure("all instances", figures["overall"], 1)]
    if figures.get("mean_of_subsets") is not None:
        overall.append(Figure("mean of the five columns", figures["mean_of_subsets"]))
    return [
        FigureTable("Score", "1-5", overall),
        FigureTable("By column of the published table", "1-5", _figures(figures.get("by_subset", {}), 1)),
        FigureTable("By dimension", "1-5", _figures(figures["by_dimension"], 1)),
        FigureTable("By source", "1-5", _figures(figures["by_source"], 1)),
    ]


def _sysbench(figures: Report) -> list[FigureTable]:
    names = {"csr_pooled": "CSR pooled", "csr": "CSR", "isr": "ISR", "ssr": "SSR"}
    headline = [_figure(title, figures[name]) for name, title in names.items()]
    by_kind = figures["rounds_by_kind"]
    return [
        FigureTable("Constraints, instructions and sessions", "%", headline),
        FigureTable("Sessions fulfilled up to a round", "%", _figures(figures["rounds"])),
        FigureTable("Each turn alone", "%", _figures(figures["turns"])),
        FigureTable("CSR by type of constraint", "%", _figures(figures["csr_by_type"])),
        FigureTable("ISR by alignment of the user's wish", "%", _figures(figures["isr_by_alignment"])),
        FigureTable("SSR by kind of session", "%", _figures(figures["ssr_by_kind"])),
        FigureTable("Rounds of dependent sessions", "%", _figures(by_kind["dependent"])),
        FigureTable("Rounds of parallel sessions", "%", _figures(by_kind["parallel"])),
    ]


def _constraints(figures: Report) -> list[FigureTable]:
    headline = [_figure(title, figures[name]) for name, title in _FIGURES.items()]
    return [
        FigureTable("Accuracy", "%", headline),
        FigureTable("By kind of constraint, strict", "%", _figures(figures["by_group"])),
        FigureTable("By verifier, strict", "%", _figures(figures["by_verifier"])),
    ]


def _iheval(figures: Report) -> list[FigureTable]:
    total = {name: 100 * value for name, value in (figures["total"] or {}).items()}
    changes = {name: value for name, value in total.items() if name.endswith("_change")}
    tasks = [
        FigureTable(task, "%", [Figure(name, 100 * settings[name]) for name in SETTINGS if name in settings])
        for task, settings in figures["tasks"].items()
    ]
    return [
        FigureTable(
            "Mean over tasks", "%", [Figure(name, total[name]) for name in total if name not in changes]
        ),
        FigureTable(
            "Change against all in one user turn",
            "points",
            [Figure(name.removesuffix("_change"), value) for name, value in changes.items()],
        ),
        *tasks,
    ]


def _figures(estimates: Report, factor: float = 100) -> list[Figure]:
    return [_figure(name, estimate, factor) for name, estimate in estimates.items()]


def _figure(name: str, estimate: Report, factor: float = 100) -> Figure:
    scaled = {
        key: None if estimate[key] is None else factor * estimate[key] for key in ("mean", "low", "high")
    }
    return Figure(name, scaled["mean"], scaled["low"], scaled["high"])
