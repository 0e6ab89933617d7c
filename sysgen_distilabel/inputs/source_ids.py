"""Stable identifiers of source rows: given by the data, else a hash of the content."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any, Final

import orjson

from sysgen_distilabel.blank_text import is_blank
from sysgen_distilabel.inputs.values import json_default

ID_COLUMNS: Final = ("source_id", "id")
"""Columns that hold an identifier when none is named."""


def canonical_json(value: Any) -> bytes:
    """The value as JSON with sorted keys; equal values give equal bytes on every machine."""
    try:
        return orjson.dumps(value, default=json_default, option=orjson.OPT_SORT_KEYS)
    except TypeError:  # integers above 64 bits, halves of surrogate pairs, keys that are no text
        plain = _with_text_keys(value)
        return json.dumps(plain, default=json_default, sort_keys=True, separators=(",", ":")).encode()


def hash_content(value: Any) -> str:
    """16 hexadecimal digits that stand for the value."""
    return hashlib.sha256(canonical_json(value)).hexdigest()[:16]


def find_given_id(row: Mapping[str, Any], id_column: str | None = None) -> str | None:
    """The identifier the row brings along: text that shows something, or a whole number, else None."""
    for column in (id_column,) if id_column else ID_COLUMNS:
        value = row.get(column)
        if isinstance(value, int) and not isinstance(value, bool):
            return str(value)
        if isinstance(value, str) and not is_blank(value):
            return in_utf8(value)
    return None


def _with_text_keys(value: Any) -> Any:
    """The value with keys that JSON can have; those of maps in Arrow and Python may be anything."""
    if isinstance(value, Mapping):
        return {key if isinstance(key, str) else str(key): _with_text_keys(v) for key, v in value.items()}
    return [_with_text_keys(item) for item in value] if isinstance(value, list | tuple) else value


def in_utf8(text: str) -> str:
    """The text, with halves of surrogate pairs written out: no file could tell them apart."""
    return text.encode("utf-8", "backslashreplace").decode()


class UniqueIds:
    """Hands out every identifier once; a repeated one gets `-2`, `-3` and so on, in order of appearance.

    It remembers 64 bits per identifier, so that a million rows take about 60 MB.
    """

    def __init__(self) -> None:
        self._taken: set[int] = set()
        self._repeats: dict[int, int] = {}

    def issue(self, identifier: str) -> str:
        """The identifier itself the first time, a numbered one from then on."""
        key = _digest(identifier)
        count = self._repeats.get(key, 1)
        unique, unique_key = identifier, key
        while unique_key in self._taken:
            count += 1
            unique = f"{identifier}-{count}"
            unique_key = _digest(unique)
        if count > 1:
            self._repeats[key] = count
        self._taken.add(unique_key)
        return unique


def _digest(identifier: str) -> int:
    encoded = identifier.encode("utf-8", "surrogatepass")
    return int.from_bytes(hashlib.blake2b(encoded, digest_size=8).digest(), "big")
