"""Readers of .jsonl and .json: one value per line, or one list, both in constant memory."""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Mapping
from enum import Enum, auto
from typing import IO, Any, Final

import orjson

from sysgen_distilabel.errors import InputError
from sysgen_distilabel.inputs.input_files import File
from sysgen_distilabel.inputs.layouts import KNOWN_COLUMNS
from sysgen_distilabel.inputs.raw_rows import LARGEST_ROW, Rows, decode, read_lines
from sysgen_distilabel.inputs.values import read_integer

_CHUNK: Final = 1 << 16
_OPENS_DOCUMENT: Final = re.compile(rb"(?:\xef\xbb\xbf)?\s*(?:\[\s*(?:\{.*,\s*)?|\{\s*)", re.DOTALL)
"""A first line that is no whole value: the bracket of a list, alone or with an object, or a brace."""

_SPACE: Final = re.compile(r"[ \t\n\r]*")
_SHAPES: Final = 'Give a list of objects, {"data": [...]}, or one object per line.'


def read_json_lines(file: File) -> Rows:
    """One JSON value per line; blank lines are skipped. A document of several lines is read as such."""
    is_first = True
    for number, offset, line in read_lines(file):
        if line.isspace():
            continue
        if is_first and _OPENS_DOCUMENT.fullmatch(line):
            yield from read_json(file)
            return
        is_first = False
        yield f"line {number}", _parse_line(line, file, number, offset)


def read_json(file: File) -> Rows:
    """The items of a list, bare or under `data`; or objects one after the other, such as JSON lines.

    Which of them it is shows when the first value ends.
    """
    with file.open_text() as stream:
        document = _Document(stream, file)
        first = document.enter()
        if isinstance(first, Mapping):
            yield from _read_objects(first, document, file)
            return
        number = 1
        while document.has_item(number):
            yield f"row {number}", document.take_value()
            number += 1
        document.leave(is_wrapped=first is _Start.WRAPPED_LIST)


def _read_objects(first: Mapping[str, Any], document: _Document, file: File) -> Rows:
    line, is_one_line = 1, document.line == 1
    if document.is_over() and not (is_one_line or first.keys() & KNOWN_COLUMNS):
        raise document.no_list()
    yield f"line {line}", first
    while not document.is_over():
        line = document.line
        yield f"line {line}", document.take_value()


def _parse_line(line: bytes, file: File, number: int, offset: int) -> Any:
    try:
        return orjson.loads(line)
    except orjson.JSONDecodeError:  # the standard parser also reads NaN, halves of surrogates, long numbers
        text = decode(line, file, number, offset)
    try:
        return json.loads(text, parse_int=read_integer)
    except json.JSONDecodeError as error:
        problem = f"{error.msg} at column {error.colno}"
    except RecursionError:
        problem = "nested too deeply"
    raise InputError(
        f"{file}, line {number}: wrong JSON: {problem}.",
        "Mend or delete it; every line must be one JSON object.",
    )


class _Start(Enum):
    """How a document begins that holds a list."""

    LIST = auto()
    WRAPPED_LIST = auto()


class _Document:
    """A cursor over a JSON document that keeps only the value at hand in memory."""

    def __init__(self, stream: IO[bytes], file: File) -> None:
        self._stream = stream
        self._file = file
        self._decoder = codecs.getincrementaldecoder("utf-8-sig")()
        self._parse = json.JSONDecoder(parse_int=read_integer).raw_decode
        self._text = ""
        self._at = 0
        self._line = 1
        self._offset = 0

    def enter(self) -> _Start | dict[str, Any]:
        """Go to the first item of the list; or read the first object, if it is no list's."""
        if self._peek() != "{":
            self._take("[")
            return _Start.LIST
        self._take("{")
        members: dict[str, Any] = {}
        while self._peek() != "}":
            key = self.take_value()
            self._take(":")
            if key == "data" and self._is_list_of_objects():
                self._take("[")
                return _Start.WRAPPED_LIST
            if self._offset > 2 * LARGEST_ROW:
                raise self.no_list()
            members[key if isinstance(key, str) else self._refuse_key()] = self.take_value()
            if self._peek() != "}":
                self._take(",")
                if self._peek() == "}":
                    raise self._wrong("expecting a name behind ','")
        self._take("}")
        return members

    def no_list(self) -> InputError:
        """What is said of an object that is neither a row nor holds a list."""
        return InputError(f"{self._file} is one JSON object without a list under `data`.", _SHAPES)

    def is_over(self) -> bool:
        """Whether nothing follows."""
        return not self._peek()

    @property
    def line(self) -> int:
        """The line of the cursor, from 1."""
        return self._line

    def has_item(self, number: int) -> bool:
        """Go to the item with this number, from 1; False at the end of the list."""
        if self._peek() == "]":
            self._take("]")
            return False
        if number > 1:
            self._take(",")
        return True

    def take_value(self) -> Any:
        """The value at the cursor; go behind it."""
        self._peek()
        while True:
            try:
                value, end = self._parse(self._text, self._at)
                problem = ""
            except json.JSONDecodeError as error:
                problem, end = error.msg, error.pos
            except RecursionError:
                problem, end = "nested too deeply", self._at
            size = end - self._at
            if not problem and end < len(self._text):
                break
            if len(self._text) - self._at > LARGEST_ROW or not self._fill():
                break
        self._advance(self._at + size)
        if problem:
            raise self._wrong(problem)
        return value

    def leave(self, is_wrapped: bool) -> None:
        """Check that nothing but the end of the document follows the list."""
        while is_wrapped and self._peek() == ",":
            self._take(",")
            self.take_value()
            self._take(":")
            self.take_value()
        if is_wrapped:
            self._take("}")
        if self._peek():
            raise self._wrong("something follows the end of the list")

    def _is_list_of_objects(self) -> bool:
        """Whether a list comes next that is empty or begins with an object; the cursor stays."""
        if self._peek() != "[":
            return False
        while True:
            space = _SPACE.match(self._text, self._at + 1)
            following = space.end() if space else self._at + 1
            if following < len(self._text):
                return self._text[following] in "{]"
            if not self._fill():
                return False

    def _refuse_key(self) -> str:
        raise self._wrong("expecting a name in double quotes")

    def _peek(self) -> str:
        while True:
            space = _SPACE.match(self._text, self._at)
            self._advance(space.end() if space else self._at)
            if self._at < len(self._text):
                return self._text[self._at]
            if not self._fill():
                return ""

    def _take(self, expected: str) -> None:
        if self._peek() != expected:
            raise self._wrong(f"expecting '{expected}'")
        self._at += 1

    def _advance(self, to: int) -> None:
        self._line += self._text.count("\n", self._at, to)
        self._at = to

    def _fill(self) -> bool:
        data = self._stream.read(max(_CHUNK, len(self._text) - self._at))
        pending = self._decoder.getstate()[0]
        try:
            more = self._decoder.decode(data, not data)
        except UnicodeDecodeError:
            line = self._line + self._text.count("\n", self._at)
            decode(pending + data, self._file, line, self._offset - len(pending))
            raise
        self._offset += len(data)
        self._text = self._text[self._at :] + more
        self._at = 0
        return bool(data)

    def _wrong(self, problem: str) -> InputError:
        return InputError(f"{self._file}, line {self._line}: wrong JSON: {problem}.", _SHAPES)
