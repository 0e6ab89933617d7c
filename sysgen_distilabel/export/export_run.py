"""Exports what a finished run has accepted, or the preference pairs made from it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, Final, NamedTuple

from sysgen_distilabel.columns import (
    ALIGNED_MESSAGES,
    ANSWER_TURNS,
    MESSAGES,
    SOURCE_ID,
    SYSTEM_MESSAGE,
    TOOLS,
    TURN_FIELDS,
)
from sysgen_distilabel.errors import RunError
from sysgen_distilabel.export.arms import Arm
from sysgen_distilabel.export.counts import Counts
from sysgen_distilabel.export.plan import Options, Plan, make_plan
from sysgen_distilabel.export.trainer_format import Format
from sysgen_distilabel.export.write_export import write_export
from sysgen_distilabel.inputs.parquet_rows import find_columns, scan_subset
from sysgen_distilabel.runs.run_directory import RunDirectory

_PREFERENCES: Final = "preferences"
_COLUMNS: Final = (SOURCE_ID, MESSAGES, SYSTEM_MESSAGE, ALIGNED_MESSAGES)


class Exported(NamedTuple):
    """What was exported, how, and what has to be said if no language model wrote or judged it."""

    counts: Counts
    plan: Plan
    simulation_notice: str


def export_run(run: RunDirectory, options: Options, output: Path) -> Exported:
    """Export a finished run; the rows pass through a few hundred at a time.

    Raises:
        RunError: if there is no finished run, no preference pairs, or the output cannot be written.
        ConfigError: if the options or the chat template do not allow it.
        GuardFailed: if the trainer would lose something of a row.
    """
    run.require_finished()
    pairs = options.layout is Format.PREFERENCES
    if pairs and not any((run.dataset / _PREFERENCES).glob("*.parquet")):
        raise RunError(
            f"The run in {run.path} has no preference pairs.",
            f"Make them with: sysgen preferences {run.path}",
        )
    apart = run.read_config().get("turns") == "last" and not pairs
    plan = make_plan(replace(options, answers_apart=apart))
    rows = _read_pairs(run.dataset) if pairs else _read_accepted(run.dataset)
    report = run.read_report()
    if pairs and not report["simulation_notice"]:
        report["simulation_notice"] = report.get(_PREFERENCES, {}).get("judge_notice", "")
    return Exported(write_export(rows, plan, output, report), plan, report["simulation_notice"])


def default_output(run: RunDirectory, options: Options) -> Path:
    """Where an export goes if the user names no place: into the run directory, by format and arm."""
    arms = options.arms
    suffix = "" if arms == (Arm.SYSGEN,) else f"-{arms[0]}" if len(arms) == 1 else "-ablation"
    return run.path / "export" / f"{options.layout}{suffix}"


def _read_accepted(dataset: Path) -> Iterator[dict[str, Any]]:
    there = find_columns(dataset, "accepted")
    optional = [column for column in (TURN_FIELDS, TOOLS, ANSWER_TURNS) if column in there]
    for batch in scan_subset(dataset, "accepted", [*_COLUMNS, *optional]):
        yield from batch.to_pylist()


def _read_pairs(dataset: Path) -> Iterator[dict[str, Any]]:
    for batch in scan_subset(dataset, _PREFERENCES, None):
        yield from batch.to_pylist()
