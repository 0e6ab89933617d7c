"""The plots of a report, for its page and as files for a dataset card."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from sysgen_distilabel.errors import RunError
from sysgen_distilabel.extras import install_line, is_installed, missing_extra
from sysgen_distilabel.report.page import plot_drawings as drawings
from sysgen_distilabel.report.page import response_drawings
from sysgen_distilabel.report.page.palette import INK

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_STYLE: Final[Any] = {
    "svg.fonttype": "none",
    "font.family": "sans-serif",
    "font.size": 9.5,
    "hatch.linewidth": 0.6,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.edgecolor": INK,
    "axes.labelcolor": INK,
    "text.color": INK,
    "xtick.color": INK,
    "ytick.color": INK,
    "legend.frameon": False,
}

PLOTS: Final[dict[str, Callable[[Mapping[str, Any]], Figure | None]]] = {
    "attrition": drawings.draw_attrition,
    "functionalities": drawings.draw_functionalities,
    "verdicts": drawings.draw_verdicts,
    "response_lengths": drawings.draw_response_lengths,
    "system_message_lengths": drawings.draw_system_message_lengths,
    "judged_pairs": response_drawings.draw_preferences,
    "win_rate_by_length": response_drawings.draw_win_rate_by_length,
    "throughput": drawings.draw_throughput,
}
"""The plots by name; each gives `None` if the report has no data for it."""

Report = Mapping[str, Any]


def can_draw() -> bool:
    """Whether the extra that draws is installed; pages and cards do without plots where it is not."""
    return is_installed("matplotlib")


def note_missing_plots() -> str:
    """What a page says in place of its plots; empty where they can be drawn."""
    if can_draw():
        return ""
    return f"Plots are left out, as matplotlib is not installed: {install_line('plots')}"


def draw_page_plots(report: Report) -> dict[str, str]:
    """Every plot that the report has data for, as SVG to stand inside a page; none if none can be drawn."""
    plots: dict[str, str] = {}
    if not can_draw():
        return plots
    for name in PLOTS:
        if (figure := draw_plot(name, report)) is not None:
            plots[name] = _to_inline(figure, name)
    return plots


def draw_inline(draw: Callable[[], Figure], name: str) -> str:
    """A plot in the style of the others, as SVG to stand inside a page.

    Args:
        draw: makes the plot.
        name: its caption has the id `caption-<name>`.
    """
    from matplotlib import rc_context

    with rc_context(_STYLE):
        return _to_inline(draw(), name)


def save_plots(report: Report, directory: Path, image_format: str = "png") -> list[Path]:
    """Write every plot the report has data for into a directory, on white.

    Args:
        report: the content of `report.json`.
        directory: where to; it is created if missing.
        image_format: `png` or `svg`.

    Raises:
        ConfigError: if nothing is there to draw them with.
        RunError: if the directory cannot be written.
    """
    if not can_draw():
        raise missing_extra("Drawing plots", "plots", "matplotlib")
    files = []
    try:
        directory.mkdir(parents=True, exist_ok=True)
        for name in PLOTS:
            if (figure := draw_plot(name, report)) is not None:
                figure.set_facecolor("white")
                files.append(directory / f"{name}.{image_format}")
                files[-1].write_bytes(_render(figure, image_format, name))
    except OSError as error:
        raise RunError(
            f"{directory} cannot be written: {error.strerror}.", "Name another directory."
        ) from None
    return files


def draw_plot(name: str, report: Report) -> Figure | None:
    """One plot, `None` if the report has no data for it.

    Args:
        name: a key of `PLOTS`.
        report: the content of `report.json`.
    """
    from matplotlib import rc_context

    with rc_context(_STYLE):
        return PLOTS[name](report)


def _render(figure: Figure, image_format: str, salt: str) -> bytes:
    from matplotlib import rc_context

    buffer = io.BytesIO()
    metadata = {"Date": None} if image_format == "svg" else {"Software": None}
    with rc_context({**_STYLE, "svg.hashsalt": salt}):
        figure.savefig(buffer, format=image_format, dpi=160, metadata=metadata)
    return buffer.getvalue()


def _to_inline(figure: Figure, name: str) -> str:
    figure.patch.set_visible(False)
    figure.axes[0].patch.set_visible(False)
    return _inline(_render(figure, "svg", name).decode(), name)


def _inline(svg: str, name: str) -> str:
    """The drawing as an element of a page: its text colour, names that are not used twice, no size."""
    svg = svg[svg.index("<svg") :]
    svg = re.sub(r"<metadata>.*?</metadata>", "", svg, flags=re.DOTALL)
    svg = re.sub(r' (?:width|height)="[\d.]+pt"', "", svg, count=2)
    used = set(re.findall(r'(?:url\(|href=")#([\w.-]+)', svg))
    svg = re.sub(r' id="([^"]*)"', lambda found: found[0] if found[1] in used else "", svg)
    svg = svg.replace(INK, "currentColor")
    return svg.replace("<svg ", f'<svg class="plot" role="img" aria-labelledby="caption-{name}" ', 1)
