"""Which column of a row holds which part of its conversation: messages, ShareGPT, Alpaca, prompt columns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from functools import lru_cache
from itertools import islice
from typing import Any, Final

from sysgen_distilabel.blank_text import is_blank
from sysgen_distilabel.errors import BadInput, ConfigError
from sysgen_distilabel.inputs.turn_forms import ROLE_KEYS
from sysgen_distilabel.inputs.values import describe, is_absent, name_column, plain_value


@dataclass(frozen=True, slots=True)
class ColumnMapping:
    """Which column of a row holds what; an empty name stands for none.

    Attributes:
        messages: a list of turns; nothing but `system` goes with it.
        user: what the user says, as text or a list of turns.
        assistant: the answer, as text or a list of turns; it may be missing if only prompts are read.
        input: text added to `user` after a blank line; it may be blank or null.
        system: the existing system message; it may be blank or null.

    Raises:
        ConfigError: neither `messages` alone nor `user` is named.
    """

    messages: str = ""
    user: str = ""
    assistant: str = ""
    input: str = ""
    system: str = ""

    def __post_init__(self) -> None:
        if bool(self.messages) == bool(self.user or self.assistant or self.input) or (
            not self.messages and not self.user
        ):
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
    def needed(self) -> tuple[str, ...]:
        """The names of the columns that have to be filled: all but those that only add to others."""
        return tuple([name for name in (self.messages, self.user, self.assistant) if name])

    @property
    def columns(self) -> tuple[str, ...]:
        """The names of the columns it reads."""
        names = (self.messages, self.user, self.assistant, self.input, self.system)
        return tuple([name for name in names if name])


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
    ColumnMapping(user="input", assistant="output"),
    ColumnMapping(messages="dialogue"),
    ColumnMapping(messages="dialog"),
    ColumnMapping(messages="turns"),
    ColumnMapping(messages="data"),
    ColumnMapping(messages="contents"),
    ColumnMapping(messages="chat_messages"),
)
"""The layouts known without a mapping, in the order they are tried."""

PROMPT_LAYOUTS: Final = (
    *(layout for layout in LAYOUTS if layout.messages),
    ColumnMapping(user="prompt"),
    ColumnMapping(user="instruction", input="input"),
    ColumnMapping(user="instruction", input="context"),
    *(ColumnMapping(user=name) for name in ("instruction", "question", "query", "problem", "input", "text")),
)
"""The same where answers are not looked at."""

SYSTEM_COLUMNS: Final = (
    "system", "system_prompt", "system_message", "custom_instructions", "systemInstruction",
    "system_instruction",
)  # fmt: skip
"""The columns that may hold an existing system message beside any layout, in the order they are tried."""

HISTORY: Final = "history"
"""The column in which LLaMA-Factory and MS-Swift keep the turns before the question, mostly as pairs."""

TEMPLATE_SETTINGS: Final = "chat_template_kwargs"
"""The column in which SmolTalk2 keeps the system message, as `custom_instructions`."""

KNOWN_COLUMNS: Final = frozenset(column for layout in LAYOUTS for column in layout.columns)
"""Every column that a layout has."""

_NAMES_LENGTH: Final = 60
_NOTHING: Final = ("[]", "{}", "null")


def find_layout(row: Mapping[str, Any], *, prompts_only: bool = False) -> ColumnMapping:
    """The first of `LAYOUTS`, or of `PROMPT_LAYOUTS`, whose columns the row has, filled if there is one.

    Raises:
        BadInput: the row has the columns of none.
    """
    present = _find_present(frozenset(row), prompts_only)
    if not present:
        raise BadInput(
            f"no conversation in {list_columns(row)}: expected messages, conversations, conversation, "
            "a pair such as prompt/completion, instruction/output or question/answer, or a column mapping"
        )
    filled = (layout for layout in present if not any(_holds_nothing(row[name]) for name in layout.needed))
    layout = next(filled, present[0])
    there = (column for column in SYSTEM_COLUMNS if column in row and not is_absent(row[column]))
    system = next(there, "")
    return replace(layout, system=system) if system else layout


def _holds_nothing(value: Any) -> bool:
    """Whether a column holds nothing, be it written as text, or as turns that have a speaker alone."""
    if isinstance(value, str):
        return is_blank(value) or value.strip() in _NOTHING
    value = plain_value(value)
    if not isinstance(value, list):
        return is_absent(value)
    spoken = (turn for turn in value if not is_absent(turn))
    return all(isinstance(turn, Mapping) and is_absent(_without_speaker(turn)) for turn in spoken)


def _without_speaker(turn: Mapping[str, Any]) -> list[Any]:
    return [value for key, value in turn.items() if key not in ROLE_KEYS]


def check_mapping(row: Mapping[str, Any], mapping: ColumnMapping) -> ColumnMapping:
    """The mapping itself.

    Raises:
        BadInput: the row lacks a column that it names.
    """
    for column in mapping.columns:
        if column not in row:
            raise BadInput(
                f"{name_column(column)}: expected by the column mapping, found {list_columns(row)}"
            )
    return mapping


def find_system(row: Mapping[str, Any]) -> Any:
    """The system message among the settings of a chat template, as SmolTalk2 has it; None without one."""
    settings = row.get(TEMPLATE_SETTINGS)
    return settings.get("custom_instructions") if isinstance(settings, Mapping) else None


def find_trained(row: Mapping[str, Any]) -> Any:
    """Which turns to learn from, as the Nemotron data sets say it of a row: a list; None if it does not."""
    metadata = row.get("metadata")
    held = metadata if isinstance(metadata, Mapping) else row
    return plain_value(held.get("train_turns", row.get("train_turns")))


def list_columns(row: Mapping[str, Any]) -> str:
    """How messages name the columns of a row."""
    if not row:
        return "a row without columns"
    names = ", ".join([describe(column) for column in islice(row, 10)])
    cut = len(names) > _NAMES_LENGTH or len(row) > 10
    return f"the columns {names[:_NAMES_LENGTH]}{'...' * cut}"


@lru_cache(maxsize=4096)
def _find_present(columns: frozenset[str], prompts_only: bool) -> tuple[ColumnMapping, ...]:
    layouts = PROMPT_LAYOUTS if prompts_only else LAYOUTS
    return tuple([layout for layout in layouts if columns >= set(layout.columns)])
