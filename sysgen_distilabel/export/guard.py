"""Renders every exported conversation as the trainer will, and finds what would be lost on the way."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any, NamedTuple

from jinja2 import TemplateError

from sysgen_distilabel.export.arms import Conversation
from sysgen_distilabel.export.diagnosis import Ends
from sysgen_distilabel.export.trained_chat import Chat, Tools


class Problem(StrEnum):
    """Why a row is not exported; the value is its name in counts."""

    HELD_OUT = "held_out"
    REFUSED = "refused"
    SYSTEM_LOST = "system_lost"
    TURN_LOST = "turn_lost"
    END_LOST = "end_lost"
    SPECIAL_TOKEN = "special_token"
    TOO_LONG = "too_long"
    NO_PLACE = "no_place"
    NO_ANSWER = "no_answer"
    NO_MARK = "no_mark"

    @property
    def explanation(self) -> str:
        """What it means, for people."""
        return _EXPLANATIONS[self]


_EXPLANATIONS = {
    Problem.HELD_OUT: "its id is held out of training, to evaluate with",
    Problem.REFUSED: "the chat template refuses the conversation",
    Problem.SYSTEM_LOST: "the text of the system message is not in what the chat template renders",
    Problem.TURN_LOST: "the text of a turn is not in what the chat template renders",
    Problem.END_LOST: "an answer is not followed by its end token, so the model would not learn to stop",
    Problem.SPECIAL_TOKEN: "a text holds the name of a special token, which would break up the turn",
    Problem.NO_PLACE: "the layout or the chat template has no place for its turns: tool calls, or a greeting",
    Problem.NO_ANSWER: "the source has no answer, and an arm with original answers needs one",
    Problem.NO_MARK: (
        "an earlier answer was not given under its system message, and nothing in this layout keeps the"
        " trainer from learning it: export as trl-prompt-completion"
    ),
    Problem.TOO_LONG: "it has more tokens than the length limit, and the trainer would cut it off",
}


class Finding(NamedTuple):
    """What is wrong with one conversation, and where."""

    problem: Problem
    detail: str


class Checked(NamedTuple):
    """What the guard says of one conversation.

    Attributes:
        finding: what is wrong with it; `None` if nothing is.
        tokens: its length; 0 if the template refuses it.
    """

    finding: Finding | None
    tokens: int


class Guard:
    """Checks conversations against a chat template and a length limit.

    Args:
        chat: the template the model is trained with, and its tokenizer.
        ends: the tokens that have to follow an earlier answer and the last one.
        max_length: the most tokens a conversation may have.
    """

    def __init__(self, chat: Chat, ends: Ends, max_length: int) -> None:
        self._chat = chat
        self._ends = ends
        self._max_length = max_length

    def check(
        self,
        chats: Sequence[Conversation],
        system_texts: Sequence[str],
        tools: Sequence[Tools | None],
    ) -> list[Checked]:
        """What is wrong with each conversation, and its length.

        Args:
            chats: conversations as they are exported, folded or not.
            system_texts: the text of the system message each of them has to hold; it may be empty.
            tools: the tools of each of them.
        """
        rendered: list[str] = []
        findings: list[Finding | None] = []
        for messages, system_text, schemas in zip(chats, system_texts, tools, strict=True):
            try:
                text = self._chat.render(messages, tools=schemas)
                findings.append(self._compare(text, messages, system_text))
            except TemplateError as error:
                text = ""
                findings.append(Finding(Problem.REFUSED, str(error)))
            rendered.append(text)
        lengths = self._chat.count_tokens(rendered) if rendered else []
        return [
            Checked(finding or self._measure(tokens), tokens)
            for finding, tokens in zip(findings, lengths, strict=True)
        ]

    def _measure(self, tokens: int) -> Finding | None:
        if tokens <= self._max_length:
            return None
        return Finding(Problem.TOO_LONG, f"{tokens:,} tokens, the limit is {self._max_length:,}")

    def _compare(self, text: str, messages: Conversation, system_text: str) -> Finding | None:
        if system_text.strip() not in text:
            return Finding(Problem.SYSTEM_LOST, "")
        place = 0
        for number, turn in enumerate(messages, start=1):
            following = messages[number] if number < len(messages) else None
            if token := self._chat.find_special_token(turn["content"]):
                return Finding(Problem.SPECIAL_TOKEN, f"message {number} holds {token}")
            if turn["role"] == "system":  # looked for above: a template may write it behind a user turn
                continue
            if turn.get("tool_calls"):  # which a template writes in a form of its own
                continue
            found = self._find_end(text, turn, self._end_of(turn, following), place)
            if found is None:
                is_there = turn["role"] == "assistant" and turn["content"].strip() in text[place:]
                return Finding(Problem.END_LOST if is_there else Problem.TURN_LOST, f"message {number}")
            place = found
        return None

    def _end_of(self, turn: Mapping[str, Any], following: Mapping[str, Any] | None) -> str:
        """The token that has to stand behind a turn; empty if any may."""
        if turn["role"] != "assistant":
            return ""
        if following is None:
            return self._ends.last
        same = self._ends.earlier == self._ends.last
        return self._ends.earlier if same or following["role"] == "user" else ""

    def _find_end(self, text: str, turn: Mapping[str, Any], token: str, start: int) -> int | None:
        """Where the text of a turn ends that this token follows; `None` if it is not there."""
        content = turn["content"].strip()
        place = text.find(content, start)
        while place >= 0:
            end = place + len(content)
            if text[end:].lstrip().startswith(token):
                return end
            place = text.find(content, place + 1)
        return None
