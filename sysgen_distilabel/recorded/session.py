"""What `Recorded` is while it is loaded: requests in flight, what is remembered, what it cost."""

from __future__ import annotations

import asyncio
import os
import time
from collections import defaultdict
from collections.abc import Coroutine
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, TypeVar

from distilabel.constants import SIGINT_HANDLER_CALLED_ENV_NAME

from sysgen_distilabel.errors import EngineGone, Interrupted
from sysgen_distilabel.recorded.breaker import Breaker
from sysgen_distilabel.recorded.loop import LoopThread
from sysgen_distilabel.recorded.record import Record, Usage
from sysgen_distilabel.recorded.reply import Reply
from sysgen_distilabel.recorded.sender import Policy, Sender, Transport
from sysgen_distilabel.recorded.slots import Slots
from sysgen_distilabel.recorded.store import GroupCommit, Store

if TYPE_CHECKING:
    from distilabel.typing import FormattedInput

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Request:
    """One request for one generation.

    Attributes:
        key: its hash.
        input: the prompt.
        generation_kwargs: the sampling, as it is sent.
        task: who asks, for accounting.
        attempt: which sample of the prompt, from 0.
    """

    key: bytes
    input: FormattedInput
    generation_kwargs: dict[str, Any]
    task: str
    attempt: int


class Session:
    """Answers requests: from the store, together with an equal one in flight, or by the engine.

    Args:
        model: name of the model, for the records.
        transport: the way to the LLM.
        policy: the limits on tries.
        slots: limit the requests in flight; closed with the session.
        store: where replies are kept, if anywhere; closed with the session.
        shared: where other runs keep theirs too; closed with the session.
        breaker_threshold: failures in a row that end the session, see `Breaker`.
    """

    def __init__(
        self,
        model: str,
        transport: Transport,
        policy: Policy,
        slots: Slots,
        store: Store | None,
        breaker_threshold: int,
        shared: Store | None = None,
    ) -> None:
        self._model = model
        self._transport = transport
        self._slots = slots
        self._store = store
        self._shared = shared
        self._commit = None if store is None else GroupCommit(store, shared)
        self._loop = LoopThread()
        self._breaker = Breaker(breaker_threshold, policy.patience, self._fail_all)
        self._sender = Sender(transport, self._breaker, policy, self._check_stop)
        self._in_flight: dict[bytes, _Flight] = {}
        self._failed: dict[bytes, Reply] = {}
        self._refusals: list[Record] = []
        self._usage: defaultdict[str, Usage] = defaultdict(Usage)
        self._stopping = False
        self._unkept: Exception | None = None

    @property
    def usage(self) -> dict[str, Usage]:
        """What each Task has asked of the engine in this session."""
        return {task: replace(usage) for task, usage in self._usage.copy().items()}

    def run(self, coroutine: Coroutine[Any, Any, T]) -> T:
        """Run a coroutine in the session's event loop and return its result.

        Ctrl-C stops it: requests in flight are kept, the others are not sent. Nor are they once a reply
        could not be kept.
        """
        self._stopping, self._unkept = False, None
        try:
            return self._loop.run(coroutine)
        except KeyboardInterrupt:
            self._stopping = True
            raise

    async def ask(self, request: Request) -> Reply:
        """Answer a request, in whichever event loop the caller runs.

        Raises:
            FatalError: if going on is pointless for every request.
        """
        if self._loop.is_current:
            return await self._answer(request)
        return await asyncio.wrap_future(self._loop.submit(self._answer(request)))

    def close(self) -> None:
        """Wait for the requests in flight, unless the engine is gone, and close the store."""
        self._stopping = True
        try:
            if self._in_flight and self._loop.is_alive and self._breaker.error is None:
                self._loop.run(self._drain())
            self._loop.close()
            self._keep_refusals()
        finally:
            self._transport.close()
            self._slots.close()
            for store in (self._store, self._shared):
                if store is not None:
                    store.close()

    async def _answer(self, request: Request) -> Reply:
        if self._breaker.error is not None:
            raise self._breaker.error
        flight = self._in_flight.get(request.key)
        if flight is None:
            reply = self._recall(request.key)
            if reply is not None:
                self._count_hit(request.task)
                return reply
            flight = self._in_flight[request.key] = _Flight()
            flight.task = asyncio.create_task(self._fulfil(request, flight))
        else:
            self._count_hit(request.task)
        return await flight.join()

    def _recall(self, key: bytes) -> Reply | None:
        if (reply := self._failed.get(key)) is not None:
            return reply
        reply = None if self._store is None else self._store.find(key)
        if reply is not None and reply.fault is None:
            self._breaker.note_answered_before()
        return reply

    def _borrow(self, key: bytes) -> Reply | None:
        """What another run was answered to the request, as a reply that this one does not pay for."""
        reply = None if self._shared is None else self._shared.find(key)
        if reply is None:
            return None
        if reply.fault is None:
            self._breaker.note_answered_before()
        return replace(reply, tries=0)

    async def _fulfil(self, request: Request, flight: _Flight) -> None:
        """Ask the engine, keep the reply, and only then hand it out.

        A request keeps its slot until its reply is kept, so that a kill costs no more replies than
        there are slots, and while it waits for its next try, so that a failing engine slows the run.
        """
        slot: int | None = None
        try:
            self._check_stop()
            reply = self._borrow(request.key)
            if reply is None:
                slot = await self._slots.take()
                reply = await self._sender.send(request.input, request.generation_kwargs)
        except BaseException as error:
            self._land(request, flight, slot, error)
            if not isinstance(error, Exception):
                raise
            return
        if self._commit is None:
            self._land(request, flight, slot, reply)
            return
        record = Record(request.key, request.task, self._model, request.attempt, reply, time.time())
        if reply.tries and reply.is_refusal and not self._breaker.has_answered:
            # An answer of the engine only if it answers anything at all, which is not known yet.
            self._refusals.append(record)
            self._land(request, flight, slot, reply)
            return
        self._commit.append(record, lambda error: self._land_kept(request, flight, slot, reply, error))

    def _land_kept(
        self, request: Request, flight: _Flight, slot: int | None, reply: Reply, error: Exception | None
    ) -> None:
        """Hand out a reply if it was kept; else no more are asked for, as they would be paid again."""
        self._unkept = self._unkept or error
        self._land(request, flight, slot, error or reply)

    def _keep_refusals(self) -> None:
        """Keep the refusals that came before the first answer: as answers only if one came."""
        if self._commit is not None and self._refusals:
            is_answer = self._breaker.has_answered
            self._commit.keep([replace(record, is_answer=is_answer) for record in self._refusals])
            self._refusals = []

    def _land(
        self, request: Request, flight: _Flight, slot: int | None, result: Reply | BaseException
    ) -> None:
        """Hand out what came of a request, and let the next one go."""
        if slot is not None:
            self._slots.release(slot)
        del self._in_flight[request.key]
        if isinstance(result, Reply):
            if result.fault is not None and (result.is_refusal or not result.fault.is_answer):
                self._failed[request.key] = result
            self._usage[request.task].add_call(result)
        flight.end(result)

    def _count_hit(self, task: str) -> None:
        self._usage[task].cached += 1
        if self._store is not None:
            self._store.count_hit(task)

    def _check_stop(self) -> None:
        """Refuse to send anything when the engine is gone, replies are lost or the run was asked to stop."""
        if error := self._breaker.error or self._unkept:
            raise error
        # Distilabel's processes note Ctrl-C in this variable and go on.
        if self._stopping or SIGINT_HANDLER_CALLED_ENV_NAME in os.environ:
            raise Interrupted("The run was asked to stop.", "Start it again to resume.")

    def _fail_all(self, error: EngineGone) -> None:
        """Let nobody wait for an engine that is gone; a reply that comes all the same is kept."""
        for flight in self._in_flight.values():
            flight.end(error)

    async def _drain(self) -> None:
        """Wait for the requests in flight and keep their replies."""
        tasks = [flight.task for flight in self._in_flight.values() if flight.task is not None]
        await asyncio.gather(*tasks, return_exceptions=True)
        if self._commit is not None:
            self._commit.flush()


class _Flight:
    """A request in flight and those who wait for its reply; one that gives up leaves the others theirs."""

    __slots__ = ("_waiting", "task")

    def __init__(self) -> None:
        self.task: asyncio.Task[None] | None = None
        self._waiting: list[asyncio.Future[Reply]] = []

    async def join(self) -> Reply:
        """Wait for the reply."""
        waiting: asyncio.Future[Reply] = asyncio.get_running_loop().create_future()
        self._waiting.append(waiting)
        return await waiting

    def end(self, result: Reply | BaseException) -> None:
        """Give everybody who waits the reply, or the error that came instead."""
        for waiting in self._waiting:
            if waiting.done():
                continue
            if isinstance(result, Reply):
                waiting.set_result(result)
            elif isinstance(result, Exception):
                waiting.set_exception(result)
            else:
                waiting.cancel()
        self._waiting = []
