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
    found = []
    for text, parts, (encoding, tokens) in zip(texts, spans, _encode(chat, texts), strict=True):
        find = partial(_find, chat, encoding, text, tokens)
        turns = tuple(TurnTokens(place + 1, find(begin), find(end)) for place, (begin, end) in parts.items())
        found.append((tokens, turns))
    return found


def _encode(chat: Chat, texts: Sequence[str]) -> list[tuple[Any, int]]:
    """The encoding in which each text stands, at its beginning, and how many tokens of it are the text's.

    Most of the time goes into tokens, and lines that end with one answer of a conversation each begin alike.
    """
    owners = list(range(len(texts)))
    if chat.tokenizer.is_fast:
        for number in reversed(range(len(texts) - 1)):
            if texts[owners[number + 1]].startswith(texts[number]):
                owners[number] = owners[number + 1]
    made = _encode_each(chat, texts, sorted(set(owners)))
    missing = []
    for number, owner in enumerate(owners):
        if number == owner:
            continue
        if tokens := _count_before_special(chat, made[owner][0], texts[owner], len(texts[number])):
            made[number] = (made[owner][0], tokens)
        else:
            missing.append(number)
    made |= _encode_each(chat, texts, missing)
    return [made[number] for number in range(len(texts))]


def _encode_each(chat: Chat, texts: Sequence[str], numbers: Sequence[int]) -> dict[int, tuple[Any, int]]:
    if not numbers:
        return {}
    encoded = chat.encode([texts[number] for number in numbers])
    encodings = encoded.encodings or [None] * len(numbers)  # a slow tokenizer has none
    lengths = map(len, encoded["input_ids"])
    return dict(zip(numbers, zip(encodings, lengths, strict=True), strict=True))


def _count_before_special(chat: Chat, encoding: Any, text: str, place: int) -> int:
    """How many tokens stand before a special one at this place, which ends all before; 0 if none is there."""
    token = encoding.char_to_token(place) if place < len(text) else None
    if token is None or encoding.token_to_chars(token) != chat.find_special_span(text, place):
        return 0
    return int(token)


def _find(chat: Chat, encoding: Any, text: str, tokens: int, place: int) -> int:
    """The first token at or behind a place of a text of so many tokens."""
    if encoding is None:  # nobody knows where its tokens stand
        return chat.count_tokens([text[:place]])[0] if place else 0
    for at in range(place, len(text)):
        token = encoding.char_to_token(at)
        if token is not None:
            begin, _ = encoding.token_to_chars(token)
            return int(token) if begin >= place else int(token) + 1
    return tokens
