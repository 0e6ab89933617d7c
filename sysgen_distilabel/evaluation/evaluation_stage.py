"""One stage of an evaluation, answering or judging: rows in, rows out, through a pipeline of distilabel."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from sysgen_distilabel.columns import arrow_types
from sysgen_distilabel.evaluation.benchmarks.load_items import LoadItems
from sysgen_distilabel.host.batches import BatchListener, listen
from sysgen_distilabel.host.logs import log_file_handler
from sysgen_distilabel.host.pipeline import pipeline_class
from sysgen_distilabel.llms.choose_llm import choose_llm
from sysgen_distilabel.recorded.recorded_llm import Recorded
from sysgen_distilabel.rows import Row
from sysgen_distilabel.runs.run_directory import RunDirectory
from sysgen_distilabel.serving.start_engine import running_engine
from sysgen_distilabel.settings.engine_config import EngineConfig

if TYPE_CHECKING:
    from sysgen_distilabel.tasks.base import SysGenTask

_BATCH: Final = 50

WaitListener = Callable[[float, str], None]
"""Called with the seconds an engine has been loading, and what it said last."""


def run_stage(
    name: str,
    rows: Sequence[Row],
    make_task: Callable[..., SysGenTask],
    engine: EngineConfig,
    directory: RunDirectory,
    *,
    fail_on_truncated: bool,
    on_batch: BatchListener,
    on_wait: WaitListener,
) -> list[Row]:
    """Take the rows through one Task; replies are kept in the directory, so that a rerun asks no row again.

    Args:
        name: of the stage, and of its Task.
        rows: what to work on.
        make_task: makes the Task from its common fields.
        engine: which engine; one that has to be started is stopped again at the end.
        directory: where replies, log and working files are.
        fail_on_truncated: whether a reply at the limit of new tokens is a fault.
        on_batch: told of every batch that is done.
        on_wait: told now and then that an engine that was started is not ready.

    Raises:
        ConfigError: if the engine cannot be had with these settings.
        FatalError: if the engine or the store is gone; what was answered is kept.
    """
    work = directory.work / name
    work.mkdir(parents=True)
    write_rows(rows, work / "rows.parquet")
    with running_engine(engine, directory.engine_log.with_name(f"engine-{name}.log"), on_wait) as served:
        llm = choose_llm(served)
        recorded = Recorded(
            llm=llm,
            store=str(directory.calls),
            max_concurrency=engine.max_concurrency,
            fail_on_truncated=fail_on_truncated,
        )
        with pipeline_class()(name=f"evaluate-{name}", cache_dir=work / "cache") as pipeline:
            load = LoadItems(name="load", path=str(work / "rows.parquet"), batch_size=_BATCH)
            task = make_task(
                name=name,
                llm=recorded,
                structured_outputs=engine.structured_outputs,
                input_batch_size=_BATCH,
            )
            load >> task
        listen(pipeline, on_batch)
        distiset = pipeline.run(logging_handlers=[log_file_handler(directory.log)])
    result: list[Row] = distiset["default"]["train"].to_list()
    return result


def write_rows(rows: Sequence[Row], file: Path) -> None:
    """Write rows with the types of our columns."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    types: dict[str, Any] = arrow_types()
    names = list(rows[0])
    arrays = [pa.array([row[name] for row in rows], type=types.get(name)) for name in names]
    pq.write_table(pa.table(arrays, names=names), file)
