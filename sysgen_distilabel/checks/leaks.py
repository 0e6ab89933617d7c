"""Finds phrases of a system message that hand over what only a reader of the answer can know."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import Any, Final

from sysgen_distilabel.checks.leak_choices import Choices
from sysgen_distilabel.checks.leak_code import Code
from sysgen_distilabel.checks.leak_content import Answer, find_told
from sysgen_distilabel.checks.leak_letters import Options, find_letter_leaks
from sysgen_distilabel.checks.leak_numbers import Numbers
from sysgen_distilabel.checks.leak_questions import Question
from sysgen_distilabel.checks.leak_results import find_number_leaks
from sysgen_distilabel.checks.leak_runs import Runs, find_answer_runs
from sysgen_distilabel.checks.leak_sides import Sides, read_sides
from sysgen_distilabel.checks.leak_text import Text
from sysgen_distilabel.functionalities import Functionality

_LONGEST: Final = 20_000
"""Characters of a phrase that are read; a longer one is none."""


class LeakKind(StrEnum):
    """How a phrase gives the answer away."""

    NUMBER = "number"
    CHOICE = "choice"
    CODE = "code"
    RUN = "run"
    ITEMS = "items"
    NAME = "name"
    PARAPHRASE = "paraphrase"
    QUESTION = "question"


@dataclass(frozen=True, slots=True)
class Leak:
    """One thing that a phrase gives away.

    Attributes:
        phrase: index of the phrase.
        kind: how it gives it away.
        evidence: the words of the phrase that tell it.
    """

    phrase: int
    kind: LeakKind
    evidence: str


def find_leaks(
    phrases: Sequence[Mapping[str, Any] | str], messages: Sequence[Mapping[str, Any]]
) -> list[Leak]:
    """Find what the phrases of a system message give away of the answers they were made from.

    What the user says is known beforehand and no leak, unless a phrase copies the question as a whole;
    so is a system message that stood there before. Numbers of length and form, names of formats and
    languages, and what system messages say of any conversation are none either. No language need be told.

    Args:
        phrases: entries of the column `phrases`, or their texts.
        messages: the conversation, as OpenAI-style messages; `content` may be null or a list of parts.

    Returns:
        The leaks in the order of the phrases, at most one of each kind for a phrase.
    """
    search = _Search(read_sides(messages))
    leaks: list[Leak] = []
    for index, phrase in enumerate(phrases):
        functionality, text = (
            ("", phrase)
            if isinstance(phrase, str)
            else (
                str(phrase.get("functionality") or ""),
                str(phrase.get("text") or ""),
            )
        )
        found: dict[LeakKind, str] = {}
        for kind, evidence in search.find(Text(text[:_LONGEST]), functionality):
            found.setdefault(kind, evidence)
        leaks += [Leak(index, kind, evidence) for kind, evidence in found.items()]
    return leaks


class _Search:
    """What a conversation's phrases are held against, cut once for all of them."""

    def __init__(self, sides: Sides) -> None:
        self._sides = sides
        self._answer = Answer(sides.answered, sides.asked)
        self._choices, self._options = Choices(sides), Options(sides)
        self._code = Code(sides)
        self._runs = Runs(sides.answered)
        self._questions = [Question(turn) for turn in sides.turns]

    @cached_property
    def _numbers(self) -> tuple[Numbers, Numbers]:
        return Numbers(self._sides.asked), Numbers(self._sides.answered)

    def find(self, phrase: Text, functionality: str) -> Iterator[tuple[LeakKind, str]]:
        is_form = functionality in (Functionality.FORMAT, Functionality.STYLE)
        is_role = functionality == Functionality.ROLE
        is_tool = functionality == Functionality.TOOL
        is_manner = functionality in (Functionality.ROLE, Functionality.STYLE)
        numbers, runs = Numbers(phrase), Runs(phrase)
        if numbers.found:
            for number in find_number_leaks(numbers, *self._numbers, is_manner):
                yield LeakKind.NUMBER, number
        for choice in (
            *find_letter_leaks(phrase, self._sides),
            *self._options.find_leaks(phrase),
            *self._choices.find_leaks(phrase),
        ):
            yield LeakKind.CHOICE, choice
        for code in self._code.find_leaks(phrase, is_tool):
            yield LeakKind.CODE, code
        for run in find_answer_runs(runs, self._sides.asked, self._runs):
            yield LeakKind.RUN, run
        for kind, told in find_told(phrase, self._answer, is_form, is_role):
            yield LeakKind(kind), told
        for question in self._questions:
            for evidence in (*question.find_copied(runs, is_form), *question.find_retold(phrase, numbers)):
                yield LeakKind.QUESTION, evidence
