"""Writes the report of a finished run: `report.json` with every figure, and the page `report.html`."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from sysgen_distilabel.errors import RunError
from sysgen_distilabel.files import write_whole
from sysgen_distilabel.report.card.run_card import write_run_card
from sysgen_distilabel.report.figures.compare_runs import compare_forecast
from sysgen_distilabel.report.figures.cost import Prices
from sysgen_distilabel.report.figures.run_figures import collect_figures
from sysgen_distilabel.report.page.report_page import render_report_page
from sysgen_distilabel.report.page.row_view import sample_rows
from sysgen_distilabel.runs.run_directory import RunDirectory

PAGE_NAME: Final = "report.html"
FORECAST_NAME: Final = "forecast.json"
EVALUATION_NAME: Final = "responses.json"

_ACCEPTED_ROWS: Final = 40
_ROWS_PER_REASON: Final = 8


def write_report(run: RunDirectory, prices: Prices | None = None) -> Path:
    """Count everything in a finished run anew and write the report and the page.

    Args:
        run: the run.
        prices: what the engine costs; without any those of the last report, else of the forecast.

    Returns:
        The page.

    Raises:
        RunError: if there is no finished run, or a file cannot be written.
    """
    report = _count_anew(run, prices)
    _write_page(run, report)
    _write_figures(run, report)
    return run.path / PAGE_NAME


def write_report_and_card(run: RunDirectory) -> None:
    """The same after the dataset has changed, with the card beside it, which says what the report says.

    Raises:
        RunError: if there is no finished run, or a file cannot be written.
    """
    report = _count_anew(run, None)
    _write_page(run, report)
    write_run_card(run, run.dataset, report)
    _write_figures(run, report)


def _count_anew(run: RunDirectory, prices: Prices | None) -> dict[str, Any]:
    """The report of a finished run with every figure, as a reader of its file finds it."""
    run.require_finished(contents=False)
    report = run.read_report()
    forecast = _read_json(run.path / FORECAST_NAME)
    known = prices if prices and prices.given else _find_prices(report, forecast)
    report |= {"cost": None, "forecast": None}
    report |= collect_figures(run.dataset, run.calls, run.step_names(), report["usage"], known)
    report["responses"] = _read_evaluation(run, report["rows"]["accepted"]) or report["responses"]
    report["review"] = _read_json(run.review_file) or {}
    if forecast:
        report["forecast"] = compare_forecast(forecast, report)
    read: dict[str, Any] = json.loads(json.dumps(report))
    return read


def _write_page(run: RunDirectory, report: Mapping[str, Any]) -> None:
    page = render_report_page(report, sample_rows(run.dataset, _ACCEPTED_ROWS, _ROWS_PER_REASON))
    _replace(run.path / PAGE_NAME, page)


def _write_figures(run: RunDirectory, report: Mapping[str, Any]) -> None:
    """Write the report: last of all, as one with every figure says that all is there."""
    _replace(run.report_file, json.dumps(report, indent=2) + "\n")


def _find_prices(report: Mapping[str, Any], forecast: Mapping[str, Any] | None) -> Prices:
    for source in (report.get("cost"), forecast):
        if source and source.get("prices"):
            return replace(Prices(), **source["prices"])
    return Prices()


def _read_json(path: Path) -> dict[str, Any] | None:
    try:
        content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        raise RunError(f"{path} cannot be read: {error}.", "Delete the file or make it again.") from None
    return content


def _read_evaluation(run: RunDirectory, accepted: int) -> dict[str, Any] | None:
    """What `sysgen evaluate responses` found, unless rows were accepted since."""
    try:
        figures: dict[str, Any] = json.loads((run.evaluation / EVALUATION_NAME).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        raise RunError(
            f"The evaluation in {run.evaluation} cannot be read: {error}.", "Delete it or make it again."
        ) from None
    return figures if figures["sample_of"] == accepted else None


def _replace(path: Path, text: str) -> None:
    try:
        write_whole(path, text)
    except OSError as error:
        raise RunError(f"{path} cannot be written: {error.strerror}.", "Free some space or rights.") from None
