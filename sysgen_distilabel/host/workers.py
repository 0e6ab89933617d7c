"""The processes of a run, seen from the main process.

Defects of distilabel 1.5.3 answered here (`pipeline/local.py`):
- a step process that is killed or exits hangs the run, as nobody looks (line 298);
- a step that cannot be pickled hangs it or leaves an empty result (lines 298 and 311);
- main process and children end in an order that can hang, or leaves orphans (line 360).
Everything happens in the thread that runs the pipeline, so there are no locks to get stuck on.
Can go when distilabel watches its processes.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import pickle
import signal
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from logging import LogRecord
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from typing import Any, Final

from distilabel.pipeline.batch import _Batch

from sysgen_distilabel.errors import StepFailed
from sysgen_distilabel.host.channel import Failure, Finished
from sysgen_distilabel.host.replicas import DOING, Replica, Replicas, State
from sysgen_distilabel.host.step_process import RunInfo, run_step

_KILL_AFTER: Final = 2.0
"""Seconds that a process has to end after its batch is done or it was asked to."""

_HINTS: Final = {
    signal.SIGKILL: "Usually the machine ran out of memory: lower the batch size or the number of replicas.",
    signal.SIGSEGV: "A native library crashed: run the step alone to find out which.",
}


@dataclass(eq=False)
class Worker(Replica):
    """One replica of a step and the process it runs in."""

    process: BaseProcess
    connection: Connection

    def explain_end(self) -> StepFailed:
        """The error for a process that ended though it had more to do."""
        process, doing = f"The process of step '{self.step_name}'", DOING[self.state]
        code = self.process.exitcode or 0
        if code >= 0:
            return StepFailed(f"{process} exited with code {code} while {doing}.")
        killer = signal.Signals(-code)
        return StepFailed(f"{process} was killed by {killer.name} while {doing}.", _HINTS.get(killer, ""))


class Workers(Replicas):
    """Starts the step processes, hands them one item at a time, and notices when one is gone.

    Args:
        info: what every process has to know about the run.
        log: takes the log records that the processes send.
    """

    def __init__(self, info: RunInfo, log: Callable[[LogRecord], None]) -> None:
        super().__init__(log)
        self._info = info
        self._workers: list[Worker] = []
        self._ended: list[BaseProcess] = []
        self._killed = False

    @property
    def _all(self) -> list[Worker]:
        return self._workers

    def start(self, step: Any, replica: int) -> None:
        """Start the process of one replica; it tells when it is loaded."""
        context = multiprocessing.get_context()
        ours, theirs = context.Pipe()
        forked = context.get_start_method() == "fork"
        inherited = [ours, *(worker.connection for worker in self._workers)] if forked else []
        process = context.Process(
            target=run_step,
            args=(step, replica, theirs, self._info, inherited),
            name=f"{step.name}-{replica}",
        )
        try:
            process.start()
        except (pickle.PicklingError, TypeError, AttributeError) as error:
            raise StepFailed(
                f"Step '{step.name}' cannot be sent to its process: {error}",
                "Make what it holds in `load()` rather than passing it as a field.",
            ) from error
        theirs.close()
        self._workers.append(Worker(step.name, State.LOADING, process, ours))

    def receive(self, timeout: float) -> Iterator[tuple[str, _Batch | Finished | Failure]]:
        """What the replicas have sent, with their step's name, after at most `timeout` seconds.

        Raises:
            StepFailed: a process ended though it had more to do.
        """
        ready = set(wait([worker.connection for worker in self._workers], timeout))
        # A process that was forked by a step can hold its pipe open, so the end of the pipe is not enough.
        gone = [worker for worker in self._workers if not ready and worker.process.exitcode is not None]
        for worker in [worker for worker in self._workers if worker.connection in ready]:
            try:
                message = worker.connection.recv()
            except (EOFError, OSError):
                gone.append(worker)
                continue
            if self._note(worker, message):
                yield worker.step_name, message
        for worker in gone:
            self._remove(worker)

    def stop(self, grace: float) -> None:
        """End all processes: idle ones now, busy ones after their batch, all within `grace` seconds."""
        self.interrupt()
        self._waiting.clear()
        deadline = time.monotonic() + grace
        while self._workers and time.monotonic() < deadline and not self._killed:
            for worker in self._workers:
                if worker.state is State.IDLE:
                    self._send(worker, None)
            # What comes now is of no more use, but a process can only end once it is rid of it.
            with contextlib.suppress(Exception):
                for _ in self.receive(timeout=0.1):
                    pass
        self._reap()

    def interrupt(self) -> None:
        """Tell every replica that the run is ending, so that its LLM sends no more requests."""
        self._signal_all(signal.SIGINT)

    def kill(self) -> None:
        """End all processes at once."""
        self._killed = True
        self._signal_all(signal.SIGKILL)

    def _signal_all(self, signum: int) -> None:
        for worker in self._workers:
            if worker.process.is_alive() and worker.process.pid is not None:
                os.kill(worker.process.pid, signum)

    def _reap(self) -> None:
        """Wait a little for processes that have done their work, and make the others end."""
        for worker in self._workers:
            worker.connection.close()
            worker.process.terminate()
        deadline = time.monotonic() + (0 if self._killed else _KILL_AFTER)
        for process in [*(worker.process for worker in self._workers), *self._ended]:
            process.join(max(0, deadline - time.monotonic()))
            process.kill()
            process.join()
        self._workers.clear()
        self._ended.clear()

    def _send(self, worker: Worker, item: Any) -> None:
        worker.state = State.BUSY
        # If the process is gone, `receive` finds that out and knows more about it.
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            worker.connection.send(item)

    def _remove(self, worker: Worker) -> None:
        self._workers.remove(worker)
        worker.connection.close()
        if worker.state is State.DONE:
            self._ended.append(worker.process)
            return
        worker.process.join(_KILL_AFTER)
        worker.process.kill()
        worker.process.join()
        raise worker.explain_end()
