"""The replicas of the steps, wherever they run: what waits for which, and who is idle."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from logging import LogRecord
from typing import Any, Final

from distilabel.pipeline.batch import _Batch

from sysgen_distilabel.host.channel import Failure, Finished, Loaded


class State(Enum):
    """What a replica is known to be doing."""

    LOADING = auto()
    IDLE = auto()
    BUSY = auto()
    DONE = auto()


DOING: Final = {
    State.LOADING: "loading",
    State.IDLE: "waiting for rows",
    State.BUSY: "processing a batch",
}


@dataclass(eq=False)
class Replica:
    """One replica of a step.

    Attributes:
        step_name: the step.
        state: what it is doing.
    """

    step_name: str
    state: State

    @property
    def running(self) -> bool:
        """Whether it is loaded and not yet unloaded."""
        return self.state in (State.IDLE, State.BUSY)


class Replicas(ABC):
    """Hands replicas one item at a time; where they run is up to the subclass.

    Args:
        log: takes the log records that the replicas send.
    """

    def __init__(self, log: Callable[[LogRecord], None]) -> None:
        self._log = log
        self._waiting: dict[str, deque[Any]] = {}

    @property
    @abstractmethod
    def _all(self) -> Sequence[Replica]:
        """Every replica that has not ended."""

    @abstractmethod
    def start(self, step: Any, replica: int) -> None:
        """Start one replica; it tells when it is loaded."""

    @abstractmethod
    def receive(self, timeout: float) -> Iterator[tuple[str, _Batch | Finished | Failure]]:
        """What the replicas have sent, with their step's name, after at most `timeout` seconds.

        Raises:
            StepFailed: a replica is gone though it had more to do.
        """

    @abstractmethod
    def stop(self, grace: float) -> None:
        """End all replicas: idle ones now, busy ones after their batch, all within `grace` seconds."""

    @abstractmethod
    def interrupt(self) -> None:
        """Tell every replica that the run is ending, so that its LLM sends no more requests."""

    @abstractmethod
    def kill(self) -> None:
        """End all replicas at once."""

    @abstractmethod
    def _send(self, replica: Any, item: Any) -> None:
        """Give an item to an idle replica."""

    def put(self, step_name: str, item: Any) -> None:
        """Queue an item for whichever replica of the step is idle first."""
        self._waiting.setdefault(step_name, deque()).append(item)

    def finish(self, step_name: str) -> None:
        """Let every replica of the step end, after the items that wait for it."""
        for replica in self._of(step_name):
            if replica.running:
                self.put(step_name, None)

    def waiting(self, step_name: str) -> int:
        """How many items wait for a replica of the step."""
        return len(self._waiting.get(step_name, ()))

    def running(self, step_name: str) -> bool:
        """Whether a replica of the step is loaded and not yet unloaded."""
        return any(replica.running for replica in self._of(step_name))

    def idle(self, step_name: str) -> bool:
        """Whether a replica of the step has nothing to do, also in a moment."""
        return not self.waiting(step_name) and any(r.state is State.IDLE for r in self._of(step_name))

    @property
    def loading(self) -> bool:
        """Whether a replica is still to load."""
        return any(replica.state is State.LOADING for replica in self._all)

    @property
    def quiet(self) -> bool:
        """Whether nothing will ever be heard of any replica unless it is sent something."""
        return not any(replica.state in (State.LOADING, State.BUSY) for replica in self._all)

    def dispatch(self) -> None:
        """Give waiting items to idle replicas."""
        for replica in self._all:
            if replica.state is State.IDLE and self.waiting(replica.step_name):
                self._send(replica, self._waiting[replica.step_name].popleft())

    def _of(self, step_name: str) -> list[Replica]:
        return [replica for replica in self._all if replica.step_name == step_name]

    def _note(self, replica: Replica, message: Any) -> bool:
        """Keep the replica's state up to date; `False` if the message is of no more interest."""
        if isinstance(message, LogRecord):
            self._log(message)
            return False
        if isinstance(message, Loaded):
            replica.state = State.IDLE
            return False
        if isinstance(message, Finished | Failure):
            replica.state = State.DONE
        elif not message.last_batch:
            replica.state = State.IDLE
        return True
