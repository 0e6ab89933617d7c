"""Reads values that stand as text in a column: JSON, or what Python prints of a list."""

from __future__ import annotations

import ast
import json
import re
import warnings
from typing import Any, Final

from sysgen_distilabel.errors import BadInput

_REPR: Final = "a list as Python prints it; write the column as JSON, or the file as parquet"
_PYTHON: Final = re.compile(
    r"\s*(array\(\[|[\[{(]{1,3}'|[\[(]\w+\(|[\[({]*\"(?:[^\"]*\"){1,4}[^\"]*\b(?:None|True|False)\b)"
)
_PYTHON_PARTS: Final = re.compile(r"\s*\[\s*\{\s*'type'\s*:\s*'")
_MOST_WRAPPERS: Final = 3


def read_written(place: str, text: str) -> Any:
    """The value that JSON text holds, JSON within JSON too, or text that Python wrote; else the text itself.

    Raises:
        BadInput: Python wrote it, and not so that it can be read.
    """
    value: Any = text
    for _ in range(_MOST_WRAPPERS):
        try:
            value = json.loads(value)
        except (ValueError, RecursionError):
            break
        if not isinstance(value, str):
            return value
    return _read_python(place, value) if _PYTHON.match(value) else text


def are_python_parts(text: str) -> bool:
    """Whether the text is a list of typed parts as Python prints it, which nobody says."""
    return text.lstrip().startswith("[") and bool(_PYTHON_PARTS.match(text))


def _read_python(place: str, text: str) -> Any:
    try:
        with warnings.catch_warnings():  # of backslashes in the user's text
            warnings.simplefilter("ignore")
            return ast.literal_eval(text.strip())
    except (ValueError, SyntaxError, MemoryError, RecursionError, TypeError):
        raise BadInput(f"{place}: expected a list of turns, found {_REPR}") from None
