# ruff: noqa: RUF001 (signs of other scripts are meant)
"""Takes LaTeX and Markdown off numbers, so that what is left can be read as plain text."""

from __future__ import annotations

import re

_CALCULATOR = re.compile(r"<<[^<>\n]*>>")
_INLINE = re.compile(r"(?<!\\)(\${1,2})((?:[^$\\\n]|\\.)+?)\1(?!\d)", re.DOTALL)
_AMOUNT = re.compile(r"[\d.,]+\s+[a-z]{3,}|[\d.,]+\s+(?:and|or|to|y|et|und)\s*$")
_BRACKETS = re.compile(r"\\\(|\\\)|\\\[|\\\]|\\left(?=\W)|\\right(?=\W)|(?<!\\)\\[ ,;:!]|\\displaystyle")
_FRACTION = re.compile(
    r"((?<![\w)}\]])(?<![\w)}\]] )-\s?)?\\[dtc]?frac\s*(?:\{\s*(-?[\d.,]+)\s*\}\s*\{\s*(\d+)\s*\}|(\d)(\d))"
)
_WORDS = re.compile(r"\\(?:text|textbf|textit|mathrm|mathbf|mbox|operatorname|textrm|bf)\s*\{([^{}]*)\}")
_COMMANDS = (
    (r"\$", "$"), (r"\%", "%"), (r"\times", "×"), (r"\cdot", "·"), (r"\div", "÷"),
    (r"^\circ", "°"), (r"^{\circ}", "°"), (r"\degree", "°"), (r"\approx", "≈"), (r"\le ", "≤ "),
    (r"\leq", "≤"),
    (r"\geq", "≥"), (r"\ge ", "≥ "), (r"\quad", " "),
    (r"\pounds", "£"), (r"\euro", "€"),
    (r"\lt", "<"), (r"\gt", ">"),
)  # fmt: skip
_EMPHASIS = re.compile(  # the first character finds the places quickly
    r"[*_`](?:(?<=\*)\*|(?<=_)_|(?<!_)(?:(?<!\w[*`])(?=\S)|(?<=\S[*`])(?!\w)))"
)
_TIMES = re.compile(r"(\d)\s*[xX]\s*(?=\d)")
_TIMES_SIGN = re.compile(r"[xX]\s*\d")
_PLUS_MINUS = re.compile(
    r"(?<![\d)] )(?<!\b\w )(?<![\d\w)])(?:±|\\pm)\s*(\d+(?:\.\d+)?)"  # `x ± 2` and `5 ± 2` stay
)
_POINT = re.compile(r"=\s?\(")
_NAMED_POINT = re.compile(
    r"\(?\s*([a-z])\s*[,;]\s*([a-z])\s*\)?\s*=\s*\(\s*([^(),;]{1,30})\s*[,;]\s*([^(),;]{1,30})\s*\)"
)
_OPEN_PAIR = re.compile(r"[(\[{]\s*-?\d[\d.]*,")
_PAIR = re.compile(r"([(\[{]\s*-?\d+(?:\.\d+)?),(?=-?\d)(?!\d{3}(?:,\d{3})*[)\]}])")


def to_plain_mathematics(text: str) -> str:
    """The text without dollar signs around formulas, spacing commands, emphasis and calculator notes.

    Numeric fractions become `3/4`; other commands stay, for a parser of LaTeX.
    """
    text = _CALCULATOR.sub("", text)
    if "$" in text:
        text = _INLINE.sub(lambda found: found[0] if _AMOUNT.match(found[2]) else found[2], text)
    if "\\" in text:
        text = _WORDS.sub(lambda found: found[1], _BRACKETS.sub(" ", text))
        text = _FRACTION.sub(
            lambda found: f" {'-' if found[1] else ''}{found[2] or found[4]}/{found[3] or found[5]}", text
        )
        for command, plain in _COMMANDS:
            text = text.replace(command, plain)
    text = text.replace("{,}", ",").replace("~", " ")
    if _TIMES_SIGN.search(text):
        text = _TIMES.sub(r"\1 × ", text)
    if "±" in text or "\\pm" in text:
        text = _PLUS_MINUS.sub(r"\1, -\1", text)
    if _POINT.search(text):
        text = _NAMED_POINT.sub(r"\1 = \3, \2 = \4", text)
    text = _EMPHASIS.sub("", text)
    return _PAIR.sub(r"\1, ", _PAIR.sub(r"\1, ", text)) if _OPEN_PAIR.search(text) else text
