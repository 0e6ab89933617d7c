"""What an input is like, noted while it is scanned: layout, lengths, languages, duplicates."""

from __future__ import annotations

from array import array
from collections import Counter
from dataclasses import dataclass, replace
from typing import Final

from sysgen_distilabel.errors import BadInput
from sysgen_distilabel.inputs import Input
from sysgen_distilabel.inputs.conversation import Conversation
from sysgen_distilabel.measures.languages import guess_language
from sysgen_distilabel.outcome import Outcome
from sysgen_distilabel.response_turns import find_answers

_LANGUAGE_ROWS: Final = 500
_MOST_EXAMPLES: Final = 3
PERCENTILES: Final = (10, 50, 90, 99, 100)


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row without a readable conversation.

    Attributes:
        place: where it is.
        problem: what is wrong with it.
        hint: what may help.
    """

    place: str
    problem: str
    hint: str


class Survey:
    """Takes note of rows as a scan reads them.

    Attributes:
        rows: how many were read.
        bad_rows: the first of those without a conversation.
        bad: how many those are.
        bad_outcomes: the same by reason.
        notes: rows by what is not as it was in the source, see `Conversation.notes`.
        duplicates: rows whose conversation another row before has.
        with_system_message: rows that come with a system message.
        turns: rows by the number of answers.
        languages: rows of the first hundreds by the code of their language, empty if not recognised.
        characters: length of each conversation.
        bytes: the same in UTF-8, by which tokens are estimated.
    """

    def __init__(self) -> None:
        self._seen: set[int] = set()
        self._system_messages: set[int] = set()
        self.rows = self.bad = self.duplicates = self.with_system_message = 0
        self.bad_rows: list[BadRow] = []
        self.bad_outcomes: Counter[Outcome] = Counter()
        self.notes: Counter[str] = Counter()
        self.turns: Counter[int] = Counter()
        self.languages: Counter[str] = Counter()
        self.characters = array("Q")
        self.bytes = array("Q")

    @property
    def different_system_messages(self) -> int:
        """How many different ones the rows that have one come with."""
        return len(self._system_messages)

    def watch(self, source: Input) -> Input:
        """The same input, with every row noted as `Input.scan` reads it."""
        return replace(source, note=self._note)

    def percentiles(self, numbers: array[int]) -> dict[int, int]:
        """Some percentiles of lengths; empty if there are none."""
        ordered = sorted(numbers)
        return {p: ordered[min(len(ordered) * p // 100, len(ordered) - 1)] for p in PERCENTILES if ordered}

    def _note(self, place: str, conversation: Conversation | BadInput) -> None:
        self.rows += 1
        if not isinstance(conversation, BadInput):
            self._note_conversation(conversation)
            return
        self.bad += 1
        self.bad_outcomes[conversation.outcome] += 1
        if len(self.bad_rows) < _MOST_EXAMPLES:
            self.bad_rows.append(BadRow(place, str(conversation), conversation.hint))

    def _note_conversation(self, conversation: Conversation) -> None:
        texts = [message["content"] for message in conversation.messages]
        mark = hash(tuple(texts))
        self.duplicates += mark in self._seen
        self._seen.add(mark)
        if conversation.original_system_message:
            self.with_system_message += 1
            self._system_messages.add(hash(conversation.original_system_message))
        self.turns[len(find_answers(conversation.messages))] += 1
        self.notes.update(conversation.notes)
        self.characters.append(sum(map(len, texts)))
        self.bytes.append(sum(len(text.encode("utf-8", "surrogatepass")) for text in texts))
        if len(self.characters) <= _LANGUAGE_ROWS:
            self.languages[guess_language(texts[0])] += 1
