"""Reads the text of a turn or a column, whatever parts it is made of."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from sysgen_distilabel.errors import BadInput, MediaInput
from sysgen_distilabel.inputs.values import describe, is_absent, plain_value
from sysgen_distilabel.inputs.written_values import are_python_parts, read_written

_TEXT_TYPES: Final = ("text", "input_text", "output_text")
REASONING_TYPES: Final = ("thinking", "reasoning", "thought", "redacted_thinking", "reasoning_content")
"""Types of the parts that hold what a model thought, in data and in replies."""

_MEDIA: Final = ("image", "video", "audio", "file", "document")
_PART_KEYS: Final = ("text", "content", "value")


class Text(NamedTuple):
    """What was read.

    Attributes:
        text: the text as it was found, parts joined by line breaks.
        has_reasoning: whether parts that hold a model's thoughts were left out.
    """

    text: str
    has_reasoning: bool = False


def read_text(place: str, value: Any) -> str:
    """Read text, or a list of parts that are all text; parts are joined by line breaks.

    Raises:
        BadInput: it is neither, or UTF-8 cannot encode it.
        MediaInput: a part is an image, audio or video.
    """
    return read_parts(place, value).text


def read_parts(place: str, value: Any) -> Text:
    """The same, saying also what was left out."""
    value = plain_value(value)
    if isinstance(value, str) and are_python_parts(value):
        value = read_written(place, value)
    if isinstance(value, str):
        return Text(_check_encoding(place, value))
    if isinstance(value, bytes):
        return Text(_decode(place, value))
    if isinstance(value, Mapping) and isinstance(parts := plain_value(value.get("parts")), list):
        value = parts  # as exports of ChatGPT have it
    if isinstance(value, list):
        texts = [_read_part(place, plain_value(part)) for part in value if not _is_empty(part)]
        text = "\n".join([text for text in texts if text is not None])
        return Text(_check_encoding(place, text), None in texts)
    raise BadInput(f"{place}: expected text, found {describe(value)}")


def is_media(kind: str) -> bool:
    """Whether a part of this type is something else than text, such as an image."""
    return any(word in kind.lower() for word in _MEDIA)


def _is_empty(part: Any) -> bool:
    """Whether a part holds nothing, or is of text and has none."""
    if not (isinstance(part, Mapping) and part.get("type") in _TEXT_TYPES):
        return is_absent(part)
    return all(is_absent(value) for key, value in part.items() if key != "type")


def _read_part(place: str, part: Any) -> str | None:
    """The text of a part; None if it is reasoning."""
    if isinstance(part, str):
        return part
    if not isinstance(part, Mapping):
        raise BadInput(f"{place}: expected parts of type 'text', found {describe(part)}")
    kind = plain_value(part.get("type", part.get("content_type")))
    if kind in REASONING_TYPES:
        return None
    if isinstance(kind, str) and is_media(kind):
        raise MediaInput(f"{place}: expected parts of type 'text', found {describe(kind)}")
    filled = (plain_value(part.get(key)) for key in _PART_KEYS)
    text = next((item for item in filled if item is not None), None)
    if isinstance(text, str) and (kind is None or kind in _TEXT_TYPES):
        return text
    if kind is None and (media := next((key for key in part if is_media(str(key))), "")):
        raise MediaInput(f"{place}: expected parts of type 'text', found {describe(media)}")
    raise BadInput(f"{place}: expected parts of type 'text', found {describe(kind or part)}")


def _check_encoding(place: str, text: str) -> str:
    try:
        text.encode()
    except UnicodeEncodeError:
        raise BadInput(f"{place}: expected text, found a surrogate that UTF-8 cannot encode") from None
    return text


def _decode(place: str, value: bytes) -> str:
    try:
        return value.decode()
    except UnicodeDecodeError:
        raise BadInput(f"{place}: expected text, found {describe(value)}") from None
