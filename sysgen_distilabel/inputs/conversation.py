"""Reads a conversation out of a row, whichever of the common fine-tuning formats it has."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from itertools import cycle, islice
from typing import Any, Final

from sysgen_distilabel.errors import BadInput, ConfigError
from sysgen_distilabel.inputs.turns import Turn, describe, name_column, plain_value, read_text, read_turns


@dataclass(frozen=True, slots=True)
class ColumnMapping:
    """Which column of a row holds what; an empty name stands for none.

    Attributes:
        messages: a list of turns; nothing but `system` goes with it.
        user: what the user says, as text or a list of turns.
        assistant: the answer, as text or a list of turns.
        input: text added to `user` after a blank line; it may be blank or null.
        system: the existing system message; it may be blank or null.

    Raises:
        ConfigError: neither `messages` alone nor both `user` and `assistant` are named.
    """

    messages: str = ""
    user: str = ""
    assistant: str = ""
    input: str = ""
    system: str = ""

    def __post_init__(self) -> None:
        if self.messages:
            is_whole = not (self.user or self.assistant or self.input)
        else:
            is_whole = bool(self.user and self.assistant)
        if not is_whole:
            raise ConfigError(
                "The column mapping does not make up a conversation.",
                "Name either messages, or both user and assistant (and input, if there is one).",
            )

    @classmethod
    def from_names(cls, names: Mapping[str, str]) -> ColumnMapping:
        """Make a mapping from `{"user": "question", ...}`.

        Raises:
            ConfigError: a key is not a part of a conversation, a name is not text, or parts are lacking.
        """
        parts = [field.name for field in fields(cls)]
        for part, column in names.items():
            if part not in parts or not isinstance(column, str):
                raise ConfigError(
                    f"The column mapping cannot have {part!r}: {column!r}.",
                    f"Map {', '.join(parts)} to names of columns.",
                )
        return cls(**names)

    @property
    def columns(self) -> tuple[str, ...]:
        """The names of the columns it reads."""
        names = (self.messages, self.user, self.assistant, self.input, self.system)
        return tuple([name for name in names if name])


@dataclass(frozen=True, slots=True)
class Conversation:
    """What a row holds.

    Attributes:
        messages: dicts with `role` and `content` and nothing else: user and assistant in turn, from a user
            turn to an assistant turn, none blank.
        original_system_message: the system message the source had; empty if there was none.
    """

    messages: list[dict[str, str]]
    original_system_message: str = ""


LAYOUTS: Final = (
    ColumnMapping(messages="messages"),
    ColumnMapping(messages="conversations"),
    ColumnMapping(messages="conversation"),
    ColumnMapping(user="prompt", assistant="completion"),
    ColumnMapping(user="instruction", assistant="output", input="input"),
    ColumnMapping(user="instruction", assistant="output"),
    ColumnMapping(user="instruction", assistant="response", input="input"),
    ColumnMapping(user="instruction", assistant="response", input="context"),
    ColumnMapping(user="instruction", assistant="response"),
    ColumnMapping(user="instruction", assistant="generation", input="input"),
    ColumnMapping(user="instruction", assistant="generation"),
    ColumnMapping(user="question", assistant="answer"),
    ColumnMapping(user="question", assistant="response"),
    ColumnMapping(user="query", assistant="response"),
    ColumnMapping(user="problem", assistant="solution"),
    ColumnMapping(user="prompt", assistant="response"),
)
"""The layouts known without a mapping, in the order they are tried."""

SYSTEM_COLUMNS: Final = ("system", "system_prompt")
"""The columns that may hold an existing system message beside any layout, in the order they are tried."""

_LAYOUT_COLUMNS: Final = tuple([(layout, frozenset(layout.columns)) for layout in LAYOUTS])
_NAMES_LENGTH: Final = 60


def to_messages(
    row: Mapping[str, Any], *, columns: ColumnMapping | Mapping[str, str] | None = None
) -> Conversation:
    """Read the conversation a row holds.

    Without a mapping the first of `LAYOUTS` counts whose columns all hold a value; if there is none,
    the first whose columns exist, so that the message names what is null. Texts stay as they are.
    A leading system turn, or else a system column, is set aside.

    Args:
        row: the columns of the row by name, as JSON, Parquet, `datasets` or pandas have them.
        columns: explicit mapping; nothing but the columns it names is read then.

    Raises:
        BadInput: the row holds no such conversation; one line says where and what was expected.
        ConfigError: the mapping itself is wrong.
    """
    mapping = _detect_layout(row) if columns is None else _check_mapping(row, columns)
    turns = _read_all_turns(row, mapping)
    system = _read_addition(row, mapping.system)
    if turns and turns[0].role == "system":
        leading = turns.pop(0).content
        system = leading if leading.strip() else system
    _check_turns(turns, mapping)
    return Conversation([{"role": turn.role, "content": turn.content} for turn in turns], system)


def _detect_layout(row: Mapping[str, Any]) -> ColumnMapping:
    present = [(layout, columns) for layout, columns in _LAYOUT_COLUMNS if row.keys() >= columns]
    filled = (layout for layout, columns in present if all(_has_value(row, column) for column in columns))
    if not present:
        raise BadInput(
            f"no conversation in {_list_columns(row)}: expected messages, conversations, conversation, "
            "a pair such as prompt/completion, instruction/output or question/answer, or a column mapping"
        )
    layout = next(filled, present[0][0])
    system = next((column for column in SYSTEM_COLUMNS if _has_value(row, column)), "")
    return replace(layout, system=system) if system else layout


def _check_mapping(row: Mapping[str, Any], columns: ColumnMapping | Mapping[str, str]) -> ColumnMapping:
    mapping = columns if isinstance(columns, ColumnMapping) else ColumnMapping.from_names(columns)
    for column in mapping.columns:
        if column not in row:
            raise BadInput(
                f"{name_column(column)}: expected by the column mapping, found {_list_columns(row)}"
            )
    return mapping


def _read_all_turns(row: Mapping[str, Any], mapping: ColumnMapping) -> list[Turn]:
    if mapping.messages:
        return read_turns(mapping.messages, row[mapping.messages])
    turns = _read_side(row, mapping.user, "user")
    addition = _read_addition(row, mapping.input)
    if addition and turns and turns[-1].content.strip():
        turns[-1] = turns[-1]._replace(content=f"{turns[-1].content}\n\n{addition}")
    return turns + _read_side(row, mapping.assistant, "assistant")


def _read_addition(row: Mapping[str, Any], column: str) -> str:
    value = plain_value(row[column]) if column else None
    text = "" if value is None else read_text(name_column(column), value)
    return text if text.strip() else ""


def _read_side(row: Mapping[str, Any], column: str, role: str) -> list[Turn]:
    value = plain_value(row[column])
    if isinstance(value, list):
        return read_turns(column, value)
    place = name_column(column)
    return [Turn(place, role, read_text(place, value))]


def _check_turns(turns: list[Turn], mapping: ColumnMapping) -> None:
    for turn, role in zip(turns, cycle(("user", "assistant")), strict=False):
        if turn.role != role:
            raise BadInput(f"{turn.place}: expected role {role!r}, found {turn.role!r}")
        if not turn.content.strip():
            raise BadInput(f"{turn.place}: expected text, found nothing but white space")
    if not turns:
        place = name_column(mapping.columns[0])
        raise BadInput(f"{place}: expected at least a user and an assistant turn, found none")
    if turns[-1].role != "assistant":
        raise BadInput(f"{turns[-1].place}: expected an answer to it, found none")


def _has_value(row: Mapping[str, Any], column: str) -> bool:
    return plain_value(row.get(column)) is not None


def _list_columns(row: Mapping[str, Any]) -> str:
    if not row:
        return "a row without columns"
    names = ", ".join([describe(column) for column in islice(row, 10)])
    cut = len(names) > _NAMES_LENGTH or len(row) > 10
    return f"the columns {names[:_NAMES_LENGTH]}{'...' * cut}"
