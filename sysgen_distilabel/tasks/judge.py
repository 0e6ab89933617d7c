"""What the judge Tasks share: they look at finished rows, and no verdict of theirs rejects one."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from sysgen_distilabel.columns import OUTCOME, USAGE
from sysgen_distilabel.errors import FatalError, RowRejected
from sysgen_distilabel.outcome import Outcome
from sysgen_distilabel.rows import Row, complete, describe_exception, log_failure
from sysgen_distilabel.tasks.asker import Asker
from sysgen_distilabel.tasks.base import SysGenTask

if TYPE_CHECKING:
    from distilabel.typing import FormattedInput, StepColumns

Verdict = TypeVar("Verdict")


class JudgeTask(SysGenTask):
    """Base of the Tasks that judge finished rows.

    A subclass asks its questions in `judge` and says in `unjudged` what a row holds whose judging
    failed. Only accepted rows, and rows that have no outcome at all, are judged; all others pass
    untouched. A verdict that cannot be read is `unreadable` in its column: it changes neither the
    outcome of the row nor its `model_name`, which remains the name of the model that wrote it.
    """

    sampling: ClassVar[dict[str, Any]] = {"temperature": 0.0, "max_new_tokens": 512}

    @property
    def outputs(self) -> "StepColumns":
        """The verdicts and what they cost."""
        return [*self.own_outputs, USAGE]

    async def judge(self, row: Row, ask: Asker) -> Row:
        """Ask about one row and return the columns of the Task."""
        raise NotImplementedError

    def unjudged(self, row: Row, detail: str) -> Row:
        """The columns of a row about which nothing could be asked."""
        raise NotImplementedError

    async def ask_verdict(
        self, prompt: "FormattedInput", row: Row, ask: Asker, read: Callable[[str], Verdict | None]
    ) -> tuple[Verdict | None, str]:
        """Ask until a verdict can be read or no attempt is left.

        Args:
            prompt: the question.
            row: the row it is about.
            ask: sends it.
            read: finds the verdict in a reply, or `None`.

        Returns:
            The verdict and `""`, or `None` and the reason: an `Outcome`, a colon, and what was wrong.
        """
        detail = ""
        for attempt in range(self.max_attempts):
            try:
                reply = await ask(self._with_format(prompt, row), attempt)
            except RowRejected as rejection:
                detail = f"{rejection.outcome}: {rejection.detail}"
                if rejection.outcome is Outcome.ENGINE_ERROR:
                    break
                continue
            if (verdict := read(reply)) is not None:
                return verdict, ""
            detail = f"{Outcome.UNREADABLE_VERDICT}: {' '.join(reply.split())[:200]}"
        return None, detail

    def is_judged(self, row: Row) -> bool:
        """Whether the row is one to judge."""
        return bool(row.get(OUTCOME, Outcome.ACCEPTED) == Outcome.ACCEPTED)

    async def _process_row(self, row: Row) -> Row:
        row = complete(row, self.outputs)
        ask = self._make_asker(row)
        if self.is_judged(row):
            row = {**row, **await self._judge_or_note(row, ask)}
            row[USAGE] = [*row[USAGE], ask.usage()]
        return self._with_metadata(row, ask)

    async def _judge_or_note(self, row: Row, ask: Asker) -> Row:
        try:
            return await self.judge(row, ask)
        except FatalError:
            raise
        except Exception as error:  # whatever one row does to the Task, the others are judged
            log_failure(self._logger, row, "could not be judged", error)
            return self.unjudged(row, f"{Outcome.TASK_ERROR}: {describe_exception(error)}")

    def impute_step_outputs(self, step_output: list[Row]) -> list[Row]:
        """Note that a batch failed as a whole (called by distilabel); the rows keep their outcome."""
        rows = [complete(row, self.outputs) for row in step_output]
        detail = f"{Outcome.TASK_ERROR}: the batch failed as a whole, see the log"
        return [{**row, **self.unjudged(row, detail)} if self.is_judged(row) else row for row in rows]
