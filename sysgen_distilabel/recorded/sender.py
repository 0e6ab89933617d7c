"""Sends one request until it is answered, within limits on tries, time and requests in flight."""

from __future__ import annotations

import asyncio
import logging
import random
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final, Protocol

from sysgen_distilabel.errors import FatalError
from sysgen_distilabel.recorded.breaker import Breaker
from sysgen_distilabel.recorded.faults import RequestFailed, classify, find_retry_after
from sysgen_distilabel.recorded.outputs import read_output
from sysgen_distilabel.recorded.reply import Fault, FaultKind, Reply
from sysgen_distilabel.recorded.retry_after import name_duration

_logger = logging.getLogger(__name__)

if TYPE_CHECKING:
    from distilabel.models.llms.base import AsyncLLM
    from distilabel.typing import FormattedInput, GenerateOutput

_TIMEOUT_TRIES: Final = 2
"""A try that times out has cost the whole timeout, so there are few of them."""

_UNREACHABLE_PAUSE: Final = 2.0
"""Longest pause in seconds while nobody listens; knocking costs nothing."""

_RATE_LIMIT_PATIENCE: Final = 10.0
"""How many times `patience` a rate limit is waited for."""

_SHORT_WAIT: Final = 5.0
"""Seconds that the engine may ask to wait without a word of it."""

_LOOK_UP: Final = 0.2
"""Seconds between two looks, in a pause, whether to stop."""


class Transport(Protocol):
    """Hands one request to an LLM."""

    async def generate(
        self, input: FormattedInput, generation_kwargs: dict[str, Any]
    ) -> tuple[GenerateOutput, float]:
        """What the LLM returned for one generation, and the seconds that took."""

    def close(self) -> None:
        """Give up what the transport needed."""


class AsyncTransport:
    """Hands requests to an asynchronous LLM, which must not run longer than `timeout` seconds."""

    def __init__(self, llm: AsyncLLM, timeout: float) -> None:
        self._llm = llm
        self._timeout = timeout
        self._one_generation = {"num_generations": 1} if llm._num_generations_param_supported else {}

    async def generate(
        self, input: FormattedInput, generation_kwargs: dict[str, Any]
    ) -> tuple[GenerateOutput, float]:
        """What the LLM returned for one generation, and the seconds that took."""
        started = time.monotonic()
        try:
            async with asyncio.timeout(self._timeout) as limit:
                output = await self._llm.agenerate(input=input, **self._one_generation, **generation_kwargs)
        except TimeoutError:
            if not limit.expired():
                raise
            fault = Fault(FaultKind.TIMEOUT, f"no answer within {self._timeout:g} s")
            raise RequestFailed(fault) from None
        return output, time.monotonic() - started

    def close(self) -> None:
        """There is nothing to give up."""


@dataclass(frozen=True, slots=True)
class Policy:
    """How often and how long a request is tried, and what counts as a fault; see `Recorded`."""

    max_tries: int
    backoff: float
    backoff_cap: float
    patience: float
    fail_on_truncated: bool
    default_max_new_tokens: int | None


class Sender:
    """Sends requests to an LLM.

    Args:
        transport: the way to the LLM.
        breaker: told how each try ended.
        policy: the limits.
        check_stop: raises an error when no further request may be sent.
    """

    def __init__(
        self,
        transport: Transport,
        breaker: Breaker,
        policy: Policy,
        check_stop: Callable[[], None],
    ) -> None:
        self._transport = transport
        self._breaker = breaker
        self._policy = policy
        self._check_stop = check_stop
        self._has_told_wait = False

    async def send(self, input: FormattedInput, generation_kwargs: dict[str, Any]) -> Reply:
        """Send a request, again after faults that may pass.

        Raises:
            FatalError: if going on is pointless for every request.
        """
        started = time.monotonic()
        tries = 0
        while True:
            self._check_stop()
            reply, retry_after = await self._try(input, generation_kwargs)
            fault = reply.fault
            if fault is None or fault.is_answer:
                self._note_answer(fault)
                return replace(reply, tries=tries + 1) if tries else reply
            if fault.kind is FaultKind.UNREACHABLE:
                self._breaker.note_unreachable(fault)
                await self._pause(random.uniform(0, min(_UNREACHABLE_PAUSE, self._policy.backoff_cap)))
                continue
            tries += 1
            self._note_wait(fault, retry_after)
            if not self._may_try_again(fault, tries, time.monotonic() - started):
                self._breaker.note_given_up(fault)
                return replace(reply, tries=tries)
            await self._pause(self._choose_pause(tries, retry_after))

    async def _try(
        self, input: FormattedInput, generation_kwargs: dict[str, Any]
    ) -> tuple[Reply, float | None]:
        """Send a request once; the second value is the wait in seconds the engine asks for."""
        started = time.monotonic()
        try:
            output, seconds = await self._transport.generate(input, generation_kwargs)
            limit = generation_kwargs.get("max_new_tokens", self._policy.default_max_new_tokens)
            return read_output(output, seconds, limit, self._policy.fail_on_truncated), None
        except FatalError:
            raise
        except (Exception, SystemExit) as error:  # an LLM that exits would end the event loop
            latency = time.monotonic() - started
            return Reply(text=None, latency=latency, fault=classify(error)), find_retry_after(error)

    def _note_answer(self, fault: Fault | None) -> None:
        if fault is not None and fault.kind is FaultKind.BAD_REQUEST:
            self._breaker.note_refusal(fault)
        else:
            self._breaker.note_answer()

    def _note_wait(self, fault: Fault, retry_after: float | None) -> None:
        """Say the first wait that is asked for, and end the run where it is too long.

        Raises:
            EngineGone: in the latter case.
        """
        if retry_after is None or not fault.retryable:
            return
        if retry_after > max(_RATE_LIMIT_PATIENCE * self._policy.patience, _SHORT_WAIT):
            self._breaker.note_long_wait(fault, retry_after)
            self._check_stop()
        if retry_after >= _SHORT_WAIT and not self._has_told_wait:
            self._has_told_wait = True
            _logger.warning("The engine asks to wait %s: %s.", name_duration(retry_after), fault.message)

    def _may_try_again(self, fault: Fault, tries: int, elapsed: float) -> bool:
        if not fault.retryable:
            return False
        if fault.kind is FaultKind.TIMEOUT:
            return tries < min(_TIMEOUT_TRIES, self._policy.max_tries)
        if fault.kind is FaultKind.RATE_LIMITED and elapsed < _RATE_LIMIT_PATIENCE * self._policy.patience:
            return True
        return tries < self._policy.max_tries

    def _choose_pause(self, tries: int, retry_after: float | None) -> float:
        """Seconds to the next try: what the engine asks for, or exponential with full jitter."""
        if retry_after is not None:
            return retry_after + random.uniform(0, min(1.0, retry_after))
        return random.uniform(
            0, min(self._policy.backoff_cap, self._policy.backoff * 2.0 ** min(tries - 1, 30))
        )

    async def _pause(self, seconds: float) -> None:
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            self._check_stop()
            await asyncio.sleep(min(left, _LOOK_UP))
