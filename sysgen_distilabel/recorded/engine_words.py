"""Finds what an engine says in the body of an answer, whatever shape that has; without secrets."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from sysgen_distilabel.secrets import hide_secrets

_LONGEST: Final = 300
_DEEPEST: Final = 10
_MOST_ITEMS: Final = 3
_KEYS: Final = (
    "error", "errors", "fault", "exception", "message", "detail", "details", "error_message", "errormessage",
    "error_msg", "msg", "status_msg", "faultstring", "error_description", "description", "reason", "cause",
    "raw", "text", "title", "statusmessage", "status",
)  # fmt: skip
"""Where gateways and servers put their words, in small letters, the likeliest first."""

_CODES: Final = ("code", "type")
"""What says a little where nothing else does."""

_BESIDE: Final = ("metadata", "param")
"""What says more beside a message: OpenRouter's provider, OpenAI's parameter."""

_STREAMED: Final = re.compile(r"^data:\s*(\{.*\})\s*$", re.MULTILINE)
_IS_PAGE: Final = re.compile(r"\s*<(?:!doctype|html|head|body|\?xml)", re.IGNORECASE)
_TITLE: Final = re.compile(r"<title[^>]*>(.*?)</title>", re.IGNORECASE | re.DOTALL)
_HIDDEN_ELEMENT: Final = re.compile(r"<(script|style)\b.*?</\1>", re.IGNORECASE | re.DOTALL)
_ELEMENT: Final = re.compile(r"<[^<>]*>")


def find_words(body: Any) -> str:
    """What a body says in words, on one line, shortened; empty if it says nothing.

    Args:
        body: JSON as values, or text: JSON, a page or plain.
    """
    said = "; ".join(dict.fromkeys(_collect(body, _DEEPEST)))
    if not said and isinstance(body, Mapping | list) and body:
        said = json.dumps(body, ensure_ascii=False, default=str)
    return shorten(said)


def shorten(text: str) -> str:
    """The text on one line, without secrets, of at most 300 characters."""
    line = " ".join(hide_secrets(text).split())
    return line if len(line) <= _LONGEST else f"{line[: _LONGEST - 1]}…"


def _collect(value: Any, depth: int) -> Iterator[str]:
    if depth == 0:
        return
    if isinstance(value, str | bytes):
        yield from _collect_from_text(value, depth)
    elif isinstance(value, list):
        for item in value[:_MOST_ITEMS]:
            yield from _collect(item, depth - 1)
    elif isinstance(value, Mapping):
        yield from _collect_from_object(value, depth)


def _collect_from_object(value: Mapping[Any, Any], depth: int) -> Iterator[str]:
    place = value.get("loc")  # pydantic's, as in the answers of FastAPI
    where = f"{'.'.join(map(str, place))}: " if isinstance(place, list) else ""
    held = {str(key).lower(): item for key, item in value.items()}
    for key in _KEYS:
        if words := list(_collect(held.get(key), depth - 1)):
            yield from (where + word for word in words)
            for name in _BESIDE:
                more = _collect(held.get(name), depth - 1)
                yield from (f"{name} {word}" if name == "param" else word for word in more)
            return
    inner = (item for item in held.values() if isinstance(item, Mapping | list))
    words = next((words for item in inner if (words := list(_collect(item, depth - 1)))), [])
    codes = (code for name in _CODES if isinstance(code := held.get(name), str) and code)
    yield from words or list(codes)[:1]


def _collect_from_text(value: str | bytes, depth: int) -> Iterator[str]:
    text = value.decode("utf-8", "replace") if isinstance(value, bytes) else value
    text = text.strip()
    if streamed := _STREAMED.search(text):
        text = streamed[1]
    if text[:1] in ("{", "["):
        try:
            inner = json.loads(text)
        except (ValueError, RecursionError):
            inner = None
        words = list(_collect(inner, depth - 1))
        if words or inner in ({}, []):
            yield from words
            return
    if _IS_PAGE.match(text):
        title = _TITLE.search(text)
        text = title[1] if title else _ELEMENT.sub(" ", _HIDDEN_ELEMENT.sub(" ", text))
    if text.strip():
        yield " ".join(text.split())
