"""The replicas of a run on a Ray cluster, seen from the driver.

Defects of distilabel 1.5.3 answered here (`pipeline/ray.py`):
- an actor that dies, with its node or alone, hangs the run, as its future is never looked at
  (line 333): here it is started anew, on another node if need be, and gets its batch again;
- a step that fails to load ends in an empty Distiset (line 419): here it raises;
- an actor that no node has room for is waited for without a word (line 322);
- keys in the environment of the driver do not reach the nodes.
The loop that drives the replicas is that of a local run (`flow`), with what it knows of hangs and
lost rows. Can go when distilabel watches its actors.
"""

from __future__ import annotations

import contextlib
import logging
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from logging import LogRecord
from typing import Any, Final

import ray
from distilabel.models.llms.vllm import vLLM
from distilabel.pipeline.batch import _Batch

from sysgen_distilabel.errors import StepFailed
from sysgen_distilabel.host.channel import Failure, Finished
from sysgen_distilabel.host.ray_actor import StepActor
from sysgen_distilabel.host.replicas import DOING, Replica, Replicas, State
from sysgen_distilabel.host.step_process import RunInfo
from sysgen_distilabel.serving.ray_cluster import passed_on_environment

_MAX_DEATHS: Final = 3
"""An actor that died so often over one batch will do so again."""

_LOST: Final = (ray.exceptions.RayActorError, ray.exceptions.ObjectLostError)


@dataclass(eq=False)
class RayReplica(Replica):
    """One replica of a step and the actor it runs in.

    Attributes:
        step: the step, to start it anew.
        number: which replica of the step it is.
        actor: the handle of the actor.
        pending: what the actor is asked for now, if anything.
        item: what it works on, if anything.
        deaths: how often it died since it last finished a batch.
    """

    step: Any
    number: int
    actor: Any
    pending: Any = None
    item: Any = None
    deaths: int = 0


class RayWorkers(Replicas):
    """Starts the actors, hands them one item at a time, and replaces those that are gone.

    Args:
        info: what every actor has to know about the run.
        log: takes the log records that the actors send.
    """

    def __init__(self, info: RunInfo, log: Callable[[LogRecord], None]) -> None:
        super().__init__(log)
        self._info = info
        self._replicas: list[RayReplica] = []
        self._ended: list[RayReplica] = []
        self._stopping = False
        self._killed = False
        self._environment = passed_on_environment()

    @property
    def _all(self) -> list[RayReplica]:
        return self._replicas

    def start(self, step: Any, replica: int) -> None:
        """Start the actor of one replica, where there is room for it; it tells when it is loaded."""
        _check_room(str(step.name), _resources(step))
        started = RayReplica(step.name, State.LOADING, step, replica, self._make_actor(step, replica))
        started.pending = started.actor.listen.remote()
        self._replicas.append(started)

    def receive(self, timeout: float) -> Iterator[tuple[str, _Batch | Finished | Failure]]:
        """What the actors have sent, with their step's name; an actor that is gone is replaced.

        Raises:
            StepFailed: an actor died again and again over the same item.
        """
        by_reference = {replica.pending: replica for replica in self._replicas if replica.pending}
        if not by_reference:
            time.sleep(timeout)
            return
        ready, _ = ray.wait(list(by_reference), num_returns=1, timeout=timeout)
        for reference in ready:
            replica = by_reference[reference]
            try:
                messages = ray.get(reference)
            except _LOST as error:
                self._replace(replica, error)
            else:
                yield from self._take_in(replica, messages)

    def stop(self, grace: float) -> None:
        """End all actors: idle ones now, busy ones after their batch, all within `grace` seconds."""
        self._stopping = True
        self.interrupt()
        self._waiting.clear()
        deadline = time.monotonic() + grace
        while any(r.state is State.BUSY for r in self._replicas) and not self._is_over(deadline):
            with contextlib.suppress(Exception):
                for _ in self.receive(timeout=0.1):
                    pass
        for replica in self._replicas:
            if replica.state is State.IDLE:
                replica.actor.give.remote(None)
                self._ended.append(replica)
        # What is on its way to an LLM is kept when that is unloaded.
        unloaded = [replica.actor.join.remote() for replica in self._ended]
        if unloaded and not self._is_over(deadline):
            ray.wait(unloaded, num_returns=len(unloaded), timeout=max(0, deadline - time.monotonic()))
        self.kill()
        self._replicas, self._ended = [], []

    def interrupt(self) -> None:
        """Tell every replica that the run is ending, so that its LLM sends no more requests."""
        for replica in self._replicas:
            replica.actor.interrupt.remote()

    def kill(self) -> None:
        """End all actors at once."""
        self._killed = True
        for replica in [*self._replicas, *self._ended]:
            ray.kill(replica.actor)

    def _is_over(self, deadline: float) -> bool:
        return self._killed or time.monotonic() >= deadline

    def _send(self, replica: RayReplica, item: Any) -> None:
        replica.state, replica.item = State.BUSY, item
        replica.pending = replica.actor.give.remote(item)

    def _take_in(
        self, replica: RayReplica, messages: list[Any]
    ) -> Iterator[tuple[str, _Batch | Finished | Failure]]:
        replica.pending = None
        for message in messages:
            if self._note(replica, message):
                replica.item, replica.deaths = None, 0
                yield replica.step_name, message
        if replica.state is State.DONE:
            self._replicas.remove(replica)
            if isinstance(messages[-1], Failure):  # it says so before it unloads its step
                self._ended.append(replica)
            else:
                ray.kill(replica.actor)
        elif replica.state is State.BUSY:  # it had its last batch, and says so when it is unloaded
            replica.pending = replica.actor.listen.remote()
        elif replica.item is not None and not self._stopping:
            self._send(replica, replica.item)  # what its predecessor died over

    def _replace(self, replica: RayReplica, error: Exception) -> None:
        """Start the replica anew; what it has answered is in the store, and not asked again."""
        ray.kill(replica.actor)  # one that was out of reach for a moment still lives
        self._replicas.remove(replica)
        unloads = replica.state is State.BUSY and replica.item is None
        if self._killed or self._stopping or unloads:
            return
        replica.deaths += 1
        reason = " ".join(str(error).split())
        what = f"The actor of step '{replica.step_name}' is gone while {DOING[replica.state]}"
        if getattr(replica.step, "_remembers_rows", False):
            raise StepFailed(
                f"{what}, and with it what the step remembered of earlier rows: {reason}",
                "Start the same command again: it goes on from the store.",
            )
        if replica.deaths >= _MAX_DEATHS:
            raise StepFailed(
                f"{what}, {replica.deaths} times over: {reason}",
                "Usually a machine ran out of memory: lower the batch size, or give the step more.",
            )
        self._log(_warning(f"{what}: it is started again. {reason}"))
        replica.state = State.LOADING
        replica.actor = self._make_actor(replica.step, replica.number)
        replica.pending = replica.actor.listen.remote()
        self._replicas.append(replica)

    def _make_actor(self, step: Any, replica: int) -> Any:
        # `interrupt` and `join` are called while another thread waits for a batch.
        options = {**_resources(step), "max_concurrency": 4, "max_restarts": 0}
        try:
            return (
                ray.remote(StepActor).options(**options).remote(step, replica, self._info, self._environment)
            )
        except TypeError as error:
            raise StepFailed(
                f"Step '{step.name}' cannot be sent to its node: {error}",
                "Make what it holds in `load()` rather than passing it as a field.",
            ) from error


def _resources(step: Any) -> dict[str, Any]:
    """What a step asks for, in the words of Ray; an engine in the process needs its GPUs."""
    wanted = step.resources
    llm = getattr(step, "llm", None)
    engine = getattr(llm, "llm", llm)
    gpus = wanted.gpus
    if gpus is None and isinstance(engine, vLLM):
        gpus = (engine.extra_kwargs or {}).get("tensor_parallel_size", 1)
    named = {"num_cpus": wanted.cpus, "num_gpus": gpus, "memory": wanted.memory}
    return {name: value for name, value in {**named, "resources": wanted.resources}.items() if value}


def _check_room(step_name: str, wanted: dict[str, Any]) -> None:
    """Refuse what no node will ever have; Ray would wait for it without a word."""
    asked = {"CPU": wanted.get("num_cpus"), "GPU": wanted.get("num_gpus"), **wanted.get("resources", {})}
    nodes = [node["Resources"] for node in ray.nodes() if node["Alive"]]
    for name, number in asked.items():
        most = max((node.get(name, 0) for node in nodes), default=0)
        if number and number > most:
            raise StepFailed(
                f"Step '{step_name}' needs {number:g} of {name}, and the largest node has {most:g}.",
                "Start nodes that have it, or ask for less.",
            )


def _warning(text: str) -> LogRecord:
    return LogRecord("distilabel.ray", logging.WARNING, "", 0, text, None, None)
