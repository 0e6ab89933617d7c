"""Finds the tokens of parts of rendered conversations: where the loss mask begins and ends."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple

from sysgen_distilabel.export.skeleton import Span
from sysgen_distilabel.export.trained_chat import Chat


class TurnTokens(NamedTuple):
    """The tokens of a turn.

    Attributes:
        message: its number in the conversation, from 1.
        begin: the number of its first token, from 0.
        end: the number behind its last.
    """

    message: int
    begin: int
    end: int


def find_tokens(
    chat: Chat, texts: Sequence[str], spans: Sequence[Mapping[int, Span]]
) -> list[tuple[int, tuple[TurnTokens, ...]]]:
    """The length in tokens of each text, and the tokens of parts of it.

    A token that is only partly in a part counts as in it where it begins there.

    Args:
        chat: brings the tokenizer.
        texts: rendered conversations.
        spans: parts of each, by the place of the turn, from 0.
    """
    encoded = chat.encode(texts)
    found = []
    for number, (text, parts) in enumerate(zip(texts, spans, strict=True)):
        find = partial(_find, chat, encoded, number, text)
        turns = tuple(TurnTokens(place + 1, find(begin), find(end)) for place, (begin, end) in parts.items())
        found.append((len(encoded["input_ids"][number]), turns))
    return found


def _find(chat: Chat, encoded: Any, number: int, text: str, place: int) -> int:
    """The first token at or behind a place of the text."""
    if not encoded.is_fast:  # it does not know where its tokens stand
        return chat.count_tokens([text[:place]])[0] if place else 0
    for at in range(place, len(text)):
        token = encoded.char_to_token(number, at)
        if token is not None:
            begin = encoded.token_to_chars(number, token).start
            return int(token) if begin >= place else int(token) + 1
    return len(encoded["input_ids"][number])
