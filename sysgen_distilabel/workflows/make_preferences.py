"""Makes preference pairs out of the accepted rows of a run; what was asked before is not asked again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from sysgen_distilabel.columns import MARGIN, PAIR_COLUMNS, TOOL_TURNS, TOOLS, arrow_types
from sysgen_distilabel.errors import RunError
from sysgen_distilabel.inputs.parquet_rows import find_columns
from sysgen_distilabel.report.figures.preference_figures import count_pairs
from sysgen_distilabel.runs.observer import Observer
from sysgen_distilabel.runs.row_counts import explain_rejected
from sysgen_distilabel.serving.start_engine import running_engine

if TYPE_CHECKING:
    from sysgen_distilabel.host.write_buffer import LeafFiles
    from sysgen_distilabel.runs.run_directory import RunDirectory
    from sysgen_distilabel.workflows.preference_pipeline import PreferenceSettings

SUBSET: Final = "preferences"
"""The subset of the dataset that holds the pairs."""

_OPTIONAL: Final = (TOOLS, TOOL_TURNS, MARGIN)
"""The columns that pairs have if their run has them."""


def make_preferences(
    run: RunDirectory, settings: PreferenceSettings, observer: Observer | None = None
) -> dict[str, Any]:
    """Write the subset `preferences` of a run, in place of one that is there.

    Args:
        run: a finished run.
        settings: what pairs to make.
        observer: is shown the pipeline as it runs.

    Returns:
        The counts, as they are in `report.json`.

    Raises:
        RunError: if there is no finished run or no accepted row, or the counts do not add up.
        ConfigError: if an engine cannot be made.
        FatalError: if an engine or the store is gone; what was answered is kept.
    """
    from sysgen_distilabel.report.write_report import write_report_and_card

    run.require_finished(without={SUBSET})
    with run.locked(), run.explain_os_errors():
        report = run.read_report()
        accepted = report["rows"]["accepted"]
        if not accepted:
            why = explain_rejected(report)
            raise RunError(f"The run in {run.path} has no accepted row. {why}", "Look at its report.json.")
        if settings.min_margin is not None and MARGIN not in find_columns(run.dataset, "accepted"):
            raise RunError(
                f"The run in {run.path} has measured no lift.",
                "Run it with `measure_lift: 0.1` in the settings, or leave out --min-margin.",
            )
        leaves = _run_pipeline(run, settings, observer or Observer(), accepted)
        counts = count_pairs(leaves, settings.kinds, accepted)
        new_subset = run.work / SUBSET
        _write_pairs(leaves["pairs"], new_subset)
        figures = {
            "settings": {
                "kinds": list(settings.kinds),
                "contrasts": [contrast.value for contrast in settings.contrasts],
                "max_length_ratio": settings.max_length_ratio,
                "min_margin": settings.min_margin,
                "seed": settings.seed,
            },
            "judge_notice": settings.judge.judge_notice,
            **counts,
        }
        run.add_subset(SUBSET, new_subset, {SUBSET: figures, "usage": run.usage()})
        write_report_and_card(run)
    return figures


def _run_pipeline(
    run: RunDirectory, settings: PreferenceSettings, observer: Observer, accepted: int
) -> Mapping[str, LeafFiles]:
    from sysgen_distilabel.host.logs import log_file_handler
    from sysgen_distilabel.host.pipeline import run_to_files
    from sysgen_distilabel.workflows.preference_pipeline import build_preference_pipeline, load_groups

    pairs = accepted * len(settings.kinds)
    with _running_engines(run, settings, observer) as served:
        pipeline = build_preference_pipeline(run.dataset, served, store=run.calls, cache_dir=run.work)
        run.clear_work()
        with observer.watch_pipeline(pipeline, run.calls, pairs, "possible pair"):
            return run_to_files(pipeline, load_groups(served), [log_file_handler(run.log)])


@contextmanager
def _running_engines(
    run: RunDirectory, settings: PreferenceSettings, observer: Observer
) -> Iterator[PreferenceSettings]:
    """The settings with the addresses of the engines; one that judges itself is started once."""
    with ExitStack() as stack:
        start = running_engine(settings.responder, run.engine_log, observer.wait_for_engine)
        responder = stack.enter_context(start)
        if settings.judge == settings.responder:
            yield replace(settings, responder=responder, judge=responder)
            return
        log = run.engine_log.with_name("judge-engine.log")
        judge = stack.enter_context(running_engine(settings.judge, log, observer.wait_for_engine))
        yield replace(settings, responder=responder, judge=judge)


def _write_pairs(pairs: LeafFiles, folder: Path) -> None:
    """The pairs with the columns to train on; what led to them stays in the store."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    types = arrow_types()
    columns = [*PAIR_COLUMNS, *(name for name in _OPTIONAL if name in pairs.schema.names)]
    schema = pa.schema([(column, types[column]) for column in columns])
    folder.mkdir(parents=True)
    with pq.ParquetWriter(folder / "00000-of-00001.parquet", schema) as writer:
        for path in pairs.files:
            with pq.ParquetFile(path) as file:
                for group in range(file.num_row_groups):
                    table = file.read_row_group(group, columns=columns)
                    writer.write_table(table.select(columns).cast(schema))
