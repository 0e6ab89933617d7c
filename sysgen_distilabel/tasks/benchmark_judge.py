"""What the judges of benchmarks have in common: several questions per row, and none is guessed."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sysgen_distilabel.columns import BENCHMARK_ITEM, JUDGEMENTS, MESSAGES, OUTCOME, RESPONSES
from sysgen_distilabel.errors import RowRejected
from sysgen_distilabel.outcome import Outcome
from sysgen_distilabel.rows import Row
from sysgen_distilabel.tasks.asker import Asker
from sysgen_distilabel.tasks.base import SysGenTask
from sysgen_distilabel.tasks.benchmark_item import read_item

if TYPE_CHECKING:
    from distilabel.typing import ChatType, StepColumns

Judgement = dict[str, Any]
"""One verdict: `turn` from 1, `criterion`, `verdict` (empty if it cannot be read) and `reason`."""


@dataclass(frozen=True, slots=True)
class Question:
    """One request to the judge, and how its reply is read.

    Attributes:
        prompt: the chat to send.
        schema: JSON schema of the reply, for engines that keep to one; empty if it is no JSON.
        read: the judgements in a reply, an unreadable one with an empty verdict.
        unread: the judgements if there is no reply at all; takes the reason.
    """

    prompt: "ChatType"
    schema: dict[str, Any]
    read: Callable[[str], list[Judgement]]
    unread: Callable[[str], list[Judgement]]


class BenchmarkJudge(SysGenTask):
    """Base of the judges of benchmarks.

    A question whose reply cannot be read is asked again while attempts are left; after that its
    verdicts stay empty. They are counted and never scored, and the other questions of the row stand.
    """

    @property
    def inputs(self) -> "StepColumns":
        """The conversation, the answers, what the benchmark says, and the row's state."""
        return {MESSAGES: True, RESPONSES: True, BENCHMARK_ITEM: True, OUTCOME: False}

    @property
    def own_outputs(self) -> list[str]:
        """The judgements."""
        return [JUDGEMENTS]

    def questions(self, row: Row, item: dict[str, Any]) -> list[Question]:
        """What to ask about a row.

        Args:
            row: an answered row.
            item: what the benchmark says of it.
        """
        raise NotImplementedError

    async def answer(self, row: Row, ask: Asker) -> Row:
        """Ask all questions of the row side by side."""
        item = read_item(row)
        first = item["run"] * self.max_attempts
        asked = (self._judge(question, ask, first) for question in self.questions(row, item))
        results = await asyncio.gather(*asked, return_exceptions=True)
        judgements: list[Judgement] = []
        for result in results:
            if isinstance(result, BaseException):
                raise result
            judgements += result
        return {JUDGEMENTS: judgements, OUTCOME: Outcome.ACCEPTED.value}

    async def _judge(self, question: Question, ask: Asker, first: int) -> list[Judgement]:
        wanted = {"format": "json", "schema": question.schema}
        prompt: Any = (
            (question.prompt, wanted) if question.schema and "json" in self._formats else question.prompt
        )
        best: list[Judgement] = question.unread("never asked")
        for attempt in range(first, first + self.max_attempts):
            try:
                judgements = question.read(await ask(prompt, attempt))
            except RowRejected as rejection:
                judgements = question.unread(f"{rejection.outcome}: {rejection.detail}".rstrip(": "))
                if rejection.outcome is Outcome.ENGINE_ERROR:
                    return judgements
            best = min(best, judgements, key=_count_unread) if attempt > first else judgements
            if not _count_unread(best):
                break
        return best

    def format_input(self, input: Row) -> "ChatType":
        """The first question about a row."""
        return self.questions(input, read_item(input))[0].prompt


def _count_unread(judgements: list[Judgement]) -> int:
    return sum(not judgement["verdict"] for judgement in judgements)
