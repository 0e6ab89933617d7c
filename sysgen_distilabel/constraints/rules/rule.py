"""What a rule is: a pattern that a whole sentence has to match, and the constraints it then states."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Final

from sysgen_distilabel.constraints.verifiers import Constraint

QUOTED: Final = r"⟦\d+⟧"
"""A text in quotation marks, as `Sentence` writes it; no word of it can pass for a word of the sentence."""

_QUOTES: Final = re.compile(
    r'"(?P<a>[^"\n]{1,200})"|“(?P<b>[^“”\n]{1,200})”|„(?P<c>[^„“”\n]{1,200})[“”]|«\s?(?P<d>[^«»\n]{1,200}?)\s?»'
    r"|「(?P<e>[^「」\n]{1,200})」|『(?P<f>[^『』\n]{1,200})』|`(?P<g>[^`\n]{1,200})`"
    r"|(?<![\w'’])['‘](?P<h>[^'‘’\n]{1,80})['’](?![\w'’])|《(?P<i>[^《》\n]{1,200})》"  # noqa: RUF001
)
_STAND_IN: Final = re.compile(r"\.\.\.|…|[\[\]<>{}]|_{2,}")
"""Signs of a text in which something is to be put in, so that no answer has it as it stands."""
_WORD: Final = re.compile(r"[\w '-]{1,60}")
_DENSE: Final = re.compile(r"[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")


@dataclass(frozen=True, slots=True)
class Masked:
    """A text whose quoted parts are replaced by marks.

    Attributes:
        text: with marks.
        quoted: what the marks stand for.
    """

    text: str
    quoted: tuple[str, ...]

    @classmethod
    def of(cls, text: str) -> Masked:
        """Put marks in place of what is in quotation marks."""
        quoted: list[str] = []

        def mark(match: re.Match[str]) -> str:
            quoted.append(next(part for part in match.groups() if part is not None))
            return f"⟦{len(quoted) - 1}⟧"

        return cls(_QUOTES.sub(mark, text), tuple(quoted))

    def read(self, marks: str) -> list[str]:
        """What the marks in a piece of the text stand for."""
        return [self.quoted[int(number)].strip() for number in re.findall(r"⟦(\d+)⟧", marks)]


@dataclass(frozen=True, slots=True)
class Rule:
    """One way to say something that a program can check.

    Attributes:
        pattern: of a whole sentence, without the stop at its end; case does not count.
        read: the constraints of a match; none if its numbers make no sense.
    """

    pattern: str
    read: Callable[[re.Match[str], Masked], Iterable[Constraint]]

    def match(self, sentence: str) -> re.Match[str] | None:
        """The match of a whole sentence."""
        return _compile(self.pattern).fullmatch(sentence)


@cache
def _compile(pattern: str) -> re.Pattern[str]:
    """When it is first needed: hundreds of patterns take a second, and most runs need none."""
    return re.compile(pattern, re.IGNORECASE)


def rule(pattern: str, read: Callable[[re.Match[str], Masked], Iterable[Constraint]] | Constraint) -> Rule:
    """A rule; a constraint without arguments to read is given as it is."""
    fixed = read if isinstance(read, Constraint) else None
    reader = (lambda match, masked: [fixed]) if fixed is not None else read
    return Rule(pattern, reader)  # type: ignore[arg-type]


def is_literal(text: str) -> bool:
    """Whether a quoted text is meant as it stands."""
    return not _STAND_IN.search(text)


def forbid(words: list[str]) -> Constraint:
    """None of the words: as words where they are written apart and no regular expression, else as texts."""
    if all(_WORD.fullmatch(word) and not _DENSE.search(word) for word in words):
        return Constraint("keywords:forbidden_words", {"forbidden_words": words})
    return Constraint("sysgen:forbidden_texts", {"texts": words})


def require(words: list[str]) -> Iterator[Constraint]:
    """All of the words; nothing if one stands for something else."""
    if not all(map(is_literal, words)):
        return
    if all(_WORD.fullmatch(word) for word in words):
        yield Constraint("keywords:existence", {"keywords": words})
    else:
        yield Constraint("sysgen:required_texts", {"texts": words})


def speak(code: str) -> Constraint:
    """The response in a language."""
    if code == "zh":
        return Constraint("sysgen:chinese", {})
    return Constraint("language:response_language", {"language": code})
