"""What each plot of a report shows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from sysgen_distilabel.functionalities import FUNCTIONALITIES, Verdict
from sysgen_distilabel.report.figures import paper_figures as paper
from sysgen_distilabel.report.page.palette import (
    INK,
    KEPT,
    LOST,
    PAPER,
    VERDICT_COLOURS,
    VERDICT_HATCHES,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.lines import Line2D

Report = Mapping[str, Any]

_WIDTH: Final = 4.6
_TASK_LINES: Final = (("#0072b2", "-"), ("#d55e00", "--"), ("#009e73", ":"), ("#cc79a7", "-."))


def draw_attrition(report: Report) -> Figure | None:
    """How many rows are left after each step."""
    stages = report["attrition"]
    figure, axes = start_plot(2.2)
    left = [report["rows"]["input"], *(stage["rows_out"] for stage in stages)]
    names = ["input", *(stage["reached"] for stage in stages)]
    bars = axes.barh(range(len(left)), left, 0.7, color=KEPT, edgecolor=INK, linewidth=0.5)
    axes.bar_label(bars, [f"{rows:,}" for rows in left], padding=3)
    axes.set_yticks(range(len(left)), names)
    axes.invert_yaxis()
    axes.margins(x=0.15)
    axes.set_xlabel("rows")
    return figure


def draw_functionalities(report: Report) -> Figure | None:
    """How many rows have each functionality, as written and as kept."""
    from matplotlib.lines import Line2D

    rows, accepted = report["rows_with_phrases"], report["rows"]["accepted"]
    if not rows:
        return None
    figure, axes = start_plot(3.1)
    for number, functionality in enumerate(FUNCTIONALITIES):
        counts = report["functionalities"][functionality]
        colour, span = functionality.colour, paper.TAGGED.get(functionality)
        written, kept = 100 * counts["rows"] / rows, 100 * counts["accepted_rows"] / max(accepted, 1)
        axes.barh(number - 0.19, written, 0.36, color=colour, edgecolor=INK, linewidth=0.5)
        axes.barh(
            number + 0.19, kept, 0.36, color=colour, alpha=0.45, hatch="///", edgecolor=INK, linewidth=0.5
        )
        if span:
            axes.plot([span.least, span.greatest], [number, number], color=INK, marker="|", linewidth=1.5)
    _name_bars(axes, "share of rows, %")
    patches = {"written": ("#8c8c8c", ""), "kept in accepted rows": ("#d0d0d0", "///")}
    explain(axes, patches, Line2D([], [], color=INK, marker="|", label="models of the paper"))
    return figure


def draw_verdicts(report: Report) -> Figure | None:
    """What the verifier called the phrases of each functionality."""
    from matplotlib.lines import Line2D

    counts = report["functionalities"]
    if not any(counts[f][v.lower()] for f in FUNCTIONALITIES for v in Verdict):
        return None
    figure, axes = start_plot(2.9)
    for number, functionality in enumerate(FUNCTIONALITIES):
        found = {verdict: counts[functionality][verdict.lower()] for verdict in Verdict}
        total, left = max(sum(found.values()), 1), 0.0
        for verdict, phrases in found.items():
            width = 100 * phrases / total
            axes.barh(
                number,
                width,
                0.6,
                left=left,
                color=VERDICT_COLOURS[verdict],
                hatch=VERDICT_HATCHES[verdict],
                edgecolor=INK,
                linewidth=0.5,
            )
            left += width
        if functionality in paper.BAD:
            lost = paper.BAD[functionality].mean + paper.NONE[functionality].mean
            axes.plot([100 - lost], [number], color=PAPER, marker="D", markersize=4, markeredgecolor=INK)
    _name_bars(axes, "share of phrases, %")
    patches = {str(v): (VERDICT_COLOURS[v], VERDICT_HATCHES[v]) for v in Verdict}
    mark = Line2D(
        [],
        [],
        color=PAPER,
        marker="D",
        linestyle="",
        markersize=4,
        markeredgecolor=INK,
        label="Good in the paper",
    )
    explain(axes, patches, mark)
    return figure


def draw_response_lengths(report: Report) -> Figure | None:
    """Lengths of the responses before and after."""
    lengths = report["lengths"]
    if not lengths:
        return None
    figure, axes = start_plot(2.6)
    for name, colour, line in (("original_response", LOST, "--"), ("aligned_response", KEPT, "-")):
        histogram = lengths[name]["histogram"]
        axes.stairs(
            histogram["counts"],
            histogram["edges"],
            color=colour,
            linestyle=line,
            linewidth=1.6,
            label=name.replace("_", " "),
        )
    axes.set_xlabel("characters")
    axes.set_ylabel("accepted rows")
    axes.legend()
    return figure


def draw_system_message_lengths(report: Report) -> Figure | None:
    """Lengths of the system messages."""
    lengths = report["lengths"]
    if not lengths:
        return None
    figure, axes = start_plot(2.2)
    histogram = lengths["system_message"]["histogram"]
    axes.stairs(histogram["counts"], histogram["edges"], fill=True, color=KEPT, alpha=0.8)
    axes.set_xlabel("characters of the system message")
    axes.set_ylabel("accepted rows")
    return figure


def draw_throughput(report: Report) -> Figure | None:
    """Answers of each Task over time."""
    over_time = report["throughput"]["over_time"]
    if not over_time:
        return None
    figure, axes = start_plot(2.6)
    seconds = over_time["interval_seconds"]
    for (task, answers), (colour, line) in zip(over_time["answers"].items(), _TASK_LINES * 9, strict=False):
        times = [seconds * (number + 0.5) for number in range(len(answers))]
        axes.plot(
            times, [n / seconds for n in answers], color=colour, linestyle=line, label=task.replace("_", " ")
        )
    axes.set_xlabel("seconds at work, pauses left out")
    axes.set_ylabel("answers per second")
    axes.set_ylim(bottom=0)
    axes.legend(fontsize=8)
    return figure


def start_plot(height: float) -> tuple[Figure, Axes]:
    """An empty plot of the width all of them have; the height is in inches."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(_WIDTH, height), layout="constrained")
    return figure, figure.add_subplot()


def _name_bars(axes: Axes, unit: str) -> None:
    axes.set_yticks(range(len(FUNCTIONALITIES)), [str(f) for f in FUNCTIONALITIES])
    axes.invert_yaxis()
    axes.set_xlim(0, 100)
    axes.set_xlabel(unit)


def explain(axes: Axes, patches: Mapping[str, tuple[str, str]], *marks: Line2D) -> None:
    """Say above the plot what colours, hatches and marks mean."""
    from matplotlib.patches import Patch

    handles = [
        Patch(facecolor=colour, hatch=hatch, edgecolor=INK, linewidth=0.5, label=name)
        for name, (colour, hatch) in patches.items()
    ]
    axes.legend(
        handles=[*handles, *marks],
        loc="lower center",
        bbox_to_anchor=(0.4, 1.0),
        ncols=2,
        fontsize=8,
        handlelength=1.4,
    )
