"""The kinds of arguments that our own verifiers take, each with its JSON schema and its check."""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import StrEnum
from typing import Any, Final

RELATIONS: Final = ("at least", "equal to", "less than")
_TAG: Final = re.compile(r"[A-Za-z][\w-]{0,40}")


class Kind(StrEnum):
    """What an argument is."""

    COUNT = "count"
    RELATION = "relation"
    TEXT = "text"
    TEXTS = "texts"
    LEVELS = "levels"
    TAG = "tag"
    CODE_LANGUAGE = "code language"
    LANGUAGE = "language"
    LIST_STYLE = "list style"
    SCHEMA = "schema"


LANGUAGES: Final = ("de", "en", "es", "zh")
"""The languages whose first person is known."""

_SCHEMAS: Final[Mapping[Kind, Mapping[str, Any]]] = {
    Kind.COUNT: {"type": "integer", "minimum": 1, "maximum": 100_000},
    Kind.RELATION: {"enum": list(RELATIONS)},
    Kind.TEXT: {"type": "string", "minLength": 1, "maxLength": 400},
    Kind.TEXTS: {"type": "array", "items": {"type": "string", "minLength": 1}, "minItems": 1},
    Kind.LEVELS: {"type": "array", "items": {"type": "integer", "minimum": 1, "maximum": 6}, "minItems": 1},
    Kind.TAG: {"type": "string", "pattern": f"^{_TAG.pattern}$"},
    Kind.CODE_LANGUAGE: {"type": "string", "maxLength": 40},
    Kind.LANGUAGE: {"enum": list(LANGUAGES)},
    Kind.LIST_STYLE: {"enum": ["bullet", "numbered"]},
    Kind.SCHEMA: {"type": "object"},
}


def schema_of(kind: Kind) -> dict[str, Any]:
    """The JSON schema of an argument of a kind."""
    return dict(_SCHEMAS[kind])


def find_wrong(kinds: Mapping[str, Kind], arguments: Mapping[str, Any]) -> str:
    """The name of the first argument that is not of its kind; empty if there is none."""
    return next((name for name, kind in kinds.items() if not _is_of(kind, arguments[name])), "")


def _is_of(kind: Kind, value: Any) -> bool:
    schema = _SCHEMAS[kind]
    if "enum" in schema:
        return value in schema["enum"]
    if kind is Kind.COUNT:
        return type(value) is int and 1 <= value <= schema["maximum"]
    if kind in (Kind.TEXTS, Kind.LEVELS):
        good = _is_text if kind is Kind.TEXTS else _is_level
        return isinstance(value, list | tuple) and bool(value) and all(map(good, value))
    if kind is Kind.SCHEMA:
        return isinstance(value, dict)
    if kind is Kind.TAG:
        return isinstance(value, str) and bool(_TAG.fullmatch(value))
    return isinstance(value, str) and (kind is Kind.CODE_LANGUAGE or _is_text(value))


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _is_level(value: Any) -> bool:
    return type(value) is int and 1 <= value <= 6
