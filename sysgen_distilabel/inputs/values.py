"""The values rows have: made plain, told from nothing, and named in messages to people."""

from __future__ import annotations

import base64
import math
from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from pathlib import PurePath
from typing import Any, Final
from uuid import UUID

from sysgen_distilabel.blank_text import is_blank

_EXCERPT_LENGTH: Final = 40
_MOST_DIGITS: Final = 4000
_PLAIN: Final = frozenset((str, dict, list, int, bool, type(None)))
_NULLS_OF_PANDAS: Final = ("NAType", "NaTType")


class Unreadable(str):
    """Stands for a value that its file holds and Python cannot, such as a date in the year 10000."""

    __slots__ = ()


def read_integer(digits: str) -> int | Unreadable:
    """The number that digits in JSON stand for; more of them than Python takes stand for themselves."""
    is_short = len(digits) <= _MOST_DIGITS
    return int(digits) if is_short else Unreadable(f"a number of {len(digits):,} digits")


def plain_value(value: Any) -> Any:
    """The value with arrays and tuples as lists, and with the nulls of tables, such as NaN, as None."""
    if type(value) in _PLAIN:
        return value
    if hasattr(value, "tolist"):
        value = value.tolist()
    if isinstance(value, tuple):
        return list(value)
    if isinstance(value, float) and math.isnan(value):
        return None
    return None if type(value).__name__ in _NULLS_OF_PANDAS else value


def is_absent(value: Any) -> bool:
    """Whether a value holds nothing, in any form that exporters write.

    That is null, NaN, text that shows nothing, and an empty list or object; also a list or an object
    of nothing else, which Arrow puts in where only other rows have the key.
    """
    value = plain_value(value)
    if value is None:
        return True
    if isinstance(value, str):
        return is_blank(value)
    if isinstance(value, Mapping):
        return all(is_absent(item) for item in value.values())
    return isinstance(value, list) and all(is_absent(item) for item in value)


def without_absent(value: Any) -> Any:
    """The value without the keys that hold null, in all its depths."""
    value = plain_value(value)
    if isinstance(value, Mapping):
        items = ((key, without_absent(item)) for key, item in value.items())
        return {key: item for key, item in items if item is not None}
    return [without_absent(item) for item in value] if isinstance(value, list) else value


def json_default(value: Any) -> Any:
    """What stands in JSON for a value that JSON does not have; never how Python writes it."""
    plain = plain_value(value)
    if plain is not value:
        return plain
    if isinstance(value, bytes | bytearray | memoryview):
        return _write_bytes(bytes(value))
    if hasattr(value, "isoformat"):
        return value.isoformat()
    if isinstance(value, set | frozenset):
        return sorted(value, key=str)
    if isinstance(value, Decimal | UUID | timedelta | PurePath | Unreadable):
        return str(value)
    return describe(value)


def name_column(column: str) -> str:
    """How messages name a column."""
    return f"column {describe(column)}"


def describe(value: Any) -> str:
    """How messages name a value; no more than a few words of the user's data."""
    if isinstance(value, str):
        shown = repr(value[:_EXCERPT_LENGTH])
        return shown if len(shown) <= _EXCERPT_LENGTH else f"{shown[:_EXCERPT_LENGTH]}...{shown[0]}"
    if isinstance(value, Mapping):
        return "an object"
    if isinstance(value, Unreadable):
        return f"a value that cannot be read ({value})"
    kinds = {
        list: "a list",
        bool: "true or false",
        int: "a number",
        float: "a number",
        bytes: "bytes that are not UTF-8",
        type(None): "null",
    }
    return kinds.get(type(value), f"a value of type {type(value).__name__}")


def _write_bytes(value: bytes) -> str:
    try:
        return value.decode()
    except UnicodeDecodeError:
        return f"data:;base64,{base64.b64encode(value).decode()}"
