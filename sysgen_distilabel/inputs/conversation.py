"""Reads a conversation out of a row: OpenAI messages, ShareGPT, Alpaca and other fine-tuning formats."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import orjson

from sysgen_distilabel.blank_text import is_blank
from sysgen_distilabel.errors import BadInput, ConfigError, MediaInput
from sysgen_distilabel.inputs.layouts import (
    HISTORY,
    LAYOUTS,
    SYSTEM_COLUMNS,
    ColumnMapping,
    check_mapping,
    find_layout,
    find_system,
    find_trained,
)
from sysgen_distilabel.inputs.structure import (
    DROPPED,
    JOINED,
    UNREAD_TOOLS,
    TrailingUser,
    as_fields,
    as_messages,
    check_turns,
    end_with_answer,
    join_turns,
    mark_trained,
    set_reasoning_aside,
    take_system,
    without_answers,
)
from sysgen_distilabel.inputs.texts import read_parts, read_text
from sysgen_distilabel.inputs.tool_schemas import find_tools
from sysgen_distilabel.inputs.turn_forms import Role, TurnForms
from sysgen_distilabel.inputs.turn_objects import REASONING, Turn
from sysgen_distilabel.inputs.turns import read_turns
from sysgen_distilabel.inputs.values import is_absent, json_default, name_column, plain_value

__all__ = ["LAYOUTS", "SYSTEM_COLUMNS", "ColumnMapping", "Conversation", "Reading", "to_messages"]

_WORDS_FOR_NONE: Final = ("none", "null", "nan", "<noinput>")
"""What stands in a column that only adds to others where a table was written without a value."""

MEDIA_COLUMNS: Final = ("image", "images", "video", "videos", "audio", "audios")
"""The columns that make a row one of images, audio or video, unless a mapping says what to read."""


@dataclass(frozen=True, slots=True)
class Conversation:
    """What a row holds.

    Attributes:
        messages: dicts with `role` and `content` and nothing else, none blank but results of tools. It
            begins with a user turn, or with a greeting; roles are `user`, `assistant`, `tool` and,
            between the turns, `system`. A turn that calls tools has the calls as text, and the results
            follow it. Unless `trailing_user` is `answer`, it ends with an answer.
        original_system_message: the system message the source had; empty if there was none.
        turn_fields: what the turns hold beside role and text, as the JSON of one object per turn: marks
            for the trainer, and tool calls with the `content` that stands beside them. Empty if none.
        notes: what is not as it was in the source: `reasoning` set aside, turns joined or left out, tools
            that cannot be read, and the keys of turns that are not kept, in quotes.
        tools: the schemas of the tools that come with it, as JSON; empty if there are none.
    """

    messages: list[dict[str, str]]
    original_system_message: str = ""
    turn_fields: str = ""
    notes: tuple[str, ...] = ()
    tools: str = ""


@dataclass(frozen=True)
class Reading:
    """How conversations are read out of rows.

    Attributes:
        columns: which column holds what, see `ColumnMapping`; None to recognise the layout.
        forms: the speakers and the keys of turns.
        trailing_user: what becomes of a last turn without an answer: `reject` the row, `answer` it, or
            `drop` the turn.
        prompts_only: leave the answers out, or do without them.
    """

    columns: ColumnMapping | None = None
    forms: TurnForms = field(default_factory=TurnForms)
    trailing_user: TrailingUser = "reject"
    prompts_only: bool = False

    @classmethod
    def from_settings(
        cls,
        columns: Mapping[str, str] | ColumnMapping | None = None,
        roles: Mapping[str, str] | None = None,
        turn_keys: Mapping[str, str] | None = None,
        trailing_user: TrailingUser = "reject",
        prompts_only: bool = False,
    ) -> Reading:
        """Make it of settings as a config file has them.

        Raises:
            ConfigError: the column mapping, a role or a key is wrong.
        """
        is_made = columns is None or isinstance(columns, ColumnMapping)
        mapping = columns if is_made else ColumnMapping.from_names(columns)  # type: ignore[arg-type]
        reading = cls(mapping, TurnForms(roles or {}, turn_keys or {}), trailing_user, prompts_only)  # type: ignore[arg-type]
        if reading.columns and not (reading.columns.messages or reading.columns.assistant or prompts_only):
            raise ConfigError(
                "The column mapping does not make up a conversation.",
                "Name either messages, or both user and assistant (and input, if there is one).",
            )
        return reading

    def read(self, row: Mapping[str, Any]) -> Conversation:
        """Read the conversation a row holds; see `to_messages`.

        Raises:
            BadInput: the row holds none; one line says where and what was expected.
        """
        mapping = check_mapping(row, self.columns) if self.columns else self._find_layout(row)
        found = [set_reasoning_aside(turn) for turn in self._read_turns(row, mapping)]
        leading = take_system(found)
        system = leading or self._read_system(row, mapping)
        turns = join_turns(found)
        notes = [note for turn in turns for note in turn.notes] + [JOINED] * (len(turns) < len(found))
        check_turns(turns, name_column(mapping.columns[0]))
        if self.prompts_only:
            turns = without_answers(turns)
        else:
            turns, was_cut = end_with_answer(turns, self.trailing_user)
            notes += [DROPPED] * was_cut
        tools, is_unread = self._find_tools(row, mapping)
        notes += [UNREAD_TOOLS] * is_unread
        fields = _write_fields(as_fields(turns))
        return Conversation(as_messages(turns), system, fields, tuple(dict.fromkeys(notes)), tools)

    def _find_tools(self, row: Mapping[str, Any], mapping: ColumnMapping) -> tuple[str, bool]:
        """The tools in a layout that was recognised, and whether there are some that cannot be read."""
        if self.columns is not None:
            return "", False
        try:
            return find_tools(row, mapping.messages or ""), False
        except BadInput:
            return "", True

    def _find_layout(self, row: Mapping[str, Any]) -> ColumnMapping:
        for column in MEDIA_COLUMNS:
            if column in row and not is_absent(row[column]):
                raise MediaInput(f"{name_column(column)}: expected text alone, found it filled")
        return find_layout(row, prompts_only=self.prompts_only)

    def _read_turns(self, row: Mapping[str, Any], mapping: ColumnMapping) -> list[Turn]:
        if mapping.messages:
            turns = read_turns(mapping.messages, row[mapping.messages], self.forms)
            return mark_trained(turns, find_trained(row))
        before = self._read_history(row)
        turns = self._read_side(row, mapping.user, "user")
        addition = _read_addition(row, mapping.input)
        if addition and turns and not is_blank(turns[-1].content):
            turns[-1] = turns[-1]._replace(content=f"{turns[-1].content}\n\n{addition}")
        answer = self._read_side(row, mapping.assistant, "assistant") if mapping.assistant else []
        return before + turns + answer

    def _read_history(self, row: Mapping[str, Any]) -> list[Turn]:
        """The turns before the question, in a layout that was recognised."""
        if self.columns is not None or is_absent(row.get(HISTORY)):
            return []
        return read_turns(HISTORY, row[HISTORY], self.forms)

    def _read_side(self, row: Mapping[str, Any], column: str, role: Role) -> list[Turn]:
        value = plain_value(row[column])
        if isinstance(value, list) and not all(_is_part(item) for item in value):
            return read_turns(column, value, self.forms)
        place = name_column(column)
        text, has_reasoning = read_parts(place, value)
        return [Turn(place, role, text, notes=(REASONING,) * has_reasoning)]

    def _read_system(self, row: Mapping[str, Any], mapping: ColumnMapping) -> str:
        if mapping.system or self.columns is not None:
            return _read_addition(row, mapping.system)
        value = find_system(row)
        return "" if is_absent(value) else read_text(name_column("chat_template_kwargs"), value)


DEFAULT_READING: Final = Reading()
"""Recognises the layout, and rejects what has no answer."""


def to_messages(
    row: Mapping[str, Any],
    *,
    columns: ColumnMapping | Mapping[str, str] | None = None,
    roles: Mapping[str, str] | None = None,
    turn_keys: Mapping[str, str] | None = None,
    trailing_user: TrailingUser = "reject",
    prompts_only: bool = False,
) -> Conversation:
    """Read the conversation a row holds.

    Without a mapping the first of `LAYOUTS` counts whose columns are all filled; if there is none,
    the first whose columns exist, so that the message names what is lacking. Texts stay as they are.
    Leading system turns, or else a system column, are set aside.

    Args:
        row: the columns of the row by name, as JSON, Parquet, `datasets` or pandas have them.
        columns: explicit mapping; nothing but the columns it names is read then.
        roles: further names of speakers, such as `{"narrator": "assistant"}`.
        turn_keys: the keys of a turn that hold its `role` and its `content`, where they are not known.
        trailing_user: what becomes of a last turn without an answer: `reject` the row, `answer` the
            turn, or `drop` it.
        prompts_only: leave answers out, and read rows that have none.

    Raises:
        BadInput: the row holds no such conversation; one line says where and what was expected.
        ConfigError: the mapping itself is wrong.
    """
    reading = Reading.from_settings(columns, roles, turn_keys, trailing_user, prompts_only)
    return reading.read(row)


def _is_part(item: Any) -> bool:
    """Whether an item of a list is a part of one text, and no turn."""
    return isinstance(item, Mapping) and "type" in item


def _read_addition(row: Mapping[str, Any], column: str) -> str:
    value = plain_value(row[column]) if column else None
    text = "" if value is None else read_text(name_column(column), value)
    return "" if is_blank(text) or text.strip().lower() in _WORDS_FOR_NONE else text


def _write_fields(fields: Sequence[Mapping[str, Any]]) -> str:
    return orjson.dumps(fields, default=json_default).decode() if fields else ""
