"""What the simulated engine notices about a conversation: language, domain, key words, shape."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from random import Random
from typing import Final, Literal

from sysgen_distilabel.llms.simulation.phrasebook import Phrasebook, detect_language, load_phrasebook
from sysgen_distilabel.llms.simulation.prompt_reader import Turn

Domain = Literal["code", "maths", "writing", "role_play", "any"]
Shape = Literal["code", "json", "table", "list", "any"]
Length = Literal["short", "long", "any"]

_QUESTION_LENGTH: Final = 600
_ANSWER_LENGTH: Final = 1200
_KEYWORDS: Final = 3
_SHORT_ANSWER: Final = 160
_LONG_ANSWER: Final = 900

_NO_PROSE: Final = re.compile(r"```[^`]*(?:```)?|<[^<>\n]{1,80}>|https?://\S+|\{[^{}\n]{1,80}\}")
_FENCE_LANGUAGE: Final = re.compile(r"```([A-Za-z+#]+)")
_CODE_SIGNS: Final = ("def ", "();", "#include", "select * ", "</div>", "=> {", "\nimport ")
_CODE_LANGUAGES: Final = {
    **{name: name.upper() for name in ("html", "css", "php", "c++", "c#", "sql")},
    **{name: name.capitalize() for name in ("python", "kotlin", "bash")},
    "javascript": "JavaScript",
    "typescript": "TypeScript",
    "java": "Java",
    "golang": "Go",
    "파이썬": "Python",
    "자바스크립트": "JavaScript",
    "パイソン": "Python",
}
_FENCE_NAMES: Final = {"js": "JavaScript", "ts": "TypeScript", "py": "Python", "cpp": "C++", "sh": "Bash"}
_NO_CODE_LANGUAGES: Final = frozenset(
    {"json", "text", "txt", "markdown", "md", "yaml", "csv", "regex", "diff", "console"}
)
_NUMBER: Final = re.compile(r"\d")
_ARITHMETIC: Final = re.compile(r"\d\s?[+*/=^\u00d7\u00f7]\s?\d|\\frac|\\sqrt|\\\(|\d\s?%")
_LIST: Final = re.compile(r"\n[ \t]*(?:[-*•]|\d{1,2}[.)])[ \t][^\n]*\n+[ \t]*(?:[-*•]|\d{1,2}[.)])[ \t]")
_TOOL_SIGNS: Final = ("tool_call", "function_call", '"arguments":')
_TOOL_NAME: Final = re.compile(r"\"(?:name|function|tool)\"\s*:\s*\"(\w{2,40})\"")


@dataclass(frozen=True, slots=True)
class Observation:
    """What the rules of the simulated engine go by.

    Attributes:
        book: the phrasebook of the conversation's language.
        domain: what kind of help is asked for.
        keywords: words of the user that say what it is about.
        words: the same in quotation marks where the language needs them, and never none.
        code_language: the programming language, empty if there is none to see.
        shape: the form the answers have.
        length: how long the answers are.
        tool: the tool the conversation uses, empty if it uses none.
        several_turns: whether the user speaks more than once.
    """

    book: Phrasebook
    domain: Domain
    keywords: list[str]
    words: list[str]
    code_language: str = ""
    shape: Shape = "any"
    length: Length = "any"
    tool: str = ""
    several_turns: bool = False

    def speak(self, book: Phrasebook) -> Observation:
        """The same in another language; the key words stay what they are."""
        return replace(self, book=book, words=_quote(book, self.keywords))

    def fill(self, template: str, random: Random) -> str:
        """Put the conversation's own words into a template."""
        return template.format(
            topic=self.book.link.join(self.words[:2]),
            word=random.choice(self.words),
            language=self.code_language or self.book.software,
            tool=f"`{self.tool}`",
        )


def observe(turns: Sequence[Turn]) -> Observation:
    """Look at the start of every turn."""
    asked = [turn.content[:_QUESTION_LENGTH] for turn in turns if turn.role == "user"]
    answers = [turn.content for turn in turns if turn.role == "assistant"]
    question, answer = "\n".join(asked[:3]), "\n" + "\n".join(answers)[:_ANSWER_LENGTH]
    prose = _NO_PROSE.sub(" ", question)
    book = load_phrasebook(detect_language((prose, answer)))
    everything = f"{question}{answer}"
    lower, tool = everything.lower(), _find_tool(everything)
    shape = _find_shape(answer, bool(tool))
    code_language = _find_code_language(everything, lower)
    keywords = _find_keywords(book, prose, code_language)
    return Observation(
        book=book,
        domain="code" if code_language or shape == "code" else _find_domain(book, question.lower(), lower),
        keywords=keywords,
        words=_quote(book, keywords),
        code_language=code_language,
        shape=shape,
        length=_find_length(answers),
        tool=tool,
        several_turns=len(asked) > 1,
    )


def _quote(book: Phrasebook, keywords: list[str]) -> list[str]:
    return [book.quote.format(word) for word in keywords] or [book.subject]


def _find_keywords(book: Phrasebook, prose: str, code_language: str) -> list[str]:
    found = book.find_keywords(prose, _KEYWORDS + 1)
    return [word for word in found if word.lower() != code_language.lower()][:_KEYWORDS]


def _find_code_language(everything: str, lower: str) -> str:
    for fence in _FENCE_LANGUAGE.finditer(everything):
        if (name := fence[1].lower()) not in _NO_CODE_LANGUAGES:
            return _FENCE_NAMES.get(name) or _CODE_LANGUAGES.get(name) or name.capitalize()
    return next((language for name, language in _CODE_LANGUAGES.items() if name in lower), "")


def _find_domain(book: Phrasebook, question: str, everything: str) -> Domain:
    if "```" in question or any(map(everything.__contains__, _CODE_SIGNS)):
        return "code"
    for domain in ("role_play", "writing", "maths"):
        if book.shows(domain, question):
            return domain
    calculated = _NUMBER.search(question) and _ARITHMETIC.search(everything)
    return "maths" if calculated else "any"


def _find_shape(answer: str, calls_tools: bool) -> Shape:
    if "```json" in answer or answer.lstrip().startswith(("{", "[{")):
        return "any" if calls_tools else "json"
    if "```" in answer:
        return "code"
    if "\n|" in answer:
        return "table"
    return "list" if _LIST.search(answer) else "any"


def _find_length(answers: list[str]) -> Length:
    mean = sum(map(len, answers)) / max(1, len(answers))
    return "short" if mean < _SHORT_ANSWER else "long" if mean > _LONG_ANSWER else "any"


def _find_tool(everything: str) -> str:
    if not any(map(everything.__contains__, _TOOL_SIGNS)):
        return ""
    name = _TOOL_NAME.search(everything)
    return name[1] if name else "search"
