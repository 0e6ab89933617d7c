"""Makes a forecast: chooses the sample, runs both trials, keeps what they cost."""

from __future__ import annotations

import json
import tempfile
import time
from pathlib import Path
from typing import Any, Final

from sysgen_distilabel.errors import InputError, RunError
from sysgen_distilabel.inputs import open_input
from sysgen_distilabel.report.figures.cost import Prices
from sysgen_distilabel.report.write_report import FORECAST_NAME
from sysgen_distilabel.runs.run_directory import RunDirectory
from sysgen_distilabel.settings.run_config import RunConfig
from sysgen_distilabel.workflows.preflight.engine_at_hand import engine_at_hand
from sysgen_distilabel.workflows.preflight.forecast import forecast_run
from sysgen_distilabel.workflows.preflight.trial import Sampler, keep_replies, run_trial

_SMALL_SHARE: Final = 0.25
_LEAST_SAMPLE: Final = 8


def make_forecast(
    config: RunConfig, sample: int, prices: Prices, output: Path | None = None
) -> dict[str, Any]:
    """Forecast a run from a sample of its input.

    Args:
        config: the settings of the run.
        sample: how many rows to try; a quarter of them makes the small trial.
        prices: what the engine costs.
        output: directory of the run to come: the forecast is kept there for its report, and the
            replies in its store, so that the run need not ask again.

    Raises:
        InputError: if the input cannot be read, or has too few rows.
        RunError: if the directory has a run already.
        FatalError: if the engine does not answer.
    """
    if output is not None and RunDirectory(output).exists():
        raise RunError(
            f"There is a run in {output} already.", "Name a new directory: a forecast comes before its run."
        )
    sampler = Sampler(sample)
    source = open_input(config.input)
    sampler.watch(source).scan(limit=config.limit, reading=config.reading)
    if len(sampler.chosen) < _LEAST_SAMPLE:
        raise InputError(
            f"{source.shown} has {len(sampler.chosen)} rows to try, and a forecast needs {_LEAST_SAMPLE}.",
            "Use `sysgen preview` or run it.",
        )
    small = max(2, int(len(sampler.chosen) * _SMALL_SHARE))
    with tempfile.TemporaryDirectory(prefix="sysgen-forecast-") as place:
        folders = [Path(place, name) for name in ("small", "large")]
        for folder in folders:
            folder.mkdir()
        started = time.monotonic()
        with engine_at_hand(config) as served:
            starting = time.monotonic() - started
            trials = (
                run_trial(served, sampler.chosen[:small], folders[0]),
                run_trial(served, sampler.chosen[small:], folders[1]),
            )
        forecast = forecast_run(sampler, trials, config, prices, starting)
        if output is not None:
            _keep(forecast, folders, RunDirectory(output))
    return forecast


def _keep(forecast: dict[str, Any], folders: list[Path], run: RunDirectory) -> None:
    try:
        run.path.mkdir(parents=True, exist_ok=True)
        (run.path / FORECAST_NAME).write_text(json.dumps(forecast, indent=2) + "\n", encoding="utf-8")
    except OSError as error:
        raise RunError(
            f"{run.path} cannot be written: {error.strerror}.", "Name another directory."
        ) from None
    for folder in folders:
        keep_replies(folder / "calls", run.calls)
