"""Figures of an evaluation as tables, the same for the terminal and for the page of results."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

Report = Mapping[str, Any]


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


def format_figure(figure: Figure, unit: str) -> str:
    """The figure with its interval, as in `4.21 (4.10 to 4.33)`, or `54.4 (51.2 to 57.8)` in per cent."""
    if figure.value is None:
        return "none"
    digits = 2 if unit == "1-5" else 1
    if figure.low is None or figure.high is None:
        return f"{figure.value:.{digits}f}"
    return f"{figure.value:.{digits}f} ({figure.low:.{digits}f} to {figure.high:.{digits}f})"


def to_figures(estimates: Report, factor: float = 100) -> list[Figure]:
    """A figure for each estimate with its interval, in another unit if a factor is given."""
    return [to_figure(name, estimate, factor) for name, estimate in estimates.items()]


def to_figure(name: str, estimate: Report, factor: float = 100) -> Figure:
    """An estimate `{mean, low, high}` as a figure."""
    scaled = {
        key: None if estimate[key] is None else factor * estimate[key] for key in ("mean", "low", "high")
    }
    return Figure(name, scaled["mean"], scaled["low"], scaled["high"])
