"""Asks a judge whether the turns of a conversation still fit each other once its answers are new."""

from typing import TYPE_CHECKING, Any, ClassVar

from sysgen_distilabel.columns import ALIGNED_MESSAGES, COHERENCE, OUTCOME
from sysgen_distilabel.outcome import Outcome
from sysgen_distilabel.prompts import fence_for, render_prompt
from sysgen_distilabel.replies.grammars import verdict_regex, verdict_schema
from sysgen_distilabel.replies.judgements import UNREADABLE, Coherence
from sysgen_distilabel.replies.verdicts import read_labels
from sysgen_distilabel.response_turns import find_answers
from sysgen_distilabel.rows import Row, is_rejected
from sysgen_distilabel.tasks.asker import Asker
from sysgen_distilabel.tasks.judge import JudgeTask

if TYPE_CHECKING:
    from distilabel.typing import ChatType, StepColumns


class JudgeCoherence(JudgeTask):
    """Ask a judge, for each turn behind the first, whether it fits the turns in front of it.

    User turns of the source speak to the source's answers, and the aligned ones are others. The report
    estimates from words how many turns speak of what is no longer there; a judge can tell more. There is one
    question for each conversation of several answers, and none for others. It rejects no row.

    Input columns:
        - aligned_messages (`List[Dict[str, str]]`): The system message and the turns.
        - outcome (`str`): Optional. Only accepted rows, and rows without an outcome, are looked at.

    Output columns:
        - coherence (`List[Dict[str, Any]]`): Per `turn` behind the first the `verdict` (`coherent`,
            `not_coherent`, `unknown` or `unreadable`), the `judge`, and why a verdict is missing (`detail`).
        - usage (`List[Dict[str, Any]]`): Calls and tokens per Task so far.

    Categories:
        - critique

    References:
        - [System Message Generation for User Preferences using Open-Source Models](https://arxiv.org/abs/2502.11330)

    Examples:
        Judge a conversation of two turns:

        ```python
        from sysgen_distilabel.llms import SimulatedLLM
        from sysgen_distilabel.tasks import JudgeCoherence

        task = JudgeCoherence(llm=SimulatedLLM())
        task.load()
        messages = [
            {"role": "system", "content": "Be brief."},
            {"role": "user", "content": "Plan a day in Porto."},
            {"role": "assistant", "content": "See the harbour."},
            {"role": "user", "content": "Drop the tower you mentioned."},
            {"role": "assistant", "content": "Then see the harbour."},
        ]
        print(next(task.process([{"aligned_messages": messages}]))[0]["coherence"])
        ```

    Citations:
        ```
        @article{jeong2025sysgen,
            title = {System Message Generation for User Preferences using Open-Source Models},
            author = {Jeong, Minbyul and Cho, Jungho and Khang, Minsoo and Jung, Dawoon and Hong, Teakgyu},
            journal = {arXiv preprint arXiv:2502.11330},
            year = {2025}
        }
        ```
    """

    phase: ClassVar[int] = 4

    @property
    def templates(self) -> tuple[str, ...]:
        """The file that its prompts are made of."""
        return ("judges/coherence.jinja2",)

    @property
    def inputs(self) -> "StepColumns":
        """The aligned conversation, and the row's outcome if it has one."""
        return {ALIGNED_MESSAGES: True, OUTCOME: False}

    @property
    def own_outputs(self) -> list[str]:
        """The verdicts."""
        return [COHERENCE]

    def is_judged(self, row: Row) -> bool:
        """Whether the row has come through the last phase and has several answers."""
        return not is_rejected(row) and bool(_turns(row))

    async def judge(self, row: Row, ask: Asker) -> Row:
        """Ask about all turns of one conversation at once."""
        keys = list(_turns(row).values())
        found, detail = await self.ask_verdict(
            self.format_input(row), row, ask, lambda reply: read_labels(reply, keys, Coherence) or None
        )
        return self._write(row, found or {}, detail or f"{Outcome.UNREADABLE_VERDICT}: no line for it")

    def unjudged(self, row: Row, detail: str) -> Row:
        """Every verdict unreadable."""
        return self._write(row, {}, detail)

    def _write(self, row: Row, found: dict[str, Coherence], detail: str) -> Row:
        return {
            COHERENCE: [
                {
                    "turn": turn,
                    "verdict": label.code if (label := found.get(key)) else UNREADABLE,
                    "judge": str(self.llm.model_name),
                    "detail": "" if key in found else detail,
                }
                for turn, key in _turns(row).items()
            ]
        }

    def structured_format(self, row: Row, formats: frozenset[str]) -> dict[str, Any] | None:
        """The lines the prompt asks for as a regular expression, or else a JSON object."""
        keys = list(_turns(row).values())
        if "regex" in formats:
            return {"format": "regex", "schema": verdict_regex(keys, Coherence)}
        if "json" in formats:
            return {"format": "json", "schema": verdict_schema(keys, Coherence)}
        return None

    def format_input(self, input: Row) -> "ChatType":
        """The turns without their system message, and which of them to judge."""
        conversation = [turn for turn in input[ALIGNED_MESSAGES] if turn["role"] != "system"]
        chat: ChatType = render_prompt(
            "judges/coherence",
            conversation=conversation,
            keys=list(_turns(input).values()),
            fence=fence_for([turn["content"] for turn in conversation]),
        )
        return chat

    def _sample_input(self) -> "ChatType":
        turns = [
            {"role": "user", "content": "<PLACEHOLDER_USER_TURN>"},
            {"role": "assistant", "content": "<PLACEHOLDER_RESPONSE>"},
        ]
        return self.format_input({ALIGNED_MESSAGES: turns * 2})


def _turns(row: Row) -> dict[int, str]:
    """What the judge calls each turn behind the first, by its number."""
    answers = len(find_answers(row[ALIGNED_MESSAGES]))
    return {turn: f"Turn {turn}" for turn in range(2, answers + 1)}
