"""Asks the engine on behalf of one row and adds up what that cost."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from sysgen_distilabel.blank_text import is_blank
from sysgen_distilabel.checks.check_table import Policy
from sysgen_distilabel.checks.findings import Action, Finding, note
from sysgen_distilabel.checks.loop_signs import may_loop
from sysgen_distilabel.checks.loops import find_loop
from sysgen_distilabel.errors import ReplyUnusable, RowRejected
from sysgen_distilabel.outcome import Outcome
from sysgen_distilabel.replies.reasoning import UnclearReasoning, find_reasoning, strip_reasoning
from sysgen_distilabel.replies.tool_calls import ToolReply, read_tool_reply

if TYPE_CHECKING:
    from distilabel.typing import FormattedInput

    from sysgen_distilabel.recorded.recorded_llm import Recorded

T = TypeVar("T")


async def gather_usable(samples: Iterable[Awaitable[T]]) -> list[T]:
    """What came of several samples for one row, taken side by side; those that failed are left out.

    Raises:
        RowRejected: if none can be used, as the first says.
        FatalError: if the engine or the store is gone.
    """
    results = await asyncio.gather(*samples, return_exceptions=True)
    failures = [result for result in results if isinstance(result, BaseException)]
    for failure in failures:
        if len(failures) == len(results) or not isinstance(failure, RowRejected):
            raise failure
    return [result for result in results if not isinstance(result, BaseException)]


def offer_tools(tools: Sequence[Mapping[str, Any]], choice: str = "auto") -> dict[str, Any]:
    """The generation kwargs that offer tools to an engine with an OpenAI-compatible API.

    Args:
        tools: their schemas.
        choice: `auto` leaves it to the model whether to call one, `none` forbids it.
    """
    return {"extra_body": {"tools": list(tools), "tool_choice": choice}}


class Asker:
    """The engine as one row sees it.

    Attributes:
        last_input: the last prompt sent, `[]` if none was.
        last_output: the last raw reply, `""` if there is none.
        last_reasoning: what the model thought before it, be it kept apart by the engine or in the reply.
        findings: what checks have found in its replies, as entries of the column `findings`.
    """

    def __init__(
        self,
        recorded: Recorded,
        task: str,
        generation_kwargs: dict[str, Any],
        first_attempt: int = 0,
        phase: int = 0,
        loops: Policy = Policy.OFF,
    ) -> None:
        self._recorded = recorded
        self._task = task
        self._generation_kwargs = generation_kwargs
        self._first_attempt = first_attempt
        self._phase = phase
        self._loops = loops
        self._calls = self._prompt_tokens = self._completion_tokens = 0
        self.last_input: Any = []
        self.last_output = self.last_reasoning = ""
        self.findings: list[dict[str, Any]] = []

    async def __call__(
        self, prompt: FormattedInput, attempt: int = 0, more: Mapping[str, Any] | None = None
    ) -> str:
        """Send one request and return the text of the reply without its reasoning block.

        Args:
            prompt: messages in the OpenAI format, or messages and a schema.
            attempt: which sample of the same prompt, from 0.
            more: generation kwargs of this request alone; an `extra_body` adds to that of the others.

        Raises:
            RowRejected: if the reply has a fault, nothing but reasoning in it, or marks of reasoning
                that leave its answer in doubt; `ReplyUnusable` if it was cut off, or runs in a loop and
                is checked for that.
            FatalError: if the engine or the store is gone.
        """
        text, calls = await self._send(prompt, attempt, more or {})
        if is_blank(text):
            holds = "a call of a tool that was not offered" if calls else "nothing but reasoning"
            raise RowRejected(Outcome.NO_REPLY, f"the reply holds {holds}")
        return text

    async def with_tools(
        self, prompt: FormattedInput, attempt: int, tools: Sequence[Mapping[str, Any]]
    ) -> ToolReply:
        """The same with an offer of tools, which the reply may call in place of a text or beside it.

        Args:
            prompt: messages in the OpenAI format.
            attempt: which sample of the same prompt, from 0.
            tools: their schemas.
        """
        reply = read_tool_reply(*await self._send(prompt, attempt, offer_tools(tools)))
        if is_blank(reply.text) and not reply.calls:
            raise RowRejected(Outcome.NO_REPLY, "the reply holds nothing but reasoning")
        return reply

    async def _send(
        self, prompt: FormattedInput, attempt: int, more: Mapping[str, Any]
    ) -> tuple[str, list[Any]]:
        """The text of a reply and the calls beside it, each of which may be empty."""
        kwargs = {**self._generation_kwargs, **more}
        if "extra_body" in more:
            kwargs["extra_body"] = {**(self._generation_kwargs.get("extra_body") or {}), **more["extra_body"]}
        reply = await self._recorded.ask(
            prompt, task=self._task, attempt=self._first_attempt + attempt, generation_kwargs=kwargs
        )
        self._calls += 1
        self._prompt_tokens += reply.prompt_tokens
        self._completion_tokens += reply.completion_tokens
        self.last_input, self.last_output = prompt, reply.text or ""
        self.last_reasoning = reply.extra.get("reasoning") or find_reasoning(self.last_output)
        fault = reply.fault
        if fault is not None and fault.outcome is not Outcome.TRUNCATED_REPLY:
            raise RowRejected(fault.outcome, fault.message)
        try:
            text = strip_reasoning(self.last_output).strip()
        except UnclearReasoning as error:
            outcome = fault.outcome if fault else Outcome.NO_REPLY
            raise RowRejected(outcome, str(error)) from None
        if self._loops is not Policy.OFF:
            self._check_for_loop(text)
        if fault is not None:
            raise ReplyUnusable(fault.outcome, fault.message, text, len(text))
        return text, reply.extra.get("tool_calls") or []

    def _check_for_loop(self, text: str) -> None:
        loop = find_loop(text) if may_loop(text) else None
        if loop is None:
            return
        found = Finding("loop", loop.unit)
        action = Action.MARKED if self._loops is Policy.MARK else Action.REGENERATED
        self.findings.append(note("loops", found, action, self._phase))
        if self._loops is not Policy.MARK:
            detail = f"{loop.times} times: {' '.join(loop.unit.split())}"
            raise ReplyUnusable(Outcome.DEGENERATE_REPLY, detail, text, loop.start + len(loop.unit))

    def usage(self) -> dict[str, str | int]:
        """What the row has cost in this Task, replies from the store included."""
        return {
            "task": self._task,
            "model_name": self._recorded.model_name,
            "calls": self._calls,
            "prompt_tokens": self._prompt_tokens,
            "completion_tokens": self._completion_tokens,
        }
