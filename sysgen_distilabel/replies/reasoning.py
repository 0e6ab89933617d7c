"""Takes the reasoning off a reply, so that it is never read as output; where it cannot tell, it says so."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache, lru_cache
from typing import Final

from sysgen_distilabel.replies.reasoning_marks import (
    ANSWERS,
    CHANNELS,
    END_OF_TURN,
    REASONING,
    WRAPPERS,
    Pair,
)

_FLAGS: Final = re.IGNORECASE | re.DOTALL
_BLANK: Final = r"[\s\ufeff\u200b]*+"
_STARTS: Final = "<\uff1c◁⟨〈【[\\&`"
_WORDS: Final = ("thought", "analysis", "commentary", "think", "reasoning")
_CHANNEL_WORDS: Final = ("assistantfinal", "assistantanalysis", "assistantcommentary")
"""Each mark has one of the signs or of the channels' words; one of plain words begins a reply."""
_BEGIN: Final = rf"(?=[{re.escape(_STARTS)}at])"
"""Where a mark that is not plain may begin; to look there alone takes a fifth of the time."""
_SURE: Final = [pair for pair in REASONING if not pair.is_plain]


def _any_of(patterns: Iterable[str]) -> str:
    return "|".join(f"(?:{pattern})" for pattern in patterns)


def _numbered(patterns: Iterable[str]) -> str:
    return "|".join(f"(?P<n{number}>{pattern})" for number, pattern in enumerate(patterns))


_LEADING: Final = re.compile(f"{_BLANK}(?:{_numbered(pair.opening for pair in REASONING)})", _FLAGS)
_OPENING: Final = re.compile(f"{_BEGIN}(?:{_any_of(pair.opening for pair in _SURE)})", _FLAGS)
_CLOSING: Final = re.compile(f"{_BEGIN}(?:{_any_of(pair.closing for pair in _SURE)})", _FLAGS)
_SURE_CLOSING: Final = re.compile(_any_of(pair.closing for pair in REASONING if pair.ends_surely), _FLAGS)
_ANSWER: Final = re.compile(f"{_BEGIN}(?:{_numbered(pair.opening for pair in ANSWERS)})", _FLAGS)
_WRAPPER: Final = re.compile(f"{_BLANK}(?:{_numbered(pair.opening for pair in WRAPPERS)})", _FLAGS)
_MARKS: Final = [*(p.opening for p in _SURE), *(p.closing for p in _SURE), *(p.opening for p in ANSWERS)]
_MARK: Final = re.compile(f"{_BEGIN}(?:{_any_of([*_MARKS, CHANNELS])})", _FLAGS)
_TAIL: Final = re.compile(rf"(?:\s*+(?:{END_OF_TURN}))*+\s*+\Z", _FLAGS)
_LONGEST_TAIL: Final = 200
_START: Final = 100
_CODE: Final = re.compile(r"```.*?```|`[^`\n]+`", re.DOTALL)
_SPOKEN_OF: Final = re.compile(
    rf"(?:{_OPENING.pattern})(?:[\s.…,/|-]|(?:and|or|to|tags?|und|et|y)\b)*+(?:{_CLOSING.pattern})", _FLAGS
)
_QUOTES: Final = frozenset("\"'“”\u2018\u2019„«»`")
_LEADING_BLANK: Final = re.compile(rf"\A{_BLANK}")
_LEADING_TAG: Final = re.compile(r"\s*+<<")
_OWN_TAG: Final = re.compile(r"<</?[A-Z][A-Za-z]+>>")
_REST_OF_LINE: Final = re.compile(r"[ \t]*+$", re.MULTILINE)


class UnclearReasoning(ValueError):
    """A reply holds a mark of reasoning and nothing tells where its answer is.

    Attributes:
        mark: the mark.
    """

    def __init__(self, mark: str) -> None:
        super().__init__(f"the mark {mark} may belong to reasoning, and nothing tells where the answer is")
        self.mark = mark


def strip_reasoning(text: str) -> str:
    """The answer in a reply, without the reasoning before it and the marks around it.

    Reasoning is what stands between the marks of a family of models (`reasoning_marks`) at the very
    start of the reply, repeatedly; without its end it is the whole reply. An answer in marks of its own,
    as in gpt-oss's channels, is taken out of them. Some chat templates put the first mark into the
    prompt: an end with no opening before it ends reasoning too, if it begins or ends a line or nobody
    would write it otherwise. Marks that are only spoken of are text: in code, in quotation marks, or as
    in "between <think> and </think>". A reply without any comes back as it is.

    Raises:
        UnclearReasoning: if the answer holds a mark still.
    """
    if not _may_hold_marks(text):
        return text
    span = find_answer(text)
    while span != slice(0, len(text)):  # what was behind one family's marks may begin with another's
        if mark := _find_mark(text, span):
            raise UnclearReasoning(mark)
        text = text[span].strip()
        span = find_answer(text)
    if mark := _find_mark(text, span):
        raise UnclearReasoning(mark)
    return text


def find_reasoning(text: str) -> str:
    """The reasoning in front of the answer of a reply, without marks around it; empty if there is none."""
    before = text[: find_answer(text).start]
    if not before:
        return ""
    opening = _LEADING.match(before)
    return _CLOSING.sub("", before[opening.end() if opening else 0 :]).strip()


def may_hold_reasoning(text: str) -> bool:
    """Whether a closer look is worth its time: marks open at the start, or are closed further on."""
    return _may_hold_marks(text[:_START]) or "</" in text or "<|" in text


@lru_cache(4)  # a reply is asked for its reasoning and for its answer
def find_answer(text: str) -> slice:
    """Where the answer stands in a reply, be there marks in it or not; see `strip_reasoning`."""
    if not _may_hold_marks(text):
        return slice(0, len(text))
    return _find_marked_answer(text) or _find_rest(text)


def _may_hold_marks(text: str) -> bool:
    """Whether a closer look is worth its time, which would be most of what a reply without any takes."""
    bare = _OWN_TAG.sub("", text) if "<<" in text else text
    if any(sign in bare for sign in _STARTS) or any(word in text for word in _CHANNEL_WORDS):
        return True
    head = _LEADING_BLANK.sub("", text, count=1)[:_START].lower()
    return any(word in head for word in _WORDS)


def _find_marked_answer(text: str) -> slice | None:
    """The last answer in marks of its own, if nothing but the end of the turn follows it."""
    opening = next(iter(reversed(list(_ANSWER.finditer(text)))), None)
    return None if opening is None else _read_to_closing(text, opening, ANSWERS)


def _read_to_closing(text: str, opening: re.Match[str], pairs: tuple[Pair, ...]) -> slice:
    closing = _closing_of(_pair_of(opening, pairs)).search(text, opening.end())
    stop = closing.start() if closing and _TAIL.match(text, closing.end()) else _cut_tail(text)
    return slice(opening.end(), max(stop, opening.end()))


def _find_rest(text: str) -> slice:
    """What follows the reasoning that a reply starts with; all of it if there is none."""
    start = _skip_reasoning(text) or _find_orphan_end(text)
    if not start:
        return slice(0, len(text))
    if wrapper := _WRAPPER.match(text, start):
        return _read_to_closing(text, wrapper, WRAPPERS)
    return slice(start, max(start, _cut_tail(text)))


def _skip_reasoning(text: str) -> int:
    end = 0
    while opening := _LEADING.match(text, end):
        closing = _closing_of(_pair_of(opening, REASONING)).search(text, opening.end())
        if closing is None:
            return len(text)
        end = closing.end()
    return end


def _find_orphan_end(text: str) -> int:
    if _LEADING_TAG.match(text):
        return 0
    for closing in _CLOSING.finditer(text):
        starts_line = closing.start() == 0 or text[closing.start() - 1] == "\n"
        ends_line = _REST_OF_LINE.match(text, closing.end())
        if starts_line or ends_line or _SURE_CLOSING.fullmatch(closing[0]):
            return 0 if _OPENING.search(text, 0, closing.start()) else closing.end()
    return 0


def _find_mark(text: str, span: slice) -> str:
    """The first mark of reasoning in a stretch of text that is not only spoken of."""
    spoken_of: list[tuple[int, int]] | None = None
    for mark in _MARK.finditer(text, span.start, span.stop):
        before, behind = text[max(mark.start() - 1, 0) : mark.start()], text[mark.end() : mark.end() + 1]
        if before in _QUOTES and behind in _QUOTES:
            continue
        if spoken_of is None:
            found = (pattern.finditer(text, span.start, span.stop) for pattern in (_CODE, _SPOKEN_OF))
            spoken_of = [match.span() for matches in found for match in matches]
        if not any(start <= mark.start() and mark.end() <= end for start, end in spoken_of):
            return mark[0].strip()
    return ""


def _cut_tail(text: str) -> int:
    """Where the tokens begin that end the turn; the end of the text without them."""
    match = _TAIL.search(text, max(len(text) - _LONGEST_TAIL, 0))
    return match.start() if match else len(text)


def _pair_of(match: re.Match[str], pairs: tuple[Pair, ...]) -> Pair:
    number = next(number for number in range(len(pairs)) if match[f"n{number}"] is not None)
    return pairs[number]


@cache
def _closing_of(pair: Pair) -> re.Pattern[str]:
    return re.compile(pair.closing, _FLAGS)
