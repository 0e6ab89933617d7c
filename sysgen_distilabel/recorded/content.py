"""The text and the reasoning in the content of a message, be it text or a list of typed parts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from sysgen_distilabel.inputs.texts import REASONING_TYPES

_HOLDERS: Final = ("parts", "content")
_DEEPEST: Final = 3
_TEXT_TYPES: Final = ("text", "output_text", "")


class Content(NamedTuple):
    """What a message says.

    Attributes:
        text: its text, `None` if there is none.
        reasoning: what the model thought before, empty if that is not told apart.
    """

    text: str | None
    reasoning: str = ""


def read_content(value: Any) -> Content:
    """Read `content` as engines send it.

    Text is text. Of a list, the parts of the type text are joined, thinking and reasoning are
    reasoning, and all else is left out (images, citations, calls). Whatever else it is holds no text.
    """
    if isinstance(value, str):
        return Content(clean_text(value))
    parts = _flatten(value)
    texts = [text for part in parts if (text := _read_part(part, _TEXT_TYPES)) is not None]
    reasoning = [text for part in parts if (text := _read_part(part, REASONING_TYPES)) is not None]
    return Content("".join(texts) if texts else None, "\n".join(reasoning))


def _flatten(value: Any) -> list[Any]:
    """The parts in a list, those of lists in it and of Gemini's `parts` or a message's `content` too."""
    parts = [value]
    for _ in range(_DEEPEST):
        parts = [inner for part in parts for inner in _open(part)]
    return parts


def _open(part: Any) -> list[Any]:
    if isinstance(part, Mapping) and part.get("type", "message") == "message":
        part = next((held for name in _HOLDERS if isinstance(held := part.get(name), list)), part)
    return part if isinstance(part, list) else [part]


def clean_text(text: str) -> str:
    """The text without halves of surrogate pairs, which no file format takes."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text


def _read_part(part: Any, types: tuple[str, ...]) -> str | None:
    """The text of a part of one of these types, `None` if it is of another."""
    if isinstance(part, str):
        return clean_text(part) if "" in types else None
    if not isinstance(part, Mapping):
        return None
    kind = "thought" if part.get("thought") is True else part.get("type", "")  # Gemini marks its thoughts so
    if not isinstance(kind, str) or kind.lower() not in types:
        return None
    values = (part.get(name) for name in (kind, "text", "thinking", "summary", "content", "value"))
    value = next((value for value in values if value and isinstance(value, str | list | Mapping)), None)
    if isinstance(value, list):  # Mistral's thinking is a list of texts
        return read_content(value).text
    if isinstance(value, Mapping):  # OpenAI's assistants have {"value": ...}
        value = value.get("value")
    return clean_text(value) if isinstance(value, str) else None
