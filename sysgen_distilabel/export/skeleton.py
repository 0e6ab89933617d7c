"""What a chat template writes around the turns of a conversation, told apart from the texts of the turns.

It is rendered once with stand-ins for the texts. A conversation whose rendering is the skeleton filled with
its own texts then has each of them exactly once, and it is known where.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product, takewhile
from typing import Any, Final, NamedTuple

from jinja2 import TemplateError

from sysgen_distilabel.export.trained_chat import Chat, Tools

Turn = Mapping[str, Any]

_LEFT, _RIGHT = "\x0b\n", "\n\x0b"  # two blanks, in an order that no template writes
_STAND_IN: Final = "\ue020{}\ue021"
_STAND_INS: Final = re.compile("\ue020(\\d+)\ue021")


class Span(NamedTuple):
    """A part of a text."""

    begin: int
    end: int


class Blanks(NamedTuple):
    """Whether a template takes blanks off the beginning and the end of a text."""

    left: bool
    right: bool


@dataclass(frozen=True, slots=True)
class Skeleton:
    """What stands around the turns.

    Attributes:
        pieces: what stands in front of each text, and behind the last.
        order: the place in the conversation of each text, as the template writes them; a place that is
            missing is dropped, one that is there twice is doubled.
        blanks: what becomes of blanks around each text; `None` if that is not regular.
        marked: for each text whether the marks of `{% generation %}` cover it and what follows up to
            the end of the marks.
        lead: characters in front of the last text that the generation prompt does not have.
    """

    pieces: tuple[str, ...]
    order: tuple[int, ...]
    blanks: tuple[Blanks, ...] | None
    marked: tuple[str | None, ...]
    lead: int

    def fill(self, messages: Sequence[Turn]) -> tuple[str, dict[int, Span]] | None:
        """The text that the template has to write, and where the turns are; `None` if it cannot be told.

        Args:
            messages: a conversation of the same roles.
        """
        parts, spans, length = [self.pieces[0]], {}, len(self.pieces[0])
        for slot, place in enumerate(self.order):
            content = str(messages[place]["content"])
            if content != content.strip():
                if self.blanks is None:
                    return None
                content = _trim(content, self.blanks[slot])
            following = self.pieces[slot + 1]
            spans[place] = Span(length, length + len(content))
            parts += [content, following]
            length += len(content) + len(following)
        return "".join(parts), spans

    def behind(self, place: int) -> str:
        """What stands behind a turn, up to the next text."""
        return self.pieces[self.order.index(place) + 1]


def read_skeleton(chat: Chat, messages: Sequence[Turn], tools: Tools | None) -> Skeleton | None:
    """Render a conversation with stand-ins for its texts; `None` if the template refuses that.

    Turns without a text, as those that call a tool, stay as they are.
    """
    try:
        text, spans = chat.find_generation(_stand_in(messages), tools=tools)
        padded = chat.render(_stand_in(messages, _LEFT, _RIGHT), tools=tools)
    except TemplateError:
        return None
    pieces, order = _take_apart(text)
    return Skeleton(
        pieces,
        order,
        _find_blanks(pieces, order, *_take_apart(padded)),
        _find_marked(text, spans),
        _find_lead(chat, messages, tools, text) if order else 0,
    )


def _stand_in(messages: Sequence[Turn], left: str = "", right: str = "") -> list[Turn]:
    return [
        {**turn, "content": f"{left}{_STAND_IN.format(place)}{right}"} if turn["content"] else turn
        for place, turn in enumerate(messages)
    ]


def _take_apart(text: str) -> tuple[tuple[str, ...], tuple[int, ...]]:
    parts = _STAND_INS.split(text)
    return tuple(parts[::2]), tuple(map(int, parts[1::2]))


def _find_blanks(
    pieces: Sequence[str], order: Sequence[int], padded: Sequence[str], padded_order: Sequence[int]
) -> tuple[Blanks, ...] | None:
    if order != padded_order:
        return None
    edges: list[tuple[bool, bool]] = []  # for each piece: blanks taken off the text before it, and behind it
    for number, (piece, wide) in enumerate(zip(pieces, padded, strict=True)):
        rights = (True,) if number == 0 else (True, False)
        lefts = (True,) if number == len(order) else (True, False)
        found = [
            (right, left)
            for right, left in product(rights, lefts)
            if wide == ("" if right else _RIGHT) + piece + ("" if left else _LEFT)
        ]
        if len(found) != 1:
            return None
        edges += found
    return tuple(Blanks(edges[slot][1], edges[slot + 1][0]) for slot in range(len(order)))


def _find_marked(text: str, spans: Sequence[tuple[int, int]]) -> tuple[str | None, ...]:
    """What is marked behind each text along with it; `None` for a text that is not marked."""
    marked: list[str | None] = []
    spans = _join(spans)
    for match in _STAND_INS.finditer(text):
        around = next((span for span in spans if span[0] <= match.start() and match.end() <= span[1]), None)
        marked.append(text[match.end() : around[1]] if around else None)
    return tuple(marked)


def _join(spans: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Marks one behind the other as one: some templates mark the end token by itself."""
    joined: list[tuple[int, int]] = []
    for begin, end in spans:
        if joined and joined[-1][1] == begin:
            begin = joined.pop()[0]
        joined.append((begin, end))
    return joined


def _find_lead(chat: Chat, messages: Sequence[Turn], tools: Tools | None, text: str) -> int:
    """What in front of the last answer is learnt with it: TRL's prompt ends where the two texts differ."""
    last = _STAND_IN.format(len(messages) - 1)
    begin = text.find(last)
    if messages[-1]["role"] != "assistant" or begin < 0:
        return 0
    try:
        prompt = chat.render(_stand_in(messages[:-1]), add_generation_prompt=True, tools=tools)
    except TemplateError:
        return 0
    shared = sum(
        1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(prompt, text[:begin], strict=False))
    )
    return begin - shared


def _trim(content: str, blanks: Blanks) -> str:
    content = content.lstrip() if blanks.left else content
    return content.rstrip() if blanks.right else content
