"""A run from start to finish: check the input, start or resume, execute, account for every row."""

from __future__ import annotations

import logging
import time
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from sysgen_distilabel.columns import OUTCOME, REJECTED_BY, SOURCE_ID
from sysgen_distilabel.errors import ConfigError, EngineGone, InputError, RunError, SysGenError
from sysgen_distilabel.inputs import open_input
from sysgen_distilabel.outcome import INPUT_REASONS, REASONS
from sysgen_distilabel.recorded.shared_store import find_shared_store, hand_in
from sysgen_distilabel.report.card.run_card import write_run_card
from sysgen_distilabel.runs.observer import Observer
from sysgen_distilabel.runs.provenance import collect_provenance
from sysgen_distilabel.runs.row_counts import Accounts, count_outcomes
from sysgen_distilabel.runs.run_directory import Resume, RunDirectory
from sysgen_distilabel.serving.ray_cluster import connected
from sysgen_distilabel.serving.start_engine import running_engine
from sysgen_distilabel.settings.run_config import ALL_TASKS, TASKS, RunConfig

if TYPE_CHECKING:
    from sysgen_distilabel.inputs import InputSummary, Source
    from sysgen_distilabel.review.corrections import Corrections

_logger = logging.getLogger(__name__)

_WRITTEN_BY: Final = dict.fromkeys(
    ("check_constraints", "check_responses", "judge_answers", "check_alignment"), "generate_aligned_response"
)
"""The Task whose reply a check rejects, if that is not the generator."""


@dataclass(frozen=True, slots=True)
class RunResult:
    """What a run came to.

    Attributes:
        directory: where everything is.
        accounts: the counts; they add up to the rows of the input.
        resumed: whether an earlier run was gone on with.
        was_finished: whether there was nothing left to do.
    """

    directory: RunDirectory
    accounts: Accounts
    resumed: bool
    was_finished: bool


def run(
    config: RunConfig,
    output: Path,
    *,
    data: Source | None = None,
    resume: Resume = "if_possible",
    retry: Collection[str] = (),
    apply_review: bool = False,
    extend: bool = False,
    observer: Observer | None = None,
) -> RunResult:
    """Run the pipeline, or go on with an earlier run in the same directory.

    Args:
        config: the settings.
        output: the run directory.
        data: rows in memory to work on, in place of `config.input`.
        resume: `if_possible` goes on with a run that is there and matches, `always` insists on
            one, `never` refuses it.
        retry: reasons; rows rejected for one of them in the finished run are asked again. Like
            `apply_review`, it may be given again to resume a session that was stopped.
        apply_review: apply what people corrected to a finished run; the engine is asked only
            for answers under a system message that changed.
        extend: go on with a run whose input has other rows now, or of which more rows are to be used;
            what was answered is not asked again.
        observer: is shown the input as it is read and the pipeline as it runs.

    Raises:
        InputError: if the input cannot be read, or no row of it holds a conversation.
        ConfigError: if a setting or a reason to retry is wrong.
        RunError: if the directory is locked, unwritable or of another run.
        FatalError: if the engine or the store is gone; what was answered is kept.
    """
    from sysgen_distilabel.workflows.build_pipeline import build_pipeline, used_templates

    _check_reasons(retry)
    observer = observer or Observer()
    source = observer.watch_input(open_input(config.input if data is None else data))
    summary = source.scan(limit=config.limit, reading=config.reading)
    if not summary.readable_rows:
        raise InputError(
            f"No row of {source.shown} holds a conversation. {summary.first_bad_row}.", summary.hint
        )
    _check_columns(config, summary)
    first, end = config.find_block(summary.rows)
    if first == end:
        raise ConfigError(
            f"The input has {summary.rows:,} rows, and none is left for block {config.shard}.",
            "Use fewer shards.",
        )
    store = find_shared_store(config.store, output) if config.store else None
    config = config.model_copy(update={"input": source.location, "store": store and str(store)})
    templates = used_templates(build_pipeline(config, has_tools=summary.has_tools))
    provenance = collect_provenance(source.shown, summary, templates)
    directory = RunDirectory(output)
    with directory.locked():
        is_other = directory.check(config, provenance, resume, extend=extend)
        resumed = directory.exists()
        if store and not (resumed and directory.read_config().get("store") == str(store)):
            hand_in(directory.calls, store)
        corrections = _plan_review(directory) if apply_review else None
        is_finished = directory.is_finished() and bool(directory.require_finished())
        if is_finished and not (retry or corrections or is_other):
            complete_page(directory)
            return RunResult(directory, count_outcomes(directory.dataset), resumed, was_finished=True)
        rounds = _plan_retries(directory, retry) if retry else None
        if rounds or corrections or (is_other and directory.is_finished()):
            directory.reopen(rounds, corrections)
        observer.check(directory.path)
        with directory.explain_os_errors():
            summary = replace(
                summary, rows=end - first, readable_rows=min(summary.readable_rows, end - first)
            )
            with _begun(directory), connected(config.ray) if config.ray else nullcontext():
                accounts = _execute(config, directory, summary, data, first, provenance, observer, is_other)
            write_page(directory)
    return RunResult(directory, accounts, resumed, was_finished=False)


@contextmanager
def _begun(directory: RunDirectory) -> Iterator[None]:
    """Let a run that ends before anything was answered be none, so that other settings may follow it."""
    is_new, before = not directory.exists(), directory.usage()
    try:
        yield
    except BaseException:
        with suppress(SysGenError, OSError):
            if is_new and directory.usage() == before:
                directory.config_file.unlink(missing_ok=True)
        raise


def _execute(
    config: RunConfig,
    directory: RunDirectory,
    summary: InputSummary,
    data: Source | None,
    first: int,
    provenance: Mapping[str, Any],
    observer: Observer,
    is_other: bool,
) -> Accounts:
    """Drive the pipeline and put its results in place."""
    from sysgen_distilabel.host.logs import log_file_handler
    from sysgen_distilabel.host.pipeline import run_to_files, spread_over_cluster
    from sysgen_distilabel.runs.dataset import write_dataset
    from sysgen_distilabel.workflows.build_pipeline import build_pipeline, load_groups, resolve_sampling

    started, began, before = time.monotonic(), time.time(), directory.usage()
    retries, corrections = (
        file if file.exists() else None for file in (directory.retries_file, directory.corrections_file)
    )
    with running_engine(config, directory.engine_log, observer.wait_for_engine) as served:
        block = (first, first + summary.rows)
        files = (directory.calls, retries, corrections, directory.work)
        pipeline = build_pipeline(served, *files, block, data, directory.digests, summary.has_tools)
        provenance = {**provenance, "sampling": resolve_sampling(pipeline)}
        if config.ray:
            pipeline = spread_over_cluster(pipeline, config.ray, directory.path)
        if is_other or not directory.exists():  # and only now, as an engine that cannot be had is no run yet
            directory.start(config, provenance, pipeline.dump())
        directory.clear_work()
        summary.digests.save(directory.digests)
        with observer.watch_pipeline(pipeline, directory.calls, summary.readable_rows):
            subsets = run_to_files(pipeline, load_groups(config), [log_file_handler(directory.log)])
    if retries is None:
        check_answered(directory, before, began)
    write_dataset(subsets, directory.work / "dataset")
    return finish_run(directory, config, summary.rows, time.monotonic() - started)


def check_answered(directory: RunDirectory, before: Mapping[str, Mapping[str, int]], began: float) -> None:
    """See that the engine has answered at least one of the requests of this session, if there were any.

    One that fails every time is gone, also where too few rows are left for the breaker to notice. The
    rows stay to be asked again, instead of ending as rejected.

    Args:
        directory: the run.
        before: its usage when the session began.
        began: when that was, in seconds since the epoch.

    Raises:
        EngineGone: if it has not.
    """
    from sysgen_distilabel.recorded.store import Store

    counts = {
        name: sum(usage[name] for usage in directory.usage().values())
        - sum(usage[name] for usage in before.values())
        for name in ("calls", "failed")
    }
    if not counts["calls"] or counts["failed"] < counts["calls"]:
        return
    with Store.open_read(directory.calls) as store:
        if any(timing.created >= began for timing in store.timings()):
            return  # a request that is refused for its content is answered too
        fault = store.last_fault()
    said = f" The last one failed with {fault.kind} ({fault.message})." if fault and fault.message else ""
    raise EngineGone(
        f"The engine answered none of the {counts['calls']:,} requests of this session.{said}",
        f"Look at {directory.log} and at the engine's own log.",
    )


def finish_run(directory: RunDirectory, config: RunConfig, rows: int, seconds: float) -> Accounts:
    """Count the dataset among the working files, and put it in place with its report and its card.

    Args:
        directory: the run.
        config: its settings.
        rows: how many rows of the input it has to account for.
        seconds: how long it took.

    Raises:
        RunError: if the counts do not add up.
    """
    new_dataset = directory.work / "dataset"
    accounts = count_outcomes(new_dataset)
    accounts.check(rows)
    report = _make_report(accounts, directory, config, seconds)
    directory.keep_review(new_dataset)
    write_run_card(directory, new_dataset, report)
    directory.finish(new_dataset, report)
    return accounts


def complete_page(directory: RunDirectory) -> None:
    """Do what a session did not come to that was killed once the run was finished."""
    if lacks_page(directory):
        directory.clear_work()
        write_page(directory)


def lacks_page(directory: RunDirectory) -> bool:
    """Whether a session was killed once the run was finished, before its figures and its page were there."""
    return directory.work.exists() or "attrition" not in directory.read_report()


def write_page(directory: RunDirectory) -> None:
    """Add every figure to the report, write the page, and say in the card what was measured.

    The run is finished also without.
    """
    from sysgen_distilabel.report.write_report import write_report_and_card

    try:
        write_report_and_card(directory)
    except Exception as error:
        _logger.warning("The report could not be written (%s); `sysgen report` tries again.", error)


def _make_report(
    accounts: Accounts, directory: RunDirectory, config: RunConfig, seconds: float
) -> dict[str, Any]:
    return {
        "simulated": bool(config.simulation_notice),
        "simulation_notice": config.simulation_notice,
        "rows": {
            "input": accounts.rows,
            "accepted": accounts.accepted,
            "rejected": dict(accounts.rejected),
            "rejected_by": dict(accounts.rejected_by),
        },
        "usage": directory.usage(),
        "seconds_of_last_session": round(seconds, 1),
    }


def _check_columns(config: RunConfig, summary: InputSummary) -> None:
    named: dict[str, list[str | None]] = {
        "keep_columns": list(config.keep_columns),
        "id_column": [config.id_column],
        "variety.tools_column": [config.variety.tools_column],
    }
    for setting, columns in named.items():
        for column in columns:
            if column is not None and column not in summary.columns:
                raise ConfigError(
                    f"The input has no column '{column}' for {setting}.",
                    f"Its columns are: {', '.join(summary.columns)}.",
                )


def _check_reasons(retry: Collection[str]) -> None:
    for reason in retry:
        if reason in INPUT_REASONS:
            raise ConfigError(f"Asking again does not mend '{reason}'.", "Correct the rows in the input.")
        if reason not in REASONS:
            known = ", ".join(r for r in REASONS if r not in INPUT_REASONS)
            raise ConfigError(f"'{reason}' is no reason to reject a row.", f"Use one of: {known}.")


def _plan_review(directory: RunDirectory) -> Corrections | None:
    """The corrections to apply after the last pull, if there are any that are not applied yet."""
    from sysgen_distilabel.review.corrections import plan_corrections

    if not directory.is_finished():
        if directory.corrections_file.exists():  # an earlier session with --apply-review was stopped
            return None
        raise RunError(
            f"The run in {directory.path} is not finished.", "Resume it first, without --apply-review."
        )
    return plan_corrections(directory)


def _plan_retries(directory: RunDirectory, retry: Collection[str]) -> dict[str, dict[str, int]] | None:
    """The rounds of a finished run, with a fresh one for each row rejected for one of the reasons.

    The round goes to the Task that has to answer again. `None` if the run was reopened already.
    """
    import pyarrow.dataset as ds

    if not directory.is_finished():
        if directory.retries_file.exists():  # an earlier session with --retry was stopped
            _logger.warning(
                "The run in %s goes on as it was planned; no further rows are chosen.", directory.path
            )
            return None
        raise RunError(f"The run in {directory.path} is not finished.", "Resume it first, without --retry.")
    rounds = directory.read_retries()
    files = ds.dataset(directory.dataset / "rejected", format="parquet")
    chosen = files.to_table(
        columns=[SOURCE_ID, REJECTED_BY], filter=ds.field(OUTCOME).isin([str(reason) for reason in retry])
    )
    if not chosen.num_rows:
        raise RunError(
            f"No row in {directory.path} was rejected for {', '.join(retry)}.", "Look at its report.json."
        )
    for row in chosen.to_pylist():
        # A Step without an engine rejects what a Task wrote, mostly the generator, so that has to write anew.
        rejected_by = _WRITTEN_BY.get(row[REJECTED_BY], row[REJECTED_BY])
        task = rejected_by if rejected_by in ALL_TASKS else TASKS[0]
        rounds.setdefault(task, {})[row[SOURCE_ID]] = rounds.get(task, {}).get(row[SOURCE_ID], 0) + 1
    return rounds
