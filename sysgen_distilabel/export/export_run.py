"""Exports what a finished run has accepted, or the preference pairs made from it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import chain
from pathlib import Path
from typing import Any, Final, NamedTuple

from sysgen_distilabel.columns import (
    ALIGNED_MESSAGES,
    ANSWER_TURNS,
    MESSAGES,
    REASONING,
    SOURCE_ID,
    SYSTEM_MESSAGE,
    TOOL_TURNS,
    TOOLS,
    TURN_FIELDS,
)
from sysgen_distilabel.errors import RunError
from sysgen_distilabel.export.arms import Arm
from sysgen_distilabel.export.counts import Counts
from sysgen_distilabel.export.plan import Options, Plan, make_plan
from sysgen_distilabel.export.trainer_format import PAIRED
from sysgen_distilabel.export.write_export import write_export
from sysgen_distilabel.inputs.parquet_rows import find_columns, scan_rows
from sysgen_distilabel.runs.run_directory import RunDirectory

_PREFERENCES: Final = "preferences"
_OPTIONAL: Final = (TURN_FIELDS, TOOLS, TOOL_TURNS, ANSWER_TURNS, REASONING)
_COLUMNS: Final = (SOURCE_ID, MESSAGES, SYSTEM_MESSAGE, ALIGNED_MESSAGES)


class Exported(NamedTuple):
    """What was exported, how, and what has to be said if no language model wrote or judged it."""

    counts: Counts
    plan: Plan
    simulation_notice: str


def export_run(run: RunDirectory, options: Options, output: Path, workers: int = 1) -> Exported:
    """Export a finished run; the rows pass through a few hundred at a time.

    Args:
        run: the run.
        options: what to export.
        output: the directory to write.
        workers: how many processes share the work.

    Raises:
        RunError: if there is no finished run, no preference pairs, or the output cannot be written.
        ConfigError: if the options or the chat template do not allow it.
        GuardFailed: if the trainer would lose something of a row.
    """
    return export_runs([run], options, output, workers)


def export_runs(runs: Sequence[RunDirectory], options: Options, output: Path, workers: int = 1) -> Exported:
    """Export several finished runs as one; see `export_run`."""
    pairs = options.layout in PAIRED
    for run in runs:
        run.require_finished()
        if pairs and not has_preferences(run):
            raise RunError(
                f"The run in {run.path} has no preference pairs.",
                f"Make them with: sysgen preferences {run.path}",
            )
        if options.reasoning and REASONING not in find_columns(run.dataset, "accepted"):
            raise RunError(
                f"The run in {run.path} has kept no reasoning.",
                "Run it with `keep_reasoning: true` in the settings, or leave out --reasoning.",
            )
    apart = not pairs and any(run.read_config().get("turns") == "last" for run in runs)
    plan = make_plan(replace(options, answers_apart=apart))
    read = _read_pairs if pairs else _read_accepted
    rows = chain.from_iterable(read(run.dataset) for run in runs)
    report = _join_reports([run.read_report() for run in runs], pairs=pairs)
    return Exported(write_export(rows, plan, output, report, workers), plan, report["simulation_notice"])


def has_preferences(run: RunDirectory) -> bool:
    """Whether preference pairs were made of this run."""
    return any((run.dataset / _PREFERENCES).glob("*.parquet"))


def _join_reports(reports: Sequence[dict[str, Any]], *, pairs: bool) -> dict[str, Any]:
    """The report of the first run, with the counts, models and notices of all."""
    notices = [report["simulation_notice"] for report in reports]
    if pairs:
        notices += [report.get(_PREFERENCES, {}).get("judge_notice", "") for report in reports]
    joined = {**reports[0], "simulation_notice": next(filter(None, notices), "")}
    if len(reports) > 1:
        rejected = sum((Counter(report["rows"]["rejected"]) for report in reports), Counter())
        counts = {name: sum(report["rows"][name] for report in reports) for name in ("input", "accepted")}
        joined["rows"] = {**counts, "rejected": dict(rejected)}
        joined["models"] = dict(sum((Counter(report["models"]) for report in reports), Counter()))
        joined.pop("functionalities", None)
    return joined


def default_output(run: RunDirectory, options: Options) -> Path:
    """Where an export goes if the user names no place: into the run directory, by format and arm."""
    arms = options.arms
    suffix = "" if arms == (Arm.SYSGEN,) else f"-{arms[0]}" if len(arms) == 1 else "-ablation"
    return run.path / "export" / f"{options.layout}{suffix}"


def _read_accepted(dataset: Path) -> Iterator[dict[str, Any]]:
    there = find_columns(dataset, "accepted")
    optional = [column for column in _OPTIONAL if column in there]
    return scan_rows(dataset, "accepted", [*_COLUMNS, *optional])


def _read_pairs(dataset: Path) -> Iterator[dict[str, Any]]:
    return scan_rows(dataset, _PREFERENCES, None)
