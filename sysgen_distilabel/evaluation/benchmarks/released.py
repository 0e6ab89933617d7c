"""Scores judged outputs as the owners of a benchmark release them, to hold the figures against theirs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from sysgen_distilabel.errors import ConfigError, RunError
from sysgen_distilabel.evaluation.benchmarks.registry import BENCHMARKS
from sysgen_distilabel.evaluation.evaluation_directory import REPORT, EvaluationDirectory


def score_released(
    benchmark: str, path: Path, subsets: Path | None = None, output: Path | None = None
) -> dict[str, Any]:
    """A report of the judged outputs in a file; nobody is asked.

    Unreadable verdicts of SysBench are counted as its own script counts them, so that the
    published figures come out.

    Args:
        benchmark: one whose owners release judged outputs, such as `sysbench`.
        path: the file.
        subsets: for Multifacet, the file with the column of each source.
        output: directory to write `evaluation.json` into, for the page of results.

    Raises:
        InputError: if the file is of another form.
        ConfigError: if a package is missing, or `subsets` is no mapping.
        RunError: if the report cannot be written, or `output` is the directory of an evaluation.
    """
    if output is not None and EvaluationDirectory(output).exists():
        raise RunError(f"{output} holds an evaluation; its figures would be lost.", "Name another directory.")
    score = BENCHMARKS[benchmark].score_released
    if score is None:
        raise ConfigError(f"The owners of {benchmark} release no judged outputs.", "Leave out --released.")
    figures, rows = score(path, subsets)
    report = {
        "kind": "evaluation",
        "benchmark": benchmark,
        "title": f"{BENCHMARKS[benchmark].title}, released outputs",
        "model": path.stem,
        "judge": "as released",
        "simulated": False,
        "simulation_notice": "",
        "cautions": [],
        "rows": {"asked": rows, "answered": rows, "rejected": {}, "malformed": 0},
        "figures": figures,
    }
    if output is not None:
        _write(report, output)
    return report


def _write(report: dict[str, Any], folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        text = json.dumps(report, ensure_ascii=False, indent=2) + "\n"
        (folder / REPORT).write_text(text, encoding="utf-8")
    except OSError as error:
        raise RunError(f"{folder} cannot be written: {error.strerror}.", "Name another directory.") from None
