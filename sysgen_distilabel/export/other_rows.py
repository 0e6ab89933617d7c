"""Rows of the user's own, to be trained on beside those of a run: drawn by hash, without what the run has."""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any, Final, NamedTuple

from sysgen_distilabel.columns import SOURCE_ID
from sysgen_distilabel.errors import BadInput, ConfigError
from sysgen_distilabel.export.arms import Conversation
from sysgen_distilabel.inputs.conversation import DEFAULT_READING
from sysgen_distilabel.inputs.source import Input, SourceRow, open_input
from sysgen_distilabel.response_turns import restore_turns

Row = Mapping[str, Any]

CONVERSATION: Final = "conversation"
"""The column of a row of the user's own: what is trained on, as it is."""


class Mix(NamedTuple):
    """A file of the user's own, and the share of all rows that its rows are to be.

    Attributes:
        path: a file, directory or Hub address with conversations in any format that a run reads.
        share: from 0 to 1, both excluded.
    """

    path: str
    share: float


@dataclass(slots=True)
class MixCounts:
    """What became of the rows of a file.

    Attributes:
        read: rows in it.
        unreadable: those without a conversation that ends with an answer.
        duplicates: those whose questions a row of the run has, or another row of the file.
        taken: those that were drawn.
        dropped: drawn ones that the trainer would lose something of.
    """

    read: int = 0
    unreadable: int = 0
    duplicates: int = 0
    taken: int = 0
    dropped: int = 0


def parse_mix(text: str) -> Mix:
    """Read `PATH:SHARE`, as `other.jsonl:0.3`.

    Raises:
        ConfigError: if it is something else.
    """
    path, colon, share = text.rpartition(":")
    try:
        mix = Mix(path, float(share))
    except ValueError:
        mix = Mix(path, 0.0)
    if not colon or not path or not 0 < mix.share < 1:
        raise ConfigError(
            f"'{text}' does not say what to mix in.",
            "Give --mix FILE:SHARE, with the share of all rows that its rows are to be, as other.jsonl:0.3.",
        )
    return mix


def draw_rows(mix: Mix, exported: int, asked: set[int], counts: MixCounts) -> Iterator[Row]:
    """Yield as many rows of a file as make up its share beside those exported, or all that there are.

    Which ones is decided by a hash of what they say, so that it does not depend on their order.

    Args:
        mix: the file.
        exported: rows of the run in the export.
        asked: what is asked in them, see `digest_questions`; what is asked in the file is added.
        counts: notes what becomes of the rows.
    """
    source = open_input(mix.path)
    wanted = round(exported * mix.share / (1 - mix.share))
    chosen = {position for _, position in heapq.nsmallest(wanted, _rank_rows(source, asked, counts))}
    counts.taken = len(chosen)
    for row in source.rows():
        if row.position in chosen:
            conversation = _read(row)
            yield {SOURCE_ID: f"mixed-{_hash(_say(conversation)):016x}", CONVERSATION: conversation}


def digest_questions(conversation: Conversation) -> int:
    """What is asked in a conversation, as a number: the same whatever its blanks and capitals."""
    questions = (turn["content"] for turn in conversation if turn["role"] == "user")
    return _hash("\n".join(" ".join(question.split()).casefold() for question in questions))


def _rank_rows(source: Input, asked: set[int], counts: MixCounts) -> Iterator[tuple[int, int]]:
    """A number and the position of each row that may be drawn."""
    for row in source.rows():
        counts.read += 1
        try:
            conversation = _read(row)
        except BadInput:
            counts.unreadable += 1
            continue
        question = digest_questions(conversation)
        if question in asked:
            counts.duplicates += 1
            continue
        asked.add(question)
        yield _hash(_say(conversation)), row.position


def _read(row: SourceRow) -> Conversation:
    found = DEFAULT_READING.read(row.values)
    turns = restore_turns(found.messages, found.turn_fields)
    system = found.original_system_message
    return [{"role": "system", "content": system}, *turns] if system else turns


def _say(conversation: Conversation) -> str:
    return "\n".join(turn["content"] for turn in conversation)


def _hash(text: str) -> int:
    return int.from_bytes(blake2b(text.encode(errors="surrogatepass"), digest_size=8).digest(), "big")
