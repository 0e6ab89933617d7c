"""Readers of .jsonl and .json: one value per line, or one list, both in constant memory."""

from __future__ import annotations

import codecs
import json
import re
from pathlib import Path
from typing import IO, Any, Final

import orjson

from sysgen_distilabel.errors import InputError
from sysgen_distilabel.inputs.raw_rows import LARGEST_ROW, Rows, decode, open_bytes, read_lines

_CHUNK: Final = 1 << 16
_FIRST_LINE: Final = 1 << 20
_SPACE: Final = re.compile(r"[ \t\n\r]*")
_SHAPES: Final = 'Give a list of objects, {"data": [...]}, or one object per line.'


def read_json_lines(path: Path) -> Rows:
    """One JSON value per line; blank lines are skipped."""
    for number, offset, line in read_lines(path):
        if not line.isspace():
            yield f"line {number}", _parse_line(line, path, number, offset)


def read_json(path: Path) -> Rows:
    """The items of the list, bare or under `data`; also JSON lines that go by the name .json."""
    if _looks_like_lines(path):
        yield from read_json_lines(path)
        return
    with open_bytes(path) as stream:
        document = _Document(stream, path)
        wrapped = document.enter_list()
        number = 1
        while document.has_item(number):
            yield f"row {number}", document.take_value()
            number += 1
        document.leave(wrapped)


def _parse_line(line: bytes, path: Path, number: int, offset: int) -> Any:
    try:
        return orjson.loads(line)
    except orjson.JSONDecodeError:  # the standard parser also reads NaN and halves of surrogate pairs
        text = decode(line, path, number, offset)
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        problem = f"{error.msg} at column {error.colno}"
    except RecursionError:
        problem = "nested too deeply"
    raise InputError(
        f"{path}, line {number}: wrong JSON: {problem}.",
        "Mend or delete it; every line must be one JSON object.",
    )


def _looks_like_lines(path: Path) -> bool:
    with open_bytes(path) as stream:
        line = stream.readline(_FIRST_LINE)
    try:
        first = json.loads(line)
    except (ValueError, RecursionError):
        return False
    return isinstance(first, dict) and not isinstance(first.get("data"), list)


class _Document:
    """A cursor over a JSON document that keeps only the value at hand in memory."""

    def __init__(self, stream: IO[bytes], path: Path) -> None:
        self._stream = stream
        self._path = path
        self._decoder = codecs.getincrementaldecoder("utf-8-sig")()
        self._parse = json.JSONDecoder().raw_decode
        self._text = ""
        self._at = 0
        self._line = 1
        self._offset = 0

    def enter_list(self) -> bool:
        """Go to the first item; True if the list is inside an object."""
        if self._peek() != "{":
            self._take("[")
            return False
        self._take("{")
        while self._peek() != "}":
            key = self.take_value()
            self._take(":")
            if key == "data" and self._peek() == "[":
                self._take("[")
                return True
            self.take_value()
            if self._peek() != "}":
                self._take(",")
        raise InputError(f"{self._path} is one JSON object without a list under `data`.", _SHAPES)

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

    def leave(self, wrapped: bool) -> None:
        """Check that nothing but the end of the document follows the list."""
        while wrapped and self._peek() == ",":
            self._take(",")
            self.take_value()
            self._take(":")
            self.take_value()
        if wrapped:
            self._take("}")
        if self._peek():
            raise self._wrong("something follows the end of the list")

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
            decode(pending + data, self._path, line, self._offset - len(pending))
            raise
        self._offset += len(data)
        self._text = self._text[self._at :] + more
        self._at = 0
        return bool(data)

    def _wrong(self, problem: str) -> InputError:
        return InputError(f"{self._path}, line {self._line}: wrong JSON: {problem}.", _SHAPES)
