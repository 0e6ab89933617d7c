"""The text and the reasoning in the content of a message, be it text or a list of typed parts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

_REASONING_TYPES: Final = frozenset(
    {"thinking", "reasoning", "thought", "redacted_thinking", "reasoning_content"}
)
_TEXT_TYPES: Final = frozenset({"text", "output_text", ""})


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
    parts = value if isinstance(value, list) else [value]
    texts = [text for part in parts if (text := _read_part(part, _TEXT_TYPES)) is not None]
    reasoning = [text for part in parts if (text := _read_part(part, _REASONING_TYPES)) is not None]
    return Content("".join(texts) if texts else None, "\n".join(reasoning))


def clean_text(text: str) -> str:
    """The text without halves of surrogate pairs, which no file format takes."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text


def _read_part(part: Any, types: frozenset[str]) -> str | None:
    """The text of a part of one of these types, `None` if it is of another."""
    if isinstance(part, str):
        return clean_text(part) if "" in types else None
    if not isinstance(part, Mapping):
        return None
    kind = part.get("type", "thought" if part.get("thought") is True else "")  # Gemini marks its thoughts so
    if not isinstance(kind, str) or kind not in types:
        return None
    values = (part.get(name) for name in (kind, "text", "thinking", "summary"))
    value = next((value for value in values if value and isinstance(value, str | list)), None)
    if isinstance(value, list):  # Mistral's thinking is a list of texts
        return read_content(value).text
    return clean_text(value) if isinstance(value, str) else None
