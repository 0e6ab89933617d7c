"""What travels between the main process and a step's process, and over what.

Defect: distilabel 1.5.3 passes batches through queues of a `Manager` process
(`pipeline/local.py:226`): each batch is pickled four times per hop, a process killed while it
holds the lock of the log queue hangs the run (`utils/logging.py:109`), and a batch that cannot be
pickled hangs it too. Here each step replica has one pipe, so there is no lock to die with.
Can go when distilabel no longer shares queues between its processes.
"""

from __future__ import annotations

import pickle
import threading
from dataclasses import dataclass, replace
from multiprocessing.connection import Connection
from typing import Any

from distilabel.pipeline.batch import _Batch

from sysgen_distilabel.errors import StepFailed, SysGenError
from sysgen_distilabel.machine_limits import name_limit


class LightBatch(_Batch):
    """A batch that is not hashed, and whose copies share their rows.

    Distilabel turns all rows into one string and hashes it whenever a batch is touched
    (`pipeline/batch.py:111`), for a cache that is not used here, and copies every value of every
    row once per successor (`pipeline/base.py:1625`), though nobody changes them.
    """

    def _update_data_hash(self) -> None:
        self.data_hash = None

    def copy(self) -> LightBatch:
        """A batch whose rows can be taken out without taking them from this one."""
        return replace(self, data=[list(rows) for rows in self.data])


@dataclass(frozen=True, slots=True)
class Loaded:
    """The step is ready for batches."""


@dataclass(frozen=True, slots=True)
class Finished:
    """The step has done its work and is unloaded.

    Attributes:
        succeeded: how many rows it processed.
        failed: how many rows made it raise.
        last_error: the last exception it raised, as text.
    """

    succeeded: int
    failed: int
    last_error: str


@dataclass(frozen=True, slots=True)
class Failure:
    """The step raised, and the run cannot go on.

    Attributes:
        step_name: the step.
        doing: what it was doing, for the message.
        reason: what it raised, as text.
        error: what it raised, if that can be sent to another process.
    """

    step_name: str
    doing: str
    reason: str
    error: Exception | None

    @classmethod
    def of(cls, step_name: str, doing: str, error: Exception) -> Failure:
        """The failure of a step; many exceptions cannot be pickled, or read back."""
        error = name_limit(error) or error
        try:
            sendable = pickle.loads(pickle.dumps(error))
        except Exception:
            sendable = None
        return cls(step_name, doing, f"{type(error).__name__}: {error}", sendable)

    def to_exception(self) -> SysGenError:
        """The exception for the user: one made for people as it is, any other with the step's name."""
        if isinstance(self.error, SysGenError):
            return self.error
        failed = StepFailed(f"Step '{self.step_name}' failed while {self.doing}: {self.reason}")
        failed.__cause__ = self.error
        return failed


class Channel:
    """The step's end of its pipe; stands in for distilabel's input, output, load and log queue."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._sending = threading.Lock()

    def get(self) -> Any:
        """The next batch; `None` when there is no more to do or nobody to do it for."""
        try:
            item = self._connection.recv()
        except (EOFError, OSError):
            return None
        if isinstance(item, _Batch):
            item.__class__ = LightBatch
        return item

    def put(self, item: Any) -> None:
        """Send to the main process; the lock is for the threads of an LLM that write logs."""
        with self._sending:
            self._connection.send(item)

    put_nowait = put
