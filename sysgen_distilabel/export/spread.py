"""Makes the lines of all rows a batch at a time, in this process or in several, and keeps their order."""

from __future__ import annotations

import multiprocessing
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from itertools import islice
from typing import Final

from sysgen_distilabel.export.lines import LineMaker, Made, Row
from sysgen_distilabel.export.plan import Options, Plan, make_plan

_ROWS_PER_BATCH: Final = 64
"""Few, as a tokenizer takes some 250 bytes for each token of a batch."""
_BATCHES_AHEAD: Final = 2
"""Batches that wait for each process, so that it need not; rows must not pile up in memory."""


def make_lines(plan: Plan, rows: Iterable[Row], workers: int = 1) -> Iterator[Made]:
    """The lines of all rows, batch by batch, the same whatever the number of processes.

    Args:
        plan: how to make them.
        rows: what to make them from; read as they are needed.
        workers: how many processes share the work; each reads the tokenizer for itself.
    """
    batches = _take_batches(rows)
    if workers == 1:
        maker = LineMaker(plan)
        yield from map(maker.make, batches)
        return
    spawn = multiprocessing.get_context("spawn")  # tokenizers have threads, which a fork breaks
    with ProcessPoolExecutor(workers, spawn, _start, (plan.options,)) as pool:
        waiting: deque[Future[Made]] = deque()
        for batch in batches:
            waiting.append(pool.submit(_make, batch))
            if len(waiting) >= workers * _BATCHES_AHEAD:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


def _take_batches(rows: Iterable[Row]) -> Iterator[list[Row]]:
    remaining = iter(rows)
    while batch := list(islice(remaining, _ROWS_PER_BATCH)):
        yield batch


_maker: LineMaker | None = None  # of a process that works for another


def _start(options: Options) -> None:
    global _maker
    _maker = LineMaker(make_plan(options))


def _make(rows: list[Row]) -> Made:
    if _maker is None:
        raise AssertionError("the process was not started to make lines")
    return _maker.make(rows)
