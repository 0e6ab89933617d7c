"""An evaluation in the terminal: the figures, what was not counted, and published scores beside them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from rich.console import Group, RenderableType
from rich.text import Text

from sysgen_distilabel.evaluation.benchmarks.figure_tables import FigureTable, format_figure
from sysgen_distilabel.evaluation.benchmarks.published import UNSEEN, PublishedTable
from sysgen_distilabel.evaluation.benchmarks.registry import BENCHMARKS, make_tables
from sysgen_distilabel.evaluation.results.compare import Change
from sysgen_distilabel.report.terminal.whole_table import WholeTable

_TABLES: Final = 3


def render_evaluation(report: Mapping[str, Any]) -> RenderableType:
    """The report of an evaluation with the first of its tables; all are in `evaluation.json`."""
    parts: list[RenderableType] = [Text(_title(report), style="bold")]
    if report["simulated"]:
        parts.append(Text(f"Simulated. {report['simulation_notice']}", style="bold yellow"))
    parts += [_render(table) for table in make_tables(report)[:_TABLES]]
    parts.append(Text(describe_rows(report)))
    parts += [Text(f"Caution: {caution}", style="yellow") for caution in report["cautions"]]
    parts += [_render_published(table) for table in BENCHMARKS[report["benchmark"]].published]
    return Group(*parts)


def describe_rows(report: Mapping[str, Any]) -> str:
    """What became of the rows and of the verdicts, in one or two sentences."""
    rows, figures = report["rows"], report["figures"]
    parts = [f"{rows['answered']:,} of {rows['asked']:,} rows answered"]
    parts += [f"{number:,} {reason}" for reason, number in rows["rejected"].items()]
    parts += [f"{number:,} not translated ({why})" for why, number in rows.get("untranslated", {}).items()]
    if rows["malformed"]:
        parts.append(f"{rows['malformed']:,} malformed in the data, such as {rows['malformed_examples'][0]}")
    if "unreadable" in figures:
        total = figures.get("rubrics", figures.get("constraints"))
        scored = "counted as the owners count them" if figures.get("as_published") else "not scored"
        parts.append(f"{figures['unreadable']:,} of {total:,} verdicts unreadable and {scored}")
    return f"{'; '.join(parts)}."


def render_changes(changes: Sequence[Change]) -> RenderableType:
    """Scores before and after; beside the paper's eight tasks stand the changes it printed."""
    table = WholeTable(box=None, pad_edge=False)
    table.add_column("")
    for column in ("before", "after", "change", "more than chance"):
        table.add_column(column, justify="right")
    said = {True: "yes", False: "no", None: "unknown"}
    for change in changes:
        scores = (f"{change.before.value:.2f}", f"{change.after.value:.2f}", f"{change.difference:+.2f}")
        table.add_row(change.name, *scores, said[change.is_clear])
    names = {change.name for change in changes}
    return Group(table, _render_unseen()) if names.intersection(UNSEEN.columns) else table


def _render_unseen() -> RenderableType:
    """The changes of the paper's models against their base."""
    gains = {
        model: tuple(score - before for score, before in zip(scores, UNSEEN.rows[base], strict=True))
        for model, scores in UNSEEN.rows.items()
        if (base := f"{model.split(' +')[0].removesuffix(' original SFT')} base") in UNSEEN.rows
        and not model.endswith("base")
    }
    table = WholeTable(
        title="Published changes against the base model", title_justify="left", box=None, pad_edge=False
    )
    table.add_column("", min_width=24)
    for column in UNSEEN.columns:
        table.add_column(column, justify="right")
    for model, scores in gains.items():
        table.add_row(model, *(f"{score:+.2f}" for score in scores))
    return Group(Text(), table, Text(f"Source: {UNSEEN.provenance}.", style="dim"))


def _title(report: Mapping[str, Any]) -> str:
    judged = f", judged by {report['judge']}" if report["judge"] else ""
    return f"{report['title']}: {report['model']}{judged}"


def _render(figures: FigureTable) -> RenderableType:
    table = WholeTable(
        title=f"{figures.title} ({figures.unit})", title_justify="left", box=None, pad_edge=False
    )
    table.add_column("", min_width=24)
    table.add_column("value (95 % interval)", justify="right")
    for figure in figures.figures:
        table.add_row(figure.name, format_figure(figure, figures.unit))
    return Group(Text(), table)


def _render_published(published: PublishedTable) -> RenderableType:
    table = WholeTable(title="Published", title_justify="left", box=None, pad_edge=False, style="dim")
    table.add_column("", min_width=24)
    for column in published.columns:
        table.add_column(column, justify="right")
    for row in published.format_rows():
        table.add_row(*row)
    return Group(Text(), table, Text(f"Source: {published.provenance}.", style="dim"))
