"""What an engine answers to one request: a reply, possibly with a typed fault."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final

from sysgen_distilabel.outcome import Outcome


class FaultKind(StrEnum):
    """What went wrong with a request.

    `unreachable`: nobody listens at the engine's address, so the request was not even sent;
    `connection`: the connection broke while it was answered.
    """

    UNREACHABLE = "unreachable"
    CONNECTION = "connection"
    TIMEOUT = "timeout"
    RATE_LIMITED = "rate_limited"
    SERVER_ERROR = "server_error"
    UNREADABLE_BODY = "unreadable_body"
    UNAUTHORIZED = "unauthorized"
    NOT_FOUND = "not_found"
    BAD_REQUEST = "bad_request"
    CONTENT_FILTER = "content_filter"
    TRUNCATED = "truncated"
    EMPTY = "empty"
    UNKNOWN = "unknown"


RETRYABLE: Final[frozenset[FaultKind]] = frozenset(
    {
        FaultKind.UNREACHABLE,
        FaultKind.CONNECTION,
        FaultKind.TIMEOUT,
        FaultKind.RATE_LIMITED,
        FaultKind.SERVER_ERROR,
        FaultKind.UNREADABLE_BODY,
    }
)
"""Faults after which the very same request may succeed: it was not answered."""

ENGINE_FAULTS: Final[frozenset[FaultKind]] = RETRYABLE | {
    FaultKind.UNAUTHORIZED,
    FaultKind.NOT_FOUND,
    FaultKind.UNKNOWN,
}
"""Faults that say nothing about the request: a later run asks it again, once the cause is mended."""

_OUTCOMES: Final[dict[FaultKind, Outcome]] = {
    FaultKind.CONTENT_FILTER: Outcome.CONTENT_FILTER,
    FaultKind.TRUNCATED: Outcome.TRUNCATED_REPLY,
    FaultKind.EMPTY: Outcome.NO_REPLY,
}


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a reply cannot be used.

    Attributes:
        kind: the type of the fault.
        message: the engine's own words, shortened, without secrets.
    """

    kind: FaultKind
    message: str = ""

    @property
    def retryable(self) -> bool:
        """Whether asking the very same request again may succeed."""
        return self.kind in RETRYABLE

    @property
    def is_answer(self) -> bool:
        """Whether the engine has answered the request for good, and need not be asked again."""
        return self.kind not in ENGINE_FAULTS

    @property
    def outcome(self) -> Outcome:
        """The reason a row is rejected for when this fault is final."""
        return _OUTCOMES.get(self.kind, Outcome.ENGINE_ERROR)


@dataclass(frozen=True, slots=True)
class Reply:
    """The answer to one request.

    Attributes:
        text: the generated text, or `None` if there is none.
        finish_reason: the engine's word for why it stopped, `""` if it does not say.
        prompt_tokens: tokens of the prompt, 0 if the engine does not say.
        completion_tokens: tokens generated, 0 if the engine does not say.
        cached_tokens: tokens of the prompt found in the engine's prefix cache, 0 if unknown.
        latency: seconds from sending the request to its answer, without waiting for a slot.
        tries: how often the request was sent, 1 without retries, 0 if another run has paid for the answer.
        fault: why the reply cannot be used, `None` for a good one.
        extra: further keys of distilabel's `GenerateOutput` (such as `logprobs`), one value each.
    """

    text: str | None
    finish_reason: str = ""
    prompt_tokens: int = 0
    completion_tokens: int = 0
    cached_tokens: int = 0
    latency: float = 0.0
    tries: int = 1
    fault: Fault | None = None
    extra: dict[str, Any] = field(default_factory=dict)

    @property
    def is_refusal(self) -> bool:
        """Whether the engine refused the request as it stands."""
        return self.fault is not None and self.fault.kind is FaultKind.BAD_REQUEST
