"""What becomes of each turn of a conversation that is answered under a system message."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Self

from sysgen_distilabel.checks.turn_references import find_referring
from sysgen_distilabel.columns import CONSTRAINTS, MESSAGES, PHRASES, SYSTEM_MESSAGE
from sysgen_distilabel.constraints.check_responses import find_broken, find_uncompiled
from sysgen_distilabel.errors import RowRejected
from sysgen_distilabel.functionalities import kept_phrases
from sysgen_distilabel.outcome import Outcome
from sysgen_distilabel.prompts import fence_for, render_prompt
from sysgen_distilabel.replies.judgements import Alignment
from sysgen_distilabel.replies.verdicts import read_labels
from sysgen_distilabel.response_turns import TurnMode, find_answers, find_calls, find_unanswered
from sysgen_distilabel.tasks.alignment_question import alignment_format, ask_alignment, keys_to_judge
from sysgen_distilabel.tasks.tool_turns import ToolTurns

if TYPE_CHECKING:
    from distilabel.typing import ChatType

    from sysgen_distilabel.rows import Row
    from sysgen_distilabel.tasks.asker import Asker

REWRITE_TEMPLATE: Final = "rewrite_turn.jinja2"
"""The file of `sysgen_distilabel.prompts` that the request to rewrite a user turn is made of."""

_LONGEST: Final = 4
"""Times the length of a turn, and some words, that its rewriting may have; more is an answer to it."""


@dataclass(slots=True)
class TurnPlan:
    """What becomes of the turns, by their places in the original conversation.

    Attributes:
        answers: the answers to the user.
        regenerated: those of them that are regenerated.
        kept: those that are kept because they follow the message.
        added: the turns that have no answer and get one.
        referring: the user turns that speak of an earlier answer; not looked for if nothing comes of it.
        calls: the turns that call a tool.
    """

    answers: list[int]
    regenerated: set[int]
    added: set[int]
    referring: set[int]
    calls: set[int]
    kept: set[int] = field(default_factory=set)

    def name(self, answer: int) -> str:
        """What the column `answer_turns` calls an answer."""
        return "regenerated" if answer in self.regenerated else "kept" if answer in self.kept else "original"

    def repeats_call(self, place: int) -> bool:
        """Whether a turn calls a tool for an answer that is not the original one."""
        ends = (at for at in (*self.answers, *self.added) if at > place)
        return place in self.calls and min(ends, default=place) in self.regenerated | self.added


def plan_turns(messages: ChatType, mode: TurnMode) -> TurnPlan:
    """The plan for a conversation, with no answer kept yet."""
    answers, unanswered = find_answers(messages), find_unanswered(messages)
    regenerated = set(answers)
    if mode == "last":
        regenerated &= {max(answers[-1:] + unanswered)}
    referring = set(find_referring(messages)) if mode != "regenerate" else set()
    return TurnPlan(answers, regenerated, set(unanswered), referring, set(find_calls(messages)))


async def keep_followed(row: Row, plan: TurnPlan, ask: Asker, formats: frozenset[str]) -> None:
    """Keep the original answers that follow the message, but none to a turn that speaks of one not kept.

    Args:
        row: the row.
        plan: the plan; it is changed.
        ask: sends the question about phrases that no program checks.
        formats: what the engine takes, see `SysGenTask.structured_format`.
    """
    messages = row[MESSAGES]
    for number, place in enumerate(plan.answers):
        asked = max(before for before in range(place) if messages[before]["role"] == "user")
        is_in_the_air = asked in plan.referring and bool(plan.regenerated & set(plan.answers[:number]))
        if not is_in_the_air and await _follows(row, [messages[asked], messages[place]], ask, formats):
            plan.regenerated.discard(place)
            plan.kept.add(place)


async def _follows(row: Row, exchange: ChatType, ask: Asker, formats: frozenset[str]) -> bool:
    """Whether an answer breaks no constraint, and the engine finds that it follows all other phrases."""
    constraints = row.get(CONSTRAINTS) or []
    if find_broken(exchange[-1]["content"], constraints):
        return False
    phrases = kept_phrases(row.get(PHRASES) or [])
    rest = find_uncompiled(phrases, constraints)
    if phrases and not rest:
        return True
    keys = keys_to_judge(rest)
    prompt = ask_alignment(row[SYSTEM_MESSAGE], phrases, exchange, keys)
    wanted = alignment_format(keys, formats) if formats else None
    try:
        reply = await ask((prompt, wanted) if wanted else prompt)
    except RowRejected as rejection:
        if rejection.outcome is Outcome.ENGINE_ERROR:
            raise
        return False
    found = read_labels(reply, keys, Alignment)
    return all(found.get(key) is Alignment.ALIGNED for key in keys)


async def rewrite_turn(history: ChatType, turn: str, ask: Asker, attempts: Iterable[int]) -> str:
    """A user turn as it fits the answers in front of it; as it is if no attempt gives one that can be used.

    Args:
        history: the turns in front of it, with the aligned answers.
        turn: what the user said to the original ones.
        ask: sends the request.
        attempts: the samples to ask for.

    Raises:
        RowRejected: if the engine fails.
    """
    prompt = render_prompt(
        "rewrite_turn", messages=history, turn=turn, fence=fence_for([turn, *_texts(history)])
    )
    for attempt in attempts:
        try:
            rewritten = await ask(prompt, attempt)
        except RowRejected as rejection:
            if rejection.outcome is Outcome.ENGINE_ERROR:
                raise
            continue
        if len(rewritten) <= _LONGEST * len(turn) + 100:
            return rewritten
    return turn


def _texts(messages: Sequence[Any]) -> list[str]:
    return [message["content"] for message in messages]


@dataclass(slots=True)
class Answered:
    """A conversation as far as it has been answered.

    Attributes:
        aligned: the system message and the turns, as they become a column.
        sent: the same as the engine is sent them.
        answers: the answers so far, as entries of the column `answer_turns`.
        reasoning: what was thought before each of them.
        refers_back: whether the user turn at hand speaks of an earlier answer.
        rewritten_from: what it was before it was rewritten; empty if it was not.
        tools: the tools of the row, and what became of them so far.
    """

    aligned: ChatType
    sent: ChatType
    tools: ToolTurns
    answers: list[dict[str, Any]] = field(default_factory=list)
    reasoning: list[str] = field(default_factory=list)
    refers_back: bool = False
    rewritten_from: str = ""

    @classmethod
    def under(cls, system_message: str, tools: ToolTurns) -> Self:
        """The conversation before its first turn."""
        system = {"role": "system", "content": system_message}
        return cls([system], [system], tools)

    @property
    def turn(self) -> int:
        """The number of the answer that comes next, from 1."""
        return len(self.answers) + 1

    def add(self, turn: Any, sent: Any) -> None:
        """Go on by a turn, which the engine may be sent in another form."""
        self.aligned.append(turn)
        self.sent.append(sent)

    def note_answer(self, answer: str, reasoning: str = "") -> None:
        """Note where the answer that was added last comes from, and what was thought before it."""
        self.reasoning.append(reasoning)
        self.answers.append(
            {
                "turn": self.turn,
                "answer": answer,
                "refers_back": int(self.refers_back),
                "rewritten_from": self.rewritten_from,
            }
        )
