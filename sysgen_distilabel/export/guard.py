"""Renders every exported conversation as the trainer will, and finds what would be lost on the way."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final, NamedTuple

from jinja2 import TemplateError

from sysgen_distilabel.export.arms import Conversation, is_trained
from sysgen_distilabel.export.probes import Ends
from sysgen_distilabel.export.problems import Finding, Problem
from sysgen_distilabel.export.skeleton import Skeleton, Span, read_skeleton
from sysgen_distilabel.export.token_spans import TurnTokens, find_tokens
from sysgen_distilabel.export.trained_chat import Chat, Tools
from sysgen_distilabel.export.trainer_format import Learnt
from sysgen_distilabel.response_turns import find_answers

_PLAIN_KEYS: Final = frozenset({"role", "content", "train"})
_SHAPES_KEPT: Final = 4096
_SHORT: Final = 20
"""Characters up to which a text may also be part of what the template itself writes."""


class Checked(NamedTuple):
    """What the guard says of one conversation.

    Attributes:
        finding: what is wrong with it; `None` if nothing is.
        tokens: its length; 0 if the template refuses it.
        learnt: the tokens of each answer that is learnt from.
    """

    finding: Finding | None
    tokens: int
    learnt: tuple[TurnTokens, ...] = ()


class _Shape(NamedTuple):
    """What holds for all conversations of the same roles."""

    skeleton: Skeleton | None
    finding: Finding | None


class _Rendered(NamedTuple):
    text: str
    finding: Finding | None
    spans: dict[int, Span]


class Guard:
    """Checks conversations against a chat template and a length limit.

    Args:
        chat: the template the model is trained with, and its tokenizer.
        ends: the tokens that have to follow an earlier answer and the last one.
        max_length: the most tokens a conversation may have.
        learnt: what the trainer learns of it.
        reasoning: the field of a turn that holds what the model thought; empty if none does.
    """

    def __init__(
        self,
        chat: Chat,
        ends: Ends,
        max_length: int,
        learnt: Learnt = Learnt.ANSWERS,
        reasoning: str = "",
    ) -> None:
        self._chat = chat.with_clock(datetime.now().strftime)  # one moment, for rows to be compared
        self._ends = ends
        self._max_length = max_length
        self._learnt = learnt
        self._reasoning = reasoning
        self._shapes: dict[object, _Shape] = {}

    def check(
        self,
        chats: Sequence[Conversation],
        system_texts: Sequence[str],
        tools: Sequence[Tools | None],
    ) -> list[Checked]:
        """What is wrong with each conversation, its length, and what of it is learnt.

        Args:
            chats: conversations as they are exported, folded or not.
            system_texts: the text of the system message each of them has to hold; it may be empty.
            tools: the tools of each of them.
        """
        rendered = [self._render(*row) for row in zip(chats, system_texts, tools, strict=True)]
        if not rendered:
            return []
        tokens = find_tokens(self._chat, [row.text for row in rendered], [row.spans for row in rendered])
        return [
            Checked(row.finding or self._measure(row, length, learnt), length, learnt)
            for row, (length, learnt) in zip(rendered, tokens, strict=True)
        ]

    def _measure(self, row: _Rendered, tokens: int, learnt: Sequence[TurnTokens]) -> Finding | None:
        if tokens > self._max_length:
            return Finding(Problem.TOO_LONG, f"{tokens:,} tokens, the limit is {self._max_length:,}")
        if self._learnt is not Learnt.NOTHING and not any(turn.end > turn.begin for turn in learnt):
            return Finding(Problem.NOTHING_TO_LEARN)
        return None

    def _render(self, messages: Conversation, system_text: str, tools: Tools | None) -> _Rendered:
        try:
            text = self._chat.render(messages, tools=tools)
        except TemplateError as error:
            return _Rendered("", Finding(Problem.REFUSED, str(error)), {})
        for number, turn in enumerate(messages, start=1):
            if token := self._chat.find_special_token(turn["content"]):
                return _Rendered(text, Finding(Problem.SPECIAL_TOKEN, f"message {number} holds {token}"), {})
        if system_text.strip() not in text:
            return _Rendered(text, Finding(Problem.SYSTEM_LOST), {})
        thought = messages[-1].get(self._reasoning, "")
        if thought not in text:
            return _Rendered(text, Finding(Problem.REASONING_LOST, f"message {len(messages)}"), {})
        skeleton, finding = self._find_shape(messages, tools)
        filled = skeleton.fill(messages) if skeleton else None
        if skeleton and filled and filled[0] == text:
            places = filled[1]
        else:  # what the template writes depends on the texts, so they are looked for one by one
            places, finding = self._search(text, messages)
        return _Rendered(text, finding, self._find_learnt(text, messages, tools, skeleton, places))

    def _find_shape(self, messages: Conversation, tools: Tools | None) -> _Shape:
        if any(not _PLAIN_KEYS.issuperset(turn) for turn in messages):
            return self._read_shape(messages, tools)
        key = (str(tools), *((turn["role"], bool(turn["content"]), is_trained(turn)) for turn in messages))
        if key not in self._shapes:
            if len(self._shapes) >= _SHAPES_KEPT:
                self._shapes.clear()
            self._shapes[key] = self._read_shape(messages, tools)
        return self._shapes[key]

    def _read_shape(self, messages: Conversation, tools: Tools | None) -> _Shape:
        skeleton = read_skeleton(self._chat, messages, tools)
        return _Shape(skeleton, self._judge(skeleton, messages) if skeleton else None)

    def _judge(self, skeleton: Skeleton, messages: Conversation) -> Finding | None:
        """What is wrong with every conversation of a shape."""
        for place, turn in enumerate(messages):
            detail = f"message {place + 1}"
            number = skeleton.order.count(place)
            if turn["content"] and number != 1:
                lost = Problem.SYSTEM_LOST if turn["role"] == "system" else Problem.TURN_LOST
                return Finding(Problem.DOUBLED if number else lost, detail)
            end = self._end_of(messages, place)
            if not end or not turn["content"] or turn.get("tool_calls"):
                continue
            behind = skeleton.behind(place).lstrip()
            if not behind.startswith(end):
                return Finding(Problem.END_LOST, detail)
            if behind.removeprefix(end).lstrip().startswith(end):
                return Finding(Problem.DOUBLED, f"{detail}, {end}")
        return self._judge_marks(skeleton, messages) if self._learnt is Learnt.MARKS else None

    def _judge_marks(self, skeleton: Skeleton, messages: Conversation) -> Finding | None:
        trained = self._find_trained(messages)
        for slot, place in enumerate(skeleton.order):
            marked = skeleton.marked[slot]
            if place in trained:
                is_right = marked is not None and marked.lstrip().startswith(self._end_of(messages, place))
            else:  # a greeting or a call of a tool is the model's too
                is_right = marked is None or (
                    messages[place]["role"] == "assistant" and is_trained(messages[place])
                )
            if not is_right:
                return Finding(Problem.NOT_MARKED, f"message {place + 1}")
        return None

    def _end_of(self, messages: Conversation, place: int) -> str:
        """The token that has to stand behind a turn; empty if any may."""
        if messages[place]["role"] != "assistant":
            return ""
        if place + 1 == len(messages):
            return self._ends.last
        same = self._ends.earlier == self._ends.last
        return self._ends.earlier if same or messages[place + 1]["role"] == "user" else ""

    def _search(self, text: str, messages: Conversation) -> tuple[dict[int, Span], Finding | None]:
        """The places of the turns in the order of the conversation, and the first that is not there."""
        places: dict[int, Span] = {}
        start = 0
        for place, turn in enumerate(messages):
            content, detail = turn["content"].strip(), f"message {place + 1}"
            if turn["role"] == "system" or turn.get("tool_calls"):
                continue  # a template may write the one behind a user turn, the other in a form of its own
            end = _find_end(text, content, self._end_of(messages, place), start)
            if end is None:
                is_there = turn["role"] == "assistant" and content in text[start:]
                return places, Finding(Problem.END_LOST if is_there else Problem.TURN_LOST, detail)
            if len(content) > _SHORT and text.count(content) > _count(content, messages):
                return places, Finding(Problem.DOUBLED, detail)
            places[place], start = Span(end - len(content), end), end
        return places, None

    def _find_trained(self, messages: Conversation) -> list[int]:
        if self._learnt is Learnt.NOTHING:
            return []
        if self._learnt is Learnt.COMPLETION:
            return [len(messages) - 1]
        return [place for place in find_answers(messages) if is_trained(messages[place])]

    def _find_learnt(
        self,
        text: str,
        messages: Conversation,
        tools: Tools | None,
        skeleton: Skeleton | None,
        places: Mapping[int, Span],
    ) -> dict[int, Span]:
        """The parts of the text that are learnt, by the place of the turn."""
        learnt: dict[int, Span] = {}
        for place in self._find_trained(messages):
            if (span := places.get(place)) is None:
                continue
            if self._learnt is Learnt.COMPLETION:
                learnt[place] = Span(span.begin - (skeleton.lead if skeleton else 0), len(text))
                continue
            end = self._end_of(messages, place)
            behind = text[span.end :]
            blanks = len(behind) - len(behind.lstrip())
            ended = span.end + blanks + len(end) if end and behind.lstrip().startswith(end) else span.end
            learnt[place] = Span(span.begin, ended)
        return learnt


def _count(content: str, messages: Conversation) -> int:
    return sum(turn["content"].count(content) for turn in messages)


def _find_end(text: str, content: str, token: str, start: int) -> int | None:
    """Where the text of a turn ends that this token follows; `None` if it is not there."""
    place = text.find(content, start)
    while place >= 0:
        end = place + len(content)
        if text[end:].lstrip().startswith(token):
            return end
        place = text.find(content, place + 1)
    return None
