"""What a benchmark has to say for itself, so that all of them are run the same way."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from sysgen_distilabel.evaluation.benchmarks.figure_tables import FigureTable
from sysgen_distilabel.evaluation.benchmarks.items import Item, ReadItems
from sysgen_distilabel.evaluation.benchmarks.published import PublishedTable
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
        tables: makes tables of those figures, the headline ones first.
        headline: title of the table and name of the one figure that stands in the overview.
        summary: what it measures, in one line for people.
        decoding: how the benchmark's protocol samples the answers.
        turns: which turns of a conversation are answered.
        draw: draws so many items by a seed, as a paper did that asked a part; `None` if none did.
        change_texts: makes an item of the same with a function applied to each of its texts, for
            translations; `None` where nobody has asked for one.
        grade: how far the last answer of a row follows its system message, from 0 to 1; `None` where the
            row is not scored. A benchmark that needs a judge has no such grade.
        judge: makes the Task that judges, `None` where a program checks the answers.
        judge_prompts: the templates its prompts are made of, see `SysGenTask.templates`.
        options: options of the command that only some benchmarks have, see `EvaluationSettings`.
        published: scores that others have published, to hold one's own against.
        score_released: makes figures, and the number of rows, of a file of judged outputs as the owners
            release them, with the file that says which column a source belongs to.
        cautions: what has to be said beside the figures.
    """

    name: str
    title: str
    origin: Origin | None
    read: Callable[[str, int | None], ReadItems]
    score: Callable[[Sequence[Row]], dict[str, Any]]
    tables: Callable[[Mapping[str, Any]], list[FigureTable]]
    headline: tuple[str, str]
    summary: str
    decoding: dict[str, Any]
    turns: Literal["all", "last"] = "last"
    draw: Callable[[Sequence[Item], int, int], list[Item]] | None = None
    change_texts: Callable[[Item, Callable[[str], str]], Item] | None = None
    grade: Callable[[Row], float | None] | None = None
    judge: Callable[..., BenchmarkJudge] | None = None
    judge_prompts: tuple[str, ...] = ()
    options: tuple[str, ...] = ()
    published: tuple[PublishedTable, ...] = ()
    score_released: Callable[[Path, Path | None], tuple[dict[str, Any], int]] | None = None
    cautions: tuple[str, ...] = field(default=())
