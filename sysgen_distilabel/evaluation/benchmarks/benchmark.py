"""What a benchmark has to say for itself, so that all of them are run the same way."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from sysgen_distilabel.evaluation.benchmarks.items import ReadItems
from sysgen_distilabel.evaluation.benchmarks.sources import Origin
from sysgen_distilabel.rows import Row

if TYPE_CHECKING:
    from sysgen_distilabel.tasks.benchmark_judge import BenchmarkJudge


@dataclass(frozen=True, slots=True)
class Benchmark:
    """One benchmark.

    Attributes:
        name: as on the command line.
        title: as people know it.
        origin: where it is published; `None` if its data is the user's own.
        read: makes items of the data at a location, looking at so many rows.
        score: makes figures of the answered (and judged) rows.
        decoding: how the benchmark's protocol samples the answers.
        turns: which turns of a conversation are answered.
        judge: makes the Task that judges, `None` where a program checks the answers.
        judge_prompts: the templates its prompts are made of, see `SysGenTask.templates`.
        cautions: what has to be said beside the figures.
    """

    name: str
    title: str
    origin: Origin | None
    read: Callable[[str, int | None], ReadItems]
    score: Callable[[Sequence[Row]], dict[str, Any]]
    decoding: dict[str, Any]
    turns: Literal["all", "last"] = "last"
    judge: Callable[..., BenchmarkJudge] | None = None
    judge_prompts: tuple[str, ...] = ()
    cautions: tuple[str, ...] = field(default=())
