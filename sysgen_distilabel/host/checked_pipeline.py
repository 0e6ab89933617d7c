"""A distilabel Pipeline that is fast, and never silent about rows it could not process."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

from distilabel import constants
from distilabel.distiset import create_distiset
from distilabel.pipeline.base import BasePipeline

from sysgen_distilabel.errors import Interrupted, RunError
from sysgen_distilabel.host.flow import FlowPipeline
from sysgen_distilabel.host.hide_secrets import without_secrets
from sysgen_distilabel.host.interrupts import Interrupts
from sysgen_distilabel.host.logs import DirectLogQueue, hide_locals_in_tracebacks, run_logging
from sysgen_distilabel.host.step_process import RunInfo
from sysgen_distilabel.host.workers import Workers
from sysgen_distilabel.host.write_buffer import LeafFiles, set_up_typed
from sysgen_distilabel.machine_limits import require_scipy

if TYPE_CHECKING:
    from pathlib import Path

    from distilabel.distiset import Distiset
    from distilabel.typing import InputDataset, LoadGroups

    from sysgen_distilabel.host.replicas import Replicas

hide_locals_in_tracebacks()

_GRACE_AFTER_FAILURE: Final = 2.0


class CheckedPipeline(FlowPipeline):
    """What `SysGenPipeline` and `SysGenRayPipeline` share: everything but where the steps run.

    It differs in what happens when something goes wrong. A row on which a Step raises is the only
    row that is imputed; a Step that fails on every row, a failing generator, global step or
    `load`, and a step process that dies all raise from `run`. So does an interruption: there is no
    partial result. Distilabel's cache is not used, as it costs most of the time of a run and can
    hang, or return old results, when it is read back; finished replies come back from the store.

    Attributes:
        console_level: the least log level shown on the console; everything goes to the log file
            in the cache folder and to the `logging_handlers` given to `run`.
        grace: seconds that busy steps have to finish their batch after the first Ctrl-C.
        writes_typed: that the write buffer is ours, so that no Step has to see to it.
    """

    writes_typed: Final = True

    console_level: int = logging.WARNING
    grace: float = 20.0
    _location: dict[str, Path] | None = None

    def run(
        self,
        parameters: dict[Any, dict[str, Any]] | None = None,
        load_groups: LoadGroups | None = None,
        use_cache: bool = False,
        storage_parameters: dict[str, Any] | None = None,
        use_fs_to_pass_data: bool = False,
        dataset: InputDataset | None = None,
        dataset_batch_size: int = 50,
        logging_handlers: list[logging.Handler] | None = None,
    ) -> Distiset:
        """Run the pipeline; the arguments are distilabel's, and `use_cache` is not used.

        Returns:
            One subset for each leaf step, also if it has no rows.

        Raises:
            Interrupted: SIGINT or SIGTERM stopped the run.
            StepFailed: a Step cannot do its work, or its process ended.
            MemoryError: `ulimit -v` leaves too little to begin with.
            SysGenError: any such error that a Step has raised.
        """
        if use_cache:
            self._logger.warning("SysGenPipeline does not use distilabel's cache: `use_cache` is ignored.")
        arguments = {
            "parameters": parameters,
            "load_groups": load_groups,
            "use_cache": False,
            "storage_parameters": storage_parameters,
            "use_fs_to_pass_data": use_fs_to_pass_data,
            "dataset": dataset,
            "dataset_batch_size": dataset_batch_size,
        }
        runner = self._find_runner()
        with runner._executed(arguments, logging_handlers):
            self._results = runner._results
            return runner._make_distiset()

    def run_to_files(
        self, load_groups: LoadGroups | None = None, logging_handlers: list[logging.Handler] | None = None
    ) -> dict[str, LeafFiles]:
        """Run the pipeline and leave its rows where they were written, in the cache folder.

        A `Distiset` holds a copy of all rows that `datasets` makes for it; where there are many
        rows, that is time, disk and memory for nothing.

        Args:
            load_groups: steps to load together, as for `run`.
            logging_handlers: handlers that get every log record.

        Returns:
            The files of each leaf step.

        Raises:
            The errors of `run`.
        """
        with self._executed({"load_groups": load_groups, "use_cache": False}, logging_handlers):
            leaves: dict[str, LeafFiles] = self._write_buffer.leaves()
            return leaves

    @contextmanager
    def _executed(
        self, arguments: dict[str, Any], logging_handlers: list[logging.Handler] | None
    ) -> Iterator[None]:
        """Run all steps to the end; what follows is logged like the run itself."""
        require_scipy()  # which networkx loads to put the steps in order
        self._location = None
        self._stages = None
        self._results = {}
        self._set_pipeline_name()
        with run_logging(logging_handlers, self.console_level) as handlers:
            self._log_queue = DirectLogQueue(handlers)
            BasePipeline.run(self, **arguments, logging_handlers=handlers)
            if not self._dry_run:
                self.save(self._cache_location["pipeline"], "yaml")  # the Distiset and its card need it
            self._run_steps_to_the_end()
            yield

    def dry_run(
        self,
        parameters: dict[str, dict[str, Any]] | None = None,
        batch_size: int = 1,
        dataset: InputDataset | None = None,
    ) -> Distiset:
        """Run a single batch; the pipeline is as before afterwards, which with distilabel it is not."""
        steps = [self.dag.get_step(name)[constants.STEP_ATTR_NAME] for name in self.dag]
        sizes = [(step, step.batch_size) for step in steps if step.is_generator]
        try:
            return super().dry_run(parameters, batch_size, dataset)
        finally:
            self._dry_run = False
            for step, size in sizes:
                step.batch_size = size

    def save(self, path: Any = None, format: Any = "json", dump: Any = None, **kwargs: Any) -> None:
        """Write the pipeline to a file, without secrets."""
        super().save(path, format, without_secrets(dump or self.dump(**kwargs)))

    @property
    def failed_rows(self) -> dict[str, int]:
        """How many rows each Step of the last run raised on; their outputs are imputed."""
        return {
            name: counts["failed"]
            for name, counts in getattr(self, "_results", {}).items()
            if counts["failed"]
        }

    def _find_runner(self) -> CheckedPipeline:
        """The pipeline that runs."""
        return self

    def _make_workers(self, info: RunInfo) -> Replicas:
        return Workers(info, self._log_queue.put_nowait)

    def _run_steps_to_the_end(self) -> None:
        self._workers = self._make_workers(RunInfo(self.name, self.signature, self._dry_run))
        with Interrupts(first=self._workers.interrupt, again=self._workers.kill) as self._interrupts:
            grace = _GRACE_AFTER_FAILURE
            try:
                self._output_queue_loop()
            except Interrupted:
                grace = self.grace
                raise
            finally:
                self._workers.stop(grace)
            self._interrupts.check()
        self._write_buffer.close()

    def _make_distiset(self) -> Distiset:
        """Distilabel's Distiset, with a subset for each leaf step also where there are no rows."""
        from datasets import DatasetDict

        location = self._cache_location
        leaves = [name for name in self.dag if name in self.dag.leaf_steps]
        filled = [leaf for leaf in leaves if self._write_buffer.files(leaf)]
        for leaf in set(leaves) - set(filled):
            (location["data"] / constants.STEPS_OUTPUTS_PATH / leaf).rmdir()
        distiset = create_distiset(
            location["data"], location["pipeline"], location["log_file"], self._enable_metadata, self.dag
        )
        if len(distiset) != len(filled):  # distilabel only logs that it cannot read a file
            raise RunError(f"Of the rows of {', '.join(filled)} some cannot be read back: {location['data']}")
        subsets = dict(zip(filled, [distiset.pop(name) for name in _subset_names(filled)], strict=True))
        for leaf, name in zip(leaves, _subset_names(leaves), strict=True):
            distiset[name] = subsets.get(leaf) or DatasetDict(train=self._write_buffer.empty_dataset(leaf))
        return distiset

    def _setup_write_buffer(self, use_cache: bool = True) -> None:
        set_up_typed(self, super()._setup_write_buffer, use_cache)

    @property
    def _cache_location(self) -> dict[str, Path]:
        # Distilabel serialises and hashes the whole DAG each time it is asked (`pipeline/base.py:827`).
        if self._location is None:
            self._location = super()._cache_location
        return self._location

    def _refresh_pipeline_from_cache(self) -> None:
        # Distilabel replaces all steps by those of the file that `_cache` writes (`pipeline/base.py:949`).
        pass


def _subset_names(leaves: list[str]) -> list[str]:
    """What distilabel calls the subsets of these leaf steps."""
    return leaves if len(leaves) > 1 else ["default"] * len(leaves)
