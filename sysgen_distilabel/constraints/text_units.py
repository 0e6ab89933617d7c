"""Units of a text that constraints count: words, sentences, paragraphs, list items, headings, tables."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

_WORD: Final = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")  # noqa: RUF001
_MARK: Final = re.compile(r"^[ \t]*(?:[-*+•][ \t]+|\d+[.)][ \t]+|#{1,6}[ \t]+|>[ \t]*)", re.MULTILINE)
_SENTENCE_END: Final = re.compile(r"(?:[.!?…]+[\"”'’)\]]*(?=\s|$)|[。！？]+[」』”）]*|\n+)")  # noqa: RUF001
_RULE: Final = re.compile(r"^[ \t]*([-*_])(?:[ \t]*\1){2,}[ \t]*$", re.MULTILINE)
_HEADING: Final = re.compile(r"^ {0,3}(#{1,6})[ \t]+\S", re.MULTILINE)
_HEADING_LINE: Final = re.compile(r"^ {0,3}#{1,6}[ \t].*$", re.MULTILINE)
_TABLE_LINE: Final = re.compile(r"^[ \t]*\|.*\|[ \t]*$", re.MULTILINE)
_DIVIDER: Final = re.compile(r"\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*\|?")
_FENCED: Final = re.compile(r"^```[^\n]*\n.*?^```[ \t]*$", re.MULTILINE | re.DOTALL)
BULLET: Final = re.compile(r"^[ \t]*[-*+•][ \t]+\S", re.MULTILINE)
NUMBERED: Final = re.compile(r"^[ \t]*\d{1,3}[.)][ \t]+\S", re.MULTILINE)
CODE_BLOCK: Final = re.compile(
    r"^```[ \t]*(?P<language>[\w+#.-]*)[^\n]*\n(?P<code>.*?)^```[ \t]*$", re.MULTILINE | re.DOTALL
)


class Table(NamedTuple):
    """A Markdown table: the texts of its header and the number of rows below it."""

    columns: list[str]
    rows: int


def split_words(text: str) -> list[str]:
    """The words; the numbers of list items are none."""
    return _WORD.findall(_MARK.sub("", text))


def split_sentences(text: str) -> list[str]:
    """The sentences; a line is no less, and a table or a ruled line is none."""
    prose = _MARK.sub("", _RULE.sub("", _TABLE_LINE.sub("", text)))
    parts = (part.strip() for part in _SENTENCE_END.split(prose))
    return [part for part in parts if _WORD.search(part)]


def split_paragraphs(text: str) -> list[str]:
    """The paragraphs, with blank lines between them; headings, tables and ruled lines are none."""
    prose = _RULE.sub("", _TABLE_LINE.sub("", _HEADING_LINE.sub("", text)))
    return [part.strip() for part in re.split(r"\n[ \t]*\n", prose) if part.strip()]


def split_lines(text: str) -> list[str]:
    """The lines that are not blank."""
    return [line for line in text.splitlines() if line.strip()]


def heading_levels(text: str) -> list[int]:
    """The levels of the Markdown headings, in their order; what stands in a block of code is none."""
    return [len(marks) for marks in _HEADING.findall(_FENCED.sub("", text))]


def find_tables(text: str) -> list[Table]:
    """The Markdown tables."""
    lines, tables, place = text.strip().split("\n"), [], 0
    while place + 1 < len(lines):
        columns, divider = split_cells(lines[place]), lines[place + 1].strip()
        is_table = "|" in lines[place] and "|" in divider and _DIVIDER.fullmatch(divider)
        if not is_table or len(split_cells(divider)) != len(columns):
            place += 1
            continue
        end = place + 2
        while end < len(lines) and "|" in lines[end]:
            end += 1
        tables.append(Table(columns, end - place - 2))
        place = end
    return tables


def split_cells(line: str) -> list[str]:
    """The cells of a line of a table."""
    return [cell.strip() for cell in line.strip().strip("|").split("|")]
