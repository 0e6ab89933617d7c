"""Turns requests made side by side into batches for an LLM that is not asynchronous."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from sysgen_distilabel.errors import FatalError
from sysgen_distilabel.recorded.keys import to_canonical_json

if TYPE_CHECKING:
    from distilabel.models.llms.base import LLM
    from distilabel.typing import FormattedInput, GenerateOutput

_SETTLING_TURNS: Final = 3
"""Turns of the event loop without a new request after which a batch is taken to be complete."""


@dataclass(frozen=True, slots=True, eq=False)
class _Job:
    input: FormattedInput
    generation_kwargs: dict[str, Any]
    group: bytes
    answer: asyncio.Future[tuple[GenerateOutput, float]]


class Batcher:
    """Sends requests to `llm.generate` in batches, one batch at a time, in a thread of its own.

    A batch holds requests with equal sampling. When one fails, its halves are sent instead, down
    to the single request that is to blame, so the error reaches that request alone. It costs
    about two further calls per halving.

    Args:
        llm: the LLM, loaded.
        size: most requests per batch; their replies become durable together.
    """

    def __init__(self, llm: LLM, size: int) -> None:
        self._llm = llm
        self._size = size
        self._waiting: list[_Job] = []
        self._worker: asyncio.Task[None] | None = None
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="sysgen-generate")

    async def generate(
        self, input: FormattedInput, generation_kwargs: dict[str, Any]
    ) -> tuple[GenerateOutput, float]:
        """Send one request along with others.

        Returns:
            What the LLM returned for it, and the seconds its batch took.

        Raises:
            Exception: what `llm.generate` raises for this request.
        """
        answer: asyncio.Future[tuple[GenerateOutput, float]] = asyncio.get_running_loop().create_future()
        group = to_canonical_json(generation_kwargs)
        self._waiting.append(_Job(input, generation_kwargs, group, answer))
        if self._worker is None or self._worker.done():
            self._worker = asyncio.create_task(self._work())
        return await answer

    def close(self) -> None:
        """Let the thread end once its present batch is done."""
        self._thread.shutdown(wait=False, cancel_futures=True)

    async def _work(self) -> None:
        while self._waiting:
            await self._settle()
            await self._run(self._take_batch())

    async def _settle(self) -> None:
        """Wait until the requests under way have all arrived, or fill a batch."""
        quiet, arrived = 0, len(self._waiting)
        while quiet < _SETTLING_TURNS and len(self._waiting) < self._size:
            await asyncio.sleep(0)
            quiet = quiet + 1 if len(self._waiting) == arrived else 0
            arrived = len(self._waiting)

    def _take_batch(self) -> list[_Job]:
        """The oldest request and those with equal sampling, in their order."""
        self._waiting = [job for job in self._waiting if not job.answer.done()]
        equal = [job for job in self._waiting if job.group == self._waiting[0].group][: self._size]
        taken = set(equal)
        self._waiting = [job for job in self._waiting if job not in taken]
        return equal

    async def _run(self, jobs: Sequence[_Job]) -> None:
        if not jobs:
            return
        started = time.monotonic()
        try:
            loop = asyncio.get_running_loop()
            outputs = await loop.run_in_executor(self._thread, self._generate, jobs)
        except (Exception, SystemExit) as error:
            if len(jobs) == 1 or isinstance(error, FatalError):
                for job in jobs:
                    _fail(job, error)
            else:
                middle = len(jobs) // 2
                await self._run(jobs[:middle])
                await self._run(jobs[middle:])
            return
        seconds = time.monotonic() - started
        for job, output in zip(jobs, outputs, strict=True):
            if not job.answer.done():
                job.answer.set_result((output, seconds))

    def _generate(self, jobs: Sequence[_Job]) -> list[GenerateOutput]:
        try:
            outputs: list[GenerateOutput] = self._llm.generate(
                inputs=[job.input for job in jobs], num_generations=1, **jobs[0].generation_kwargs
            )
        except StopIteration as error:  # a future takes none, and whoever waits for it would wait for ever
            raise RuntimeError("the LLM raised StopIteration") from error
        if len(outputs) != len(jobs):
            raise ValueError(f"the LLM returned {len(outputs)} outputs for {len(jobs)} inputs")
        return outputs


def _fail(job: _Job, error: BaseException) -> None:
    if not job.answer.done():
        job.answer.set_exception(error)
