"""Brings the turns of a row into the order that every phase can count on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, Literal

from sysgen_distilabel.blank_text import is_blank
from sysgen_distilabel.errors import BadInput, BlankTurn, UnansweredInput
from sysgen_distilabel.inputs.turn_forms import WRITTEN_CALLS
from sysgen_distilabel.inputs.turn_objects import REASONING, Turn
from sysgen_distilabel.replies.reasoning import find_answer, may_hold_reasoning
from sysgen_distilabel.response_turns import find_answers

TrailingUser = Literal["reject", "answer", "drop"]

JOINED: Final = "consecutive turns of one speaker, joined"
DROPPED: Final = "a last turn without an answer, left out"
UNREAD_TOOLS: Final = "tools whose schemas cannot be read, left out"
"""What is noted of a conversation whose turns do not stay as they were."""


def take_system(turns: list[Turn]) -> str:
    """Take the leading system turns off a list of turns; their texts, those that are blank left out."""
    texts: list[str] = []
    while turns and turns[0].role == "system":
        texts.append(turns.pop(0).content)
    return "\n\n".join([text for text in texts if not is_blank(text)])


def set_reasoning_aside(turn: Turn) -> Turn:
    """The turn without what a model thought before its answer, if marks tell the two apart."""
    text = turn.content
    if turn.role != "assistant" or not may_hold_reasoning(text):
        return turn
    answer = text[find_answer(text)].strip()
    if is_blank(answer) or answer == text.strip():
        return turn
    return turn._replace(content=answer, notes=(*turn.notes, REASONING))


def mark_trained(turns: Sequence[Turn], trained: Any) -> list[Turn]:
    """The turns with what a row says of all of them: whether to learn from each, a list in their order."""
    if not (isinstance(trained, list) and len(trained) == len(turns)):
        return list(turns)
    return [
        turn._replace(fields={"train": learn, **turn.fields})
        if turn.role == "assistant" and isinstance(learn, bool)
        else turn
        for turn, learn in zip(turns, trained, strict=True)
    ]


def join_turns(turns: Sequence[Turn]) -> list[Turn]:
    """The turns with those of one speaker in a row joined into one, and blank system turns left out.

    A text and the tool calls after it become one turn with both. Results of tools stay apart.
    """
    joined: list[Turn] = []
    for turn in turns:
        if turn.role == "system" and is_blank(turn.content):
            continue
        if joined and joined[-1].role == turn.role != "tool":
            joined[-1] = _join(joined[-1], turn)
        else:
            joined.append(turn)
    return joined


def check_turns(turns: Sequence[Turn], place: str) -> None:
    """Make sure that somebody asks something, that no turn is blank, and that calls have results.

    Raises:
        BadInput: it is not so; one line says where.
    """
    before, roles = None, [*(turn.role for turn in turns[1:]), None]
    for turn, following in zip(turns, roles, strict=bool(turns)):
        if turn.role == "tool" and before not in ("assistant", "tool"):
            raise BadInput(f"{turn.place}: expected a tool call before the result of a tool, found none")
        if turn.role != "tool" and is_blank(turn.content):
            raise BlankTurn(f"{turn.place}: expected text, found nothing but white space")
        if turn.fields.keys() & {"tool_calls", WRITTEN_CALLS} and following != "tool":
            raise BadInput(f"{turn.place}: expected text, found a tool call without its result")
        before = turn.role
    if not any(turn.role == "user" for turn in turns):
        raise BadInput(f"{place}: expected at least a user and an assistant turn, found none")


def end_with_answer(turns: list[Turn], trailing_user: TrailingUser) -> tuple[list[Turn], bool]:
    """The turns up to the last answer, or as they are if the last one is to be answered.

    Returns:
        The turns, and whether some were left out.

    Raises:
        UnansweredInput: the last turn has no answer, which is not allowed, or no turn has one.
    """
    answers = find_answers(as_messages(turns))
    if (answers and answers[-1] == len(turns) - 1) or trailing_user == "answer":
        return turns, False
    if trailing_user == "drop" and answers:
        return turns[: answers[-1] + 1], True
    raise UnansweredInput(f"{turns[-1].place}: expected an answer to it, found none")


def without_answers(turns: list[Turn]) -> list[Turn]:
    """The turns that are to be answered, and the tool calls with their results."""
    answers = set(find_answers(as_messages(turns)))
    return [turn for place, turn in enumerate(turns) if place not in answers]


def as_messages(turns: Sequence[Turn]) -> list[dict[str, str]]:
    """Role and content of each turn."""
    return [{"role": turn.role, "content": turn.content} for turn in turns]


def as_fields(turns: Sequence[Turn]) -> list[dict[str, Any]]:
    """What each turn holds beside role and text, in the order of the turns; empty if none holds any."""
    fields = [dict(turn.fields) for turn in turns]
    return fields if any(fields) else []


def _join(first: Turn, second: Turn) -> Turn:
    fields = {**first.fields, **second.fields}
    if "tool_calls" in fields:
        texts = [turn.fields.get("content", turn.content) for turn in (first, second)]
        calls = [call for turn in (first, second) for call in turn.fields.get("tool_calls", [])]
        fields |= {"content": "\n\n".join(filter(None, texts)), "tool_calls": calls}
    content = "\n\n".join([turn.content for turn in (first, second) if not is_blank(turn.content)])
    return first._replace(content=content, fields=fields, notes=first.notes + second.notes)
