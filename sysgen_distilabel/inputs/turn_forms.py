"""What data sets such as ShareGPT call speakers and the parts of a turn: the forms read without help."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final, Literal, cast, get_args

from sysgen_distilabel.errors import ConfigError

Role = Literal["system", "user", "assistant", "tool"]

ROLES: Final[Mapping[str, Role]] = {
    **dict.fromkeys(("user", "human", "prompter", "instructor", "customer", "client", "usr"), "user"),
    **dict.fromkeys(("assistant", "gpt", "chatgpt", "model", "bot", "ai", "chatbot", "llm"), "assistant"),
    **dict.fromkeys(("bing", "bard", "claude", "gemini", "copilot", "gpt-4", "gpt4"), "assistant"),
    **dict.fromkeys(("agent", "function_call", "function-call", "tool_call"), "assistant"),
    **dict.fromkeys(("system", "developer", "system_prompt", "sys"), "system"),
    **dict.fromkeys(("tool", "function", "observation", "ipython", "environment"), "tool"),
    **dict.fromkeys(("tool_response", "function_response", "function-response", "tool_result"), "tool"),
}
"""The role that each name of a speaker stands for; case, white space and a colon behind it do not matter."""

CALL_ROLES: Final = frozenset(("function_call", "function-call", "tool_call"))
"""The names of speakers whose text is the JSON of a tool call."""

ROLE_KEYS: Final = ("role", "from", "speaker", "author", "sender")
TEXT_KEYS: Final = ("content", "value", "text", "message", "utterance", "parts")
"""The keys of a turn that hold its speaker and its text, in the order they are looked for."""

PAIRS: Final = (
    ("input", "output"),
    ("user", "assistant"),
    ("human", "assistant"),
    ("human", "gpt"),
    ("prompt", "response"),
    ("question", "answer"),
    ("instruction", "output"),
    ("query", "response"),
)
"""The keys of an item that stands for two turns: the user's and the answer."""

CALL_KEYS: Final = ("tool_calls", "function_call")
WRITTEN_CALLS: Final = "function_calls"
"""The key of a turn that calls tools in a text of its own, as Dolci has it."""

REASONING_KEYS: Final = ("reasoning_content", "reasoning", "thinking", "thought", "thoughts")
"""The keys of a turn that hold what a model thought before it answered; it is set aside."""

MARKS: Final = ("weight", "train", "training", "loss", "loss_scale")
"""The keys of a turn that tell a trainer whether and how much to learn from it: numbers, true or false."""


@dataclass(frozen=True)
class TurnForms:
    """The forms of turns that are read: those above, and what the user says of the rest.

    Attributes:
        roles: further names of speakers, each with the role it stands for.
        turn_keys: the keys that hold the `role` and the `content` of a turn; without them those above.

    Raises:
        ConfigError: a role or a part of a turn is none of ours.
    """

    roles: Mapping[str, str] = field(default_factory=dict)
    turn_keys: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        known = get_args(Role)
        for name, role in self.roles.items():
            if role not in known:
                raise ConfigError(
                    f"roles: {name!r} cannot stand for {role!r}.",
                    f"Write one of {', '.join(known)}, such as --role bing=assistant.",
                )
        for part, key in self.turn_keys.items():
            if part not in ("role", "content") or not (isinstance(key, str) and key):
                raise ConfigError(
                    f"turn_keys: a turn has no part {part!r} that {key!r} could hold.",
                    "Name the keys of role and content, such as --turn-key role=speaker.",
                )

    def find_role(self, name: Any) -> Role | None:
        """The role that the name of a speaker stands for; None if it is not known."""
        return self._roles.get(name.strip(" \t\n:\uff1a").lower()) if isinstance(name, str) else None

    @cached_property
    def role_keys(self) -> tuple[str, ...]:
        """The keys that may hold the speaker of a turn."""
        return (self.turn_keys["role"],) if "role" in self.turn_keys else ROLE_KEYS

    @cached_property
    def text_keys(self) -> tuple[str, ...]:
        """The keys that may hold the text of a turn."""
        return (self.turn_keys["content"],) if "content" in self.turn_keys else TEXT_KEYS

    @cached_property
    def _roles(self) -> dict[str, Role]:
        return {**ROLES, **{name.strip().lower(): cast(Role, role) for name, role in self.roles.items()}}
