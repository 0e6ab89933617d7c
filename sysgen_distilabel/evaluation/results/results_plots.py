"""The plots of the page of results: figures with their intervals, a colour and a mark for each model."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final, NamedTuple

from sysgen_distilabel.evaluation.benchmarks.figure_tables import FigureTable
from sysgen_distilabel.evaluation.results.collect import Result
from sysgen_distilabel.report.page.plots import draw_inline

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_LOOKS: Final = (
    ("#0072b2", "o", "-"),
    ("#d55e00", "s", "--"),
    ("#009e73", "^", ":"),
    ("#cc79a7", "D", "-."),
    ("#e69f00", "v", "-"),
    ("#56b4e9", "P", "--"),
)
_WIDTH: Final = 4.6
_LONGEST_NAME: Final = 40
_AXES: Final = {
    "1-5": ("score, 1 to 5", (1, 5)),
    "%": ("per cent", (0, 100)),
    "points": ("points of per cent", (-100, 100)),
}
_ROUNDS: Final = "Sessions fulfilled up to a round"


class _Shown(NamedTuple):
    """The figures of one model, and how they are drawn."""

    model: str
    table: FigureTable
    colour: str
    mark: str
    line: str


def draw_table(name: str, title: str, results: Sequence[Result], models: Sequence[str]) -> str:
    """The figures of one table for all models as SVG; empty if there are none.

    Args:
        name: of the plot in the page.
        title: of the table.
        results: evaluations on one benchmark.
        models: all models of the page, so that each looks the same in every plot.
    """
    shown = []
    for result in results:
        table = find_table(result, title)
        if table is not None and any(figure.value is not None for figure in table.figures):
            look = _LOOKS[models.index(result.model) % len(_LOOKS)]
            shown.append(_Shown(_to_label(result.model), table, *look))
    if not shown:
        return ""
    draw = _draw_lines if title == _ROUNDS else _draw_dots
    return draw_inline(lambda: draw(shown), name)


def _to_label(name: str) -> str:
    """The name as a plot shows it: not too long, no formula, no leading line that hides it from a legend."""
    printable = "".join(character for character in name if character.isprintable())
    short = printable if len(printable) <= _LONGEST_NAME else f"{printable[: _LONGEST_NAME - 3]}..."
    plain = short.replace("$", r"\$")
    return f"\u200b{plain}" if plain.startswith("_") else plain


def find_table(result: Result, title: str) -> FigureTable | None:
    """The table of an evaluation that has this title."""
    return next((table for table in result.tables if table.title == title), None)


def _draw_dots(shown: Sequence[_Shown]) -> Figure:
    """One line per figure, and on it a mark with an interval for each model."""
    from matplotlib.figure import Figure as Canvas

    names = list(dict.fromkeys(figure.name for one in shown for figure in one.table.figures))
    spread = 0.6 / len(shown)
    height = 0.9 + len(names) * max(0.3, 0.17 * len(shown)) + 0.17 * len(shown)
    canvas = Canvas(figsize=(_WIDTH, height), layout="constrained")
    axes = canvas.add_subplot()
    for number, (model, table, colour, mark, _) in enumerate(shown):
        offset = (number - (len(shown) - 1) / 2) * spread
        for figure in table.figures:
            if figure.value is None:
                continue
            place = names.index(figure.name) + offset
            if figure.low is not None and figure.high is not None:
                axes.plot([figure.low, figure.high], [place, place], color=colour, linewidth=1.4)
            axes.plot([figure.value], [place], color=colour, marker=mark, markersize=5)
        axes.plot([], [], color=colour, marker=mark, label=model)
    axes.set_yticks(range(len(names)), map(_to_label, names))
    axes.set_ylim(len(names) - 0.5, -0.5)
    axes.grid(axis="x", alpha=0.25)
    label, limits = _AXES[shown[0].table.unit]
    axes.set_xlim(*limits)
    axes.set_xlabel(label)
    axes.legend(loc="lower center", bbox_to_anchor=(0.4, 1.0), fontsize=8)
    return canvas


def _draw_lines(shown: Sequence[_Shown]) -> Figure:
    """One line per model over the rounds, with its interval as a band."""
    from matplotlib.figure import Figure as Canvas

    canvas = Canvas(figsize=(_WIDTH, 2.8 + 0.17 * len(shown)), layout="constrained")
    axes = canvas.add_subplot()
    for model, table, colour, mark, line in shown:
        known = [figure for figure in table.figures if figure.value is not None]
        names = [figure.name for figure in known]
        values, low, high = ([float(getattr(f, end) or 0) for f in known] for end in ("value", "low", "high"))
        axes.plot(names, values, color=colour, marker=mark, linestyle=line, markersize=5, label=model)
        axes.fill_between(names, low, high, color=colour, alpha=0.12)
    axes.set_ylim(0, 100)
    axes.set_ylabel("sessions, per cent")
    axes.legend(loc="lower center", bbox_to_anchor=(0.4, 1.0), fontsize=8)
    return canvas
