"""Writes the page of results, and the same figures as JSON beside it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from itertools import groupby
from pathlib import Path
from typing import Any, Final

from markupsafe import Markup

from sysgen_distilabel.errors import RunError
from sysgen_distilabel.evaluation.benchmarks.figure_tables import FigureTable, format_figure
from sysgen_distilabel.evaluation.benchmarks.published import UNSEEN, PublishedTable
from sysgen_distilabel.evaluation.benchmarks.registry import BENCHMARKS
from sysgen_distilabel.evaluation.results.collect import LM_EVAL, Result
from sysgen_distilabel.evaluation.results.results_plots import draw_table, find_table
from sysgen_distilabel.files import write_whole
from sysgen_distilabel.report.page.plots import can_draw
from sysgen_distilabel.report.page.report_page import render_page

_PLOTS: Final = 2
_MOST_BARS: Final = 16


def write_results(results: Sequence[Result], page: Path) -> Path:
    """Write `PAGE` and, with the extension .json, its figures.

    Returns:
        The JSON file.

    Raises:
        RunError: if a file cannot be written, or is there and something else.
    """
    figures = page.with_suffix(".json")
    content = {"kind": "results", "results": [asdict(result) for result in results]}
    if (page.exists() or figures.exists()) and not _are_ours(figures):
        raise RunError(f"{page} is there, and no earlier page of results.", "Name another --output.")
    try:
        page.parent.mkdir(parents=True, exist_ok=True)
        write_whole(figures, json.dumps(content, ensure_ascii=False, indent=2) + "\n")
        write_whole(page, render_results(results))
    except OSError as error:
        raise RunError(f"{page} cannot be written: {error.strerror}.", "Name another file.") from None
    return figures


def _are_ours(figures: Path) -> bool:
    try:
        return bool(json.loads(figures.read_text(encoding="utf-8"))["kind"] == "results")
    except (OSError, ValueError, KeyError, TypeError):
        return False


def render_results(results: Sequence[Result]) -> str:
    """The page: an overview, then each benchmark with plots, tables, cautions and published scores."""
    models = list(dict.fromkeys(result.model for result in results))
    groups = groupby(results, lambda result: result.benchmark)
    sections = [_make_section(name, list(group), models) for name, group in groups]
    return render_page(
        "results.html.jinja",
        sections=sections,
        overview=_make_overview(results),
        models=models,
        simulation_notice=_notice(results),
    )


def _notice(results: Sequence[Result]) -> str:
    """What has to be said of results that no model gave or judged, and which those are unless all are."""
    simulated = [result for result in results if result.notice]
    if not simulated:
        return ""
    if len(simulated) == len(results):
        return simulated[0].notice
    named = ", ".join(f"{result.model} on {_title(result.benchmark)}" for result in simulated)
    return f"{named}: {simulated[0].notice}"


def _title(benchmark: str) -> str:
    return BENCHMARKS[benchmark].title if benchmark in BENCHMARKS else "Unseen benchmarks (lm-eval)"


def _make_overview(results: Sequence[Result]) -> dict[str, Any]:
    """One line per model and one column per benchmark, with the headline figure of each."""
    columns: dict[str, str] = {}
    cells: dict[str, dict[str, str]] = {}
    for result in results:
        if result.headline:
            figure, unit = result.headline
            columns[result.benchmark] = f"{_title(result.benchmark)}: {figure.name}, {unit}"
            cells.setdefault(result.model, {})[result.benchmark] = format_figure(figure, unit)
    rows = [[model, *(cells[model].get(name, "") for name in columns)] for model in cells]
    return {"head": ["model", *columns.values()], "rows": rows}


def _make_section(benchmark: str, results: list[Result], models: list[str]) -> dict[str, Any]:
    titles = list(dict.fromkeys(table.title for result in results for table in result.tables))
    tables = [_join(title, results) for title in titles]
    plots = []
    for number, title in enumerate(titles[:_PLOTS]):
        longest = max(len(table.figures) for r in results if (table := find_table(r, title)))
        if longest <= _MOST_BARS and can_draw():
            name = f"{benchmark}-{number}"
            plots.append((name, title, Markup(draw_table(name, title, results, models))))
    published = (UNSEEN,) if benchmark == LM_EVAL else BENCHMARKS[benchmark].published
    return {
        "id": benchmark,
        "title": _title(benchmark),
        "plots": plots,
        "tables": tables,
        "accounts": [(result.model, result.how, result.rows) for result in results if result.rows],
        "cautions": list(dict.fromkeys(caution for result in results for caution in result.cautions)),
        "mixed": len({result.protocol for result in results}) > 1,
        "published": [_published(table) for table in published],
    }


def _join(title: str, results: Sequence[Result]) -> dict[str, Any]:
    """One table over all models: a line per figure, a column per model."""
    found: list[FigureTable | None] = [find_table(result, title) for result in results]
    names = list(dict.fromkeys(figure.name for table in found if table for figure in table.figures))
    unit = next(table.unit for table in found if table)
    rows = [[name, *(_cell(table, name) for table in found)] for name in names]
    return {"title": f"{title} ({unit})", "head": ["", *(result.model for result in results)], "rows": rows}


def _cell(table: FigureTable | None, name: str) -> str:
    figures = table.figures if table else []
    return next((format_figure(f, table.unit) for f in figures if table and f.name == name), "")


def _published(table: PublishedTable) -> dict[str, Any]:
    return {"provenance": table.provenance, "head": ["", *table.columns], "rows": table.format_rows()}
