"""Parts a conversation into what is known before the answers and what only they say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sysgen_distilabel.checks.leak_text import Text


@dataclass(frozen=True, slots=True)
class Sides:
    """The two sides of a conversation.

    Attributes:
        asked: what is known before the answers: all turns of the user, and system messages.
        answered: what only answers and tool results say.
        turns: the user's turns.
        given: what system messages say.
    """

    asked: Text
    answered: Text
    turns: tuple[Text, ...]
    given: Text


def read_sides(messages: Sequence[Mapping[str, Any]]) -> Sides:
    """Part a conversation into what is known before the answers and what only they say.

    Of a tool call the name of the tool is known, its arguments are not.
    """
    turns: list[str] = []
    given: list[str] = []
    answered: list[str] = []
    places = {"user": turns, "system": given, "developer": given}
    for message in messages:
        places.get(str(message.get("role")), answered).append(read_content(message.get("content")))
        for call in message.get("tool_calls") or ():
            function = call.get("function") if isinstance(call, Mapping) else None
            if isinstance(function, Mapping):
                given.append(str(function.get("name") or ""))
                answered.append(str(function.get("arguments") or ""))
    asked = tuple(map(Text, turns))
    known = asked[0] if len(asked) == 1 and not given else Text("\n".join([*given, *turns]))
    return Sides(known, Text("\n".join(answered)), asked, Text("\n".join(given)))


def read_content(content: Any) -> str:
    """The text of a message: as it is, or the text parts of a list of parts."""
    if isinstance(content, str):
        return content
    if isinstance(content, Sequence):
        texts = (part.get("text") for part in content if isinstance(part, Mapping))
        return "\n".join(text for text in texts if isinstance(text, str))
    return ""
