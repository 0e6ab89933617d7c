"""What an input is like, noted while another pass reads it: layout, lengths, languages, duplicates."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from sysgen_distilabel.errors import BadInput
from sysgen_distilabel.inputs import Input
from sysgen_distilabel.inputs.conversation import ColumnMapping, Conversation, to_messages
from sysgen_distilabel.inputs.raw_rows import Rows
from sysgen_distilabel.measures.languages import guess_language

_LANGUAGE_ROWS: Final = 2_000
_MOST_EXAMPLES: Final = 3
PERCENTILES: Final = (10, 50, 90, 99, 100)


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row without a readable conversation.

    Attributes:
        place: where it is.
        problem: what is wrong with it.
    """

    place: str
    problem: str


class Survey:
    """Takes note of rows as they are read.

    Attributes:
        rows: how many were read.
        bad_rows: the first of those without a conversation.
        bad: how many those are.
        duplicates: rows whose conversation another row before has.
        with_system_message: rows that come with a system message.
        turns: rows by the number of the user's turns.
        languages: rows of the first thousands by the code of their language, empty if not recognised.
        characters: length of each conversation.
        bytes: the same in UTF-8, by which tokens are estimated.
    """

    def __init__(self, columns: Mapping[str, str] | None = None) -> None:
        self._mapping = ColumnMapping.from_names(columns) if columns else None
        self._seen: set[int] = set()
        self.rows = self.bad = self.duplicates = self.with_system_message = 0
        self.bad_rows: list[BadRow] = []
        self.turns: Counter[int] = Counter()
        self.languages: Counter[str] = Counter()
        self.characters = array("Q")
        self.bytes = array("Q")

    def watch(self, source: Input) -> Input:
        """The same input, with every row noted as it is read."""
        return replace(source, read=lambda: self._note_rows(source.read()))

    def percentiles(self, numbers: array[int]) -> dict[int, int]:
        """Some percentiles of lengths; empty if there are none."""
        ordered = sorted(numbers)
        return {p: ordered[min(len(ordered) * p // 100, len(ordered) - 1)] for p in PERCENTILES if ordered}

    def _note_rows(self, pairs: Rows) -> Rows:
        for place, values in pairs:
            self._note(place, values)
            yield place, values

    def _note(self, place: str, values: Any) -> None:
        self.rows += 1
        try:
            conversation = to_messages(values, columns=self._mapping)
        except (BadInput, AttributeError) as error:  # a row that is no mapping ends the pass that reads it
            self.bad += 1
            if len(self.bad_rows) < _MOST_EXAMPLES:
                self.bad_rows.append(BadRow(place, str(error)))
            return
        self._note_conversation(conversation)

    def _note_conversation(self, conversation: Conversation) -> None:
        texts = [message["content"] for message in conversation.messages]
        mark = hash(tuple(texts))
        self.duplicates += mark in self._seen
        self._seen.add(mark)
        self.with_system_message += bool(conversation.original_system_message)
        self.turns[len(texts) // 2] += 1
        self.characters.append(sum(map(len, texts)))
        self.bytes.append(sum(len(text.encode("utf-8", "surrogatepass")) for text in texts))
        if len(self.characters) <= _LANGUAGE_ROWS:
            self.languages[guess_language(texts[0])] += 1
