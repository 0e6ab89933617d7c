"""The life of one step replica in its own process.

Defects of distilabel 1.5.3 answered here (`pipeline/step_wrapper.py`):
- an exception turns the whole batch into `None` and the run goes on (line 258): here the batch is
  halved until the failing rows are found, and only those are imputed;
- a step that fails on every row lets the run succeed with nothing in it;
- only the first list that `process` yields is kept (line 242);
- a failing `load` is hidden by a failing `unload` (line 104);
- a generator that ends without a last batch hangs the run (line 184);
- a process outlives a parent that was killed (`pipeline/local.py:53`).
Can go when distilabel isolates rows and ties its processes to their parent.
"""

from __future__ import annotations

import contextlib
import ctypes
import gc
import logging
import multiprocessing
import os
import signal
import sys
import threading
import traceback
from collections.abc import Iterable
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Any, Final

from distilabel.constants import LAST_BATCH_SENT_FLAG, SIGINT_HANDLER_CALLED_ENV_NAME
from distilabel.pipeline.base import set_pipeline_running_env_variables
from distilabel.pipeline.step_wrapper import _StepWrapper
from distilabel.utils.logging import setup_logging

from sysgen_distilabel.errors import FatalError
from sysgen_distilabel.host.channel import Channel, Failure, Finished, Loaded
from sysgen_distilabel.machine_limits import name_limit
from sysgen_distilabel.rows import MAX_WARNINGS

Rows = list[dict[str, Any]]

MAX_FAILURES_WITHOUT_SUCCESS: Final = 10
"""A step that has failed on so many rows and done none is broken; asking on would spoil every row."""

_PR_SET_PDEATHSIG: Final = 1


@dataclass(frozen=True, slots=True)
class RunInfo:
    """What every step process of a run has to know.

    Attributes:
        pipeline_name: the name of the pipeline.
        cache_id: the signature of the pipeline.
        dry_run: whether generators stop after one batch.
    """

    pipeline_name: str
    cache_id: str
    dry_run: bool


def run_step(
    step: Any, replica: int, connection: Connection, info: RunInfo, inherited: Iterable[Connection]
) -> None:
    """Run one replica of a step until it is told to stop; the target of its process.

    Args:
        step: distilabel's Step.
        replica: the number of the replica.
        connection: the step's end of its pipe.
        info: about the run.
        inherited: pipe ends of the main process that came along with the fork. As long as they
            are open here, other processes cannot notice that the main process is gone.
    """
    gc.freeze()  # what came along with the fork is no garbage: nothing is to look through or copy it
    for other in inherited:
        other.close()
    _die_with_parent()
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.signal(signal.SIGINT, _note_interrupt)
    channel = Channel(connection)
    set_pipeline_running_env_variables(info.pipeline_name, info.cache_id)
    setup_logging(log_queue=channel)
    # Nobody is left to report to when the main process has closed the pipe.
    with contextlib.suppress(BrokenPipeError):
        StepWorker(step, replica, channel, channel, channel, dry_run=info.dry_run).run()


def _note_interrupt(signum: int, frame: Any) -> None:
    """Tell an LLM that polls for it to send no more requests; the batch at hand goes on."""
    os.environ[SIGINT_HANDLER_CALLED_ENV_NAME] = "1"


def _die_with_parent() -> None:
    """Make sure that the process does not outlive the main process, however that ends.

    Linux kills it when the thread that started it is gone. Elsewhere, and in the moment before
    the kernel knows, a thread waits for the end of the parent.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    threading.Thread(target=_exit_after_parent, daemon=True).start()


def _exit_after_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


class StepWorker(_StepWrapper):
    """Distilabel's wrapper around a step, with loops that lose no row and never go silent."""

    doing = "loading"
    succeeded = 0
    failed = 0
    last_error = ""

    def run(self) -> str:
        """Load the step, do its work, unload it; a failure is reported before the unloading."""
        name = str(self.step.name)
        try:
            self.step.load()
            self.load_queue.put(Loaded())
            if self.step.is_generator:
                self.doing = "generating rows"
                self._generator_step_process_loop()
            else:
                self.doing = "processing a batch"
                self._non_generator_process_loop()
        except Exception as error:
            self._logger.info(f"Step '{name}' failed:\n{traceback.format_exc()}")
            self.load_queue.put(Failure.of(name, self.doing, error))
            self._unload()
        else:
            self._unload()
            self.load_queue.put(Finished(self.succeeded, self.failed, self.last_error))
        return name

    @property
    def _logger(self) -> logging.Logger:
        return logging.getLogger(f"distilabel.step.{self.step.name}")

    def _unload(self) -> None:
        try:
            self.step.unload()
        except Exception as error:
            self._logger.info(f"Unloading step '{self.step.name}' failed: {error!r}")

    def _generator_step_process_loop(self) -> None:
        request = self.input_queue.get()
        if request is None:
            return
        offset = request.seq_no * self.step.batch_size
        for rows, last_batch in self.step.process_applying_mappings(offset=offset):
            request.set_data([rows])
            request.last_batch = self.dry_run or last_batch
            self._send_batch(request)
            if request.last_batch:
                return
            request = self.input_queue.get()
            if request is None:
                return
        request.set_data([[]])
        request.last_batch = True
        self._send_batch(request)

    def _non_generator_process_loop(self) -> None:
        while True:
            batch = self.input_queue.get()
            if batch is None or batch == LAST_BATCH_SENT_FLAG:
                return
            self._logger.info(
                f"Processing batch {batch.seq_no} in '{batch.step_name}' (replica {self.replica})"
            )
            if batch.data_path is not None:
                batch.read_batch_data_from_fs()
            batch.set_data([self._process_batch(batch.data)])
            self._send_batch(batch)
            if batch.last_batch:
                return

    def _process_batch(self, inputs: list[Rows]) -> Rows:
        if not any(inputs):
            return []  # distilabel's Tasks cannot take an empty batch, and there is nothing to do
        if self.step.is_global or len(inputs) > 1:
            return self._process(inputs)
        return self._process_isolating(inputs[0])

    def _process(self, inputs: list[Rows]) -> Rows:
        # A step that fails half way has often changed the rows already: it gets copies.
        copies = [[dict(row) for row in rows] for rows in inputs]
        return [row for rows in self.step.process_applying_mappings(*copies) for row in rows]

    def _process_isolating(self, rows: Rows) -> Rows:
        """Process the rows; where that fails, halve them until the rows that fail stand alone."""
        try:
            processed = self._process([rows])
        except FatalError:
            raise
        except Exception as error:
            if limit := name_limit(error):
                raise limit from error
            if len(rows) == 1:
                return self._impute(rows, error)
        else:
            self.succeeded += len(rows)
            return processed
        middle = len(rows) // 2
        return self._process_isolating(rows[:middle]) + self._process_isolating(rows[middle:])

    def _impute(self, rows: Rows, error: Exception) -> Rows:
        self.failed += 1
        self.last_error = f"{type(error).__name__}: {error}"
        if not self.succeeded and self.failed >= MAX_FAILURES_WITHOUT_SUCCESS:
            raise error
        self._logger.log(
            logging.WARNING if self.failed <= MAX_WARNINGS else logging.INFO,
            f"Step '{self.step.name}' failed on one row, whose outputs are left empty: {self.last_error}",
        )
        self._logger.info(traceback.format_exc())
        imputed: Rows = self.step.impute_step_outputs(rows)
        return imputed
