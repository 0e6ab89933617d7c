"""What becomes of a row: accepted, or rejected with one reason out of this list."""

from __future__ import annotations

from enum import StrEnum
from typing import Final


class Outcome(StrEnum):
    """The value of the column `outcome`; never null.

    A row is `pending` while it travels through the pipeline. Every other value is final: a
    row that has one passes the remaining phases untouched and costs no call.
    """

    PENDING = "pending"
    ACCEPTED = "accepted"
    BAD_INPUT = "bad_input"
    NO_REPLY = "no_reply"
    TRUNCATED_REPLY = "truncated_reply"
    CONTENT_FILTER = "content_filter"
    ENGINE_ERROR = "engine_error"
    TASK_ERROR = "task_error"
    NO_VALID_PHRASE = "no_valid_phrase"
    UNREADABLE_VERDICT = "unreadable_verdict"
    EVERY_PHRASE_REJECTED = "every_phrase_rejected"
    NEAR_DUPLICATE = "near_duplicate"
    EMPTY_ANSWER = "empty_answer"

    @property
    def explanation(self) -> str:
        """What the outcome means, for reports and cards."""
        return _EXPLANATIONS[self]


REASONS: Final[tuple[Outcome, ...]] = tuple(
    o for o in Outcome if o not in (Outcome.PENDING, Outcome.ACCEPTED)
)
"""Every reason a row can be rejected for."""

_EXPLANATIONS: Final[dict[Outcome, str]] = {
    Outcome.PENDING: "still on its way through the phases",
    Outcome.ACCEPTED: "has a verified system message and an aligned response to every turn",
    Outcome.BAD_INPUT: "the input row holds no conversation that can be read",
    Outcome.NO_REPLY: "the engine answered with nothing",
    Outcome.TRUNCATED_REPLY: "the reply hit the limit of new tokens",
    Outcome.CONTENT_FILTER: "the engine's content filter withheld the reply",
    Outcome.ENGINE_ERROR: "the engine failed on this request, also after retries",
    Outcome.TASK_ERROR: "the Task itself failed on this row",
    Outcome.NO_VALID_PHRASE: "no phrase of the annotated system message is correctly tagged",
    Outcome.UNREADABLE_VERDICT: "the verifier's reply holds no verdict for some functionality",
    Outcome.EVERY_PHRASE_REJECTED: "the verifier called no phrase Good",
    Outcome.NEAR_DUPLICATE: "the system message is nearly that of an earlier row",
    Outcome.EMPTY_ANSWER: "an aligned response is blank",
}
