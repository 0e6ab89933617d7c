# ruff: noqa: RUF001 (signs of other scripts are meant)
"""Compares mathematical expressions with math-verify."""

from __future__ import annotations

import logging
import re
from functools import lru_cache
from typing import Any

from sysgen_distilabel.checks.answers_extra import import_answers_library
from sysgen_distilabel.checks.expression_values import is_small, same_values

_LONGEST = 200
_COSTLY = re.compile(
    r"\^\s*\{?\s*\(?-?\d{4,}|\^\s*[{(]*\w{1,8}\s*\^|\d{4,}\s*!|[!)}]\s*!|\d{9,}\s*\^|\\(?:int|sum|prod|lim"
    r"|binom)(?![a-z])"
)
_EXPRESSION = re.compile(
    r"\\(?:d?frac|sqrt|pi|infty|log|ln|sin|cos|tan|begin|cup|le|ge|in|pm|theta|alpha)\b|[√π∞≤≥∪±]|\b(?:sin"
    r"|cos|tan|log|ln|exp)\s*\(|\bsqrt\b"
    r"|\bpi\b"
    r"|(?<![A-Za-z])[A-Za-z]\s*(?:\^|[+*/<>]|-(?=\s*\d))|\d(?:\s*[+*/^-]\s*)?[xyznabπ](?![A-Za-z])"
    r"|[+*/-]\s*[a-z](?![A-Za-z])|(?<![A-Za-z])[a-z]\s*=\s*-?\d*[a-z](?![a-z])"
    r"|[(\[\]]\s*-?[\d./∞]+\s*[,;]\s*-?[\d./∞]+\s*[)\]\[]"
    r"|\d\s*\^\s*[\d{(-]"
)  # fmt: skip
_PLAIN_SIGNS = (
    ("≤", r"\le "), ("≥", r"\ge "), ("∞", r"\infty "), ("π", r"\pi "), ("∪", r"\cup "), ("±", r"\pm "),
    ("×", r"\times "),
    ("·", r"\cdot "), ("*", r"\cdot "), ("÷", r"\div "), ("<=", r"\le "), (">=", r"\ge "),
)  # fmt: skip
_OPEN_ENDS = re.compile(r"([\[\]])([^\[\](),;]+[,;][^\[\](),;]+)([\[\]])")  # ]1, 2[ is (1, 2)
_VARIABLE = re.compile(r"[A-Za-z]\s*=\s*-?\d[\d.,/]*")
_RATE = re.compile(r"\b[a-z]{1,2}/(?:h|s|min|l|kg)\b", re.IGNORECASE)
_FUNCTIONS = "sqrt|sin|cos|tan|log|ln|exp"
_WORDS = re.compile(r"[^\W\d_]{2,}")
_BRACKETS = re.compile(r"(?<=[^\w\\{^_])\(([^()]{3,80})\)")
_REMARK = re.compile(rf"(?<![\\\w])(?!(?:{_FUNCTIONS}|pi)\b)[^\W\d_]{{3,}}")
"""What in brackets shows that they hold words."""
_ROUNDED = re.compile(r"≈\s*(-?\d+(?:[.,]\d+)?)")
_CONDITION = re.compile(r"(?<=\w)[,;]\s*(?:for |where |if |with )?[a-z]\s*(?:≠|\\neq?(?![a-z])).*", re.DOTALL)
"""For which values a formula holds, behind it."""
_DERIVATIVE = re.compile(
    r"(?:\\[dt]?frac\s*\{\s*d\w?\s*\}\s*\{\s*d[a-z]\s*\}|(?<![\w\\])d[a-z]?\s?/\s?d[a-z]\b)[^=\n]{0,80}="
)
"""What is derived, in front of what comes of it."""
_ENVIRONMENT = re.compile(r"\\(?:begin|end)\{\Z")


def is_expression(text: str) -> bool:
    """Whether a short text holds variables, roots, intervals or the like, and not numbers alone."""
    return _EXPRESSION.search(_RATE.sub("", text)) is not None


def find_expression(text: str) -> str:
    """The formula in a sentence: what follows its last word of a language, if that is one."""
    text = _DERIVATIVE.sub("", _CONDITION.sub("", text))
    rounded = _ROUNDED.findall(text)
    text = _without_remarks(text.split("≈")[0]).strip(" .,;。$")
    if text.count("=") > 1:
        text = text.rsplit("=", 1)[1].strip()
    words = [word for word in _WORDS.finditer(text) if not _is_command(text, word)]
    tail = text[words[-1].end() :].strip(" .,;:$。") if words else text
    if words and not is_expression(tail) and not _VARIABLE.fullmatch(tail):
        parts = re.split(rf"(?<!\\)\b(?!(?:{_FUNCTIONS}|pi)\b)[^\W\d_]{{2,}}\b", text)
        tail = next((part.strip(" .,;:$") for part in reversed(parts) if is_expression(part)), "")
    return tail.lstrip("= ") or (rounded[-1].replace(",", ".") if rounded else "")


def _without_remarks(text: str) -> str:
    """The text without brackets that hold words, as behind a value: "25π (about 78.5)"."""
    return _BRACKETS.sub(lambda found: "" if _REMARK.search(found[1]) else found[0], text)


def _is_command(text: str, word: re.Match[str]) -> bool:
    before = text[: word.start()]
    return (
        before.endswith("\\")
        or word[0] in {*_FUNCTIONS.split("|"), "pi"}
        or _ENVIRONMENT.search(before[-7:]) is not None
    )


def same_expression(one: str, other: str) -> bool | None:
    """Whether two formulas, in LaTeX or plain, are equal; None where one of them cannot be read.

    What is too long or would take long to work out is not read. math-verify's own limits of time are off:
    they are signals, which only the main thread may set.

    Raises:
        ConfigError: if math-verify is not installed.
    """
    if _plain(one) == _plain(other):
        return True
    if any(len(text) > _LONGEST or _COSTLY.search(text) for text in (one, other)):
        return None
    parsed, again = _parse(_to_latex(one)), _parse(_to_latex(other))
    if not parsed or not again:
        return None
    try:
        if (said := same_values(parsed[0], again[0])) is not None:
            return said
        if not is_small(parsed[0]) or not is_small(again[0]):
            return None
        verify = _library().verify
        return any(
            verify(list(a), list(b), timeout_seconds=None) for a, b in ((parsed, again), (again, parsed))
        )
    except Exception:  # sympy raises whatever comes to it
        return None


@lru_cache(maxsize=4096)
def _parse(latex: str) -> tuple[Any, ...]:
    try:
        found = _library().parse(f"${latex}$", parsing_timeout=None)
    except Exception:
        return ()
    return tuple(found) if found and not isinstance(found[0], str) else ()


@lru_cache(maxsize=1)
def _library() -> Any:
    math_verify = import_answers_library("math_verify")
    for name in ("parser", "grader", "utils"):  # each says once that there is no limit of time
        logging.getLogger(f"math_verify.{name}").setLevel(logging.ERROR)
    return math_verify


def _to_latex(text: str) -> str:
    text = _OPEN_ENDS.sub(
        lambda m: f"{'(' if m[1] == ']' else m[1]}{m[2]}{')' if m[3] == '[' else m[3]}", text
    )
    text = re.sub(r"√\s*(?:\(([^()]*)\)|(\d+|[a-z]))", lambda m: rf"\sqrt{{{m[1] or m[2]}}}", text)
    text = re.sub(r"(?<!\\)\bsqrt\s*\(([^()]*)\)", r"\\sqrt{\1}", text)
    text = re.sub(r"\^\s*\(([^()]*)\)", r"^{\1}", text)
    text = re.sub(r"\^(-?\d+)", r"^{\1}", text)
    text = re.sub(rf"(?<!\\)\b({_FUNCTIONS})\b", r"\\\1", text)
    text = re.sub(r"\bpi\b(?<!\\pi)", r"\\pi ", text)
    for sign, command in _PLAIN_SIGNS:
        text = text.replace(sign, command)
    return text.replace(" or ", ", ").replace(" and ", ", ")


def _plain(text: str) -> str:
    return re.sub(r"[\s${}]|\\left|\\right", "", text)
