"""Offers the engine the tools of a row in phase 4, and replays the results of calls it makes again."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Self

from sysgen_distilabel.columns import TOOLS
from sysgen_distilabel.errors import RowRejected
from sysgen_distilabel.inputs.tool_calls import write_calls
from sysgen_distilabel.outcome import Outcome
from sysgen_distilabel.replies.tool_calls import CallResult, are_same_calls, find_recorded_calls
from sysgen_distilabel.tasks.asker import offer_tools

if TYPE_CHECKING:
    from distilabel.typing import ChatType

    from sysgen_distilabel.rows import Row
    from sysgen_distilabel.tasks.asker import Asker


@dataclass(slots=True)
class ToolTurns:
    """The tools of one row, and what the engine did where they came into play.

    Attributes:
        offered: the schemas that the engine is offered; empty if there are none, or it takes none.
        has_schemas: whether the row has schemas at all.
        notes: the entries of the column `tool_turns`.
    """

    offered: list[dict[str, Any]]
    has_schemas: bool
    notes: list[dict[str, Any]] = field(default_factory=list)

    @classmethod
    def of(cls, row: Row, takes_tools: bool) -> Self:
        """Those of a row, for an engine that takes tools or not."""
        schemas = json.loads(row[TOOLS]) if row.get(TOOLS) else []
        return cls(schemas if takes_tools else [], bool(schemas))

    async def repeat_call(
        self, history: ChatType, recorded: Mapping[str, Any], turn: int, ask: Asker, attempts: Iterable[int]
    ) -> None:
        """Have the engine call where the source has called, and note whether it makes the same calls.

        Args:
            history: what the engine is sent of the turns before.
            recorded: the turn of the source, as `restore_turns` has it.
            turn: the number of the answer that the call is made for.
            ask: sends the request.
            attempts: the samples to ask for, until one makes the same calls.

        Raises:
            RowRejected: if the engine fails.
        """
        if not self.offered:
            self._note(turn, CallResult.UNASKED)
            return
        calls, made = find_recorded_calls(recorded), list[dict[str, Any]]()
        for attempt in attempts:
            try:
                made = (await ask.with_tools(list(history), attempt, self.offered)).calls
            except RowRejected as rejection:
                if rejection.outcome is Outcome.ENGINE_ERROR:
                    raise
                continue
            if calls and are_same_calls(made, calls):
                self._note(turn, CallResult.SAME)
                return
        self._note(turn, CallResult.OTHER if made else CallResult.NONE, made)

    async def answer(self, history: ChatType, turn: int, ask: Asker, attempt: int) -> str:
        """An answer in words; where a tool is called instead, whose result nobody knows, one without tools.

        Args:
            history: what the engine is sent of the turns before.
            turn: the number of the answer.
            ask: sends the request.
            attempt: which sample of it.

        Raises:
            RowRejected: if the reply has a fault.
        """
        if not self.offered:
            if self.has_schemas:
                self._note(turn, CallResult.UNASKED)
            return await ask(list(history), attempt)
        reply = await ask.with_tools(list(history), attempt, self.offered)
        if not reply.calls:
            return reply.text
        self._note(turn, CallResult.OTHER, reply.calls)
        return await ask(list(history), attempt, offer_tools(self.offered, "none"))

    def _note(self, turn: int, call: CallResult, made: Sequence[dict[str, Any]] = ()) -> None:
        entry = {"turn": turn, "call": call.value, "made": write_calls(list(made))}
        if entry not in self.notes or call is CallResult.SAME:
            self.notes.append(entry)


def join_notes(turns: Iterable[ToolTurns]) -> list[dict[str, Any]]:
    """The notes of several candidates as those of one row: each that differs, in order."""
    joined: list[dict[str, Any]] = []
    for candidate in turns:
        joined += candidate.notes if not joined else [note for note in candidate.notes if note not in joined]
    return sorted(joined, key=lambda note: int(note["turn"]))
