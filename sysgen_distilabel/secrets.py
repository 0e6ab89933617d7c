"""Hides what must not be written to a file or shown: keys, tokens and passwords."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

HIDDEN: Final = "(hidden)"

_SECRET_NAME: Final = re.compile(
    r"(^|_|-)(api[_-]?key|token|secret|password|passwd|authorization|credentials?)$", re.IGNORECASE
)


def redact(value: Any) -> Any:
    """The value with the contents of every secret-sounding field replaced, however deep."""
    if isinstance(value, Mapping):
        return {
            key: HIDDEN if item and _SECRET_NAME.search(str(key)) else redact(item)
            for key, item in value.items()
        }
    if isinstance(value, list | tuple):
        return [redact(item) for item in value]
    return value
