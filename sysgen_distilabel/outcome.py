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
    MEDIA_INPUT = "media_input"
    UNANSWERED_INPUT = "unanswered_input"
    HAS_SYSTEM_MESSAGE = "has_system_message"
    NO_REPLY = "no_reply"
    TRUNCATED_REPLY = "truncated_reply"
    DEGENERATE_REPLY = "degenerate_reply"
    CONTENT_FILTER = "content_filter"
    ENGINE_ERROR = "engine_error"
    TASK_ERROR = "task_error"
    NO_VALID_PHRASE = "no_valid_phrase"
    COPIED_DEMONSTRATION = "copied_demonstration"
    LEAK = "leak"
    FAULTY_PHRASE = "faulty_phrase"
    WRONG_LANGUAGE = "wrong_language"
    EVERY_PHRASE_DROPPED = "every_phrase_dropped"
    UNREADABLE_VERDICT = "unreadable_verdict"
    EVERY_PHRASE_REJECTED = "every_phrase_rejected"
    NEAR_DUPLICATE = "near_duplicate"
    EMPTY_ANSWER = "empty_answer"
    BROKEN_CONSTRAINT = "broken_constraint"
    FAULTY_ANSWER = "faulty_answer"
    WRONG_ANSWER = "wrong_answer"
    NOT_ALIGNED = "not_aligned"
    LOW_LIFT = "low_lift"
    NO_ORIGINAL_RESPONSE = "no_original_response"
    NOTHING_TO_CONTRAST = "nothing_to_contrast"
    SAME_RESPONSE = "same_response"
    LENGTH_MISMATCH = "length_mismatch"
    FOLLOWS_SYSTEM_MESSAGE = "follows_system_message"
    CHOSEN_VIOLATES = "chosen_violates"
    JUDGED_TIE = "judged_tie"
    JUDGED_WORSE = "judged_worse"

    @property
    def explanation(self) -> str:
        """What the outcome means, for reports and cards."""
        return _EXPLANATIONS[self]

    @property
    def remedy(self) -> str:
        """What helps if many rows end like this, with `{step}` for the step; empty if nothing is known to."""
        return _REMEDIES.get(self, "")


SUBSETS: Final = ("accepted", "rejected")
"""The subsets that a dataset of a run has."""

PAIR_REASONS: Final[tuple[Outcome, ...]] = (
    Outcome.NO_ORIGINAL_RESPONSE,
    Outcome.NOTHING_TO_CONTRAST,
    Outcome.SAME_RESPONSE,
    Outcome.LENGTH_MISMATCH,
    Outcome.FOLLOWS_SYSTEM_MESSAGE,
    Outcome.CHOSEN_VIOLATES,
    Outcome.JUDGED_TIE,
    Outcome.JUDGED_WORSE,
)
"""The reasons that only a preference pair can be left out for."""

INPUT_REASONS: Final[tuple[Outcome, ...]] = (
    Outcome.BAD_INPUT,
    Outcome.MEDIA_INPUT,
    Outcome.UNANSWERED_INPUT,
)
"""The reasons that lie in the input itself: asking the engine again does not mend them."""

REASONS: Final[tuple[Outcome, ...]] = tuple(
    o for o in Outcome if o not in (Outcome.PENDING, Outcome.ACCEPTED, *PAIR_REASONS)
)
"""Every reason a row of a run can be rejected for."""

_EXPLANATIONS: Final[dict[Outcome, str]] = {
    Outcome.PENDING: "still on its way through the phases",
    Outcome.ACCEPTED: "has a system message of phrases verified as Good, and answers given under it",
    Outcome.BAD_INPUT: "the input row holds no conversation that can be read",
    Outcome.MEDIA_INPUT: "the input row holds images, audio or video, which are not read",
    Outcome.UNANSWERED_INPUT: "the conversation ends unanswered, see the setting `trailing_user`",
    Outcome.HAS_SYSTEM_MESSAGE: "the input row has a system message, and such rows are passed by",
    Outcome.NO_REPLY: "the engine answered with nothing",
    Outcome.TRUNCATED_REPLY: "the reply hit the limit of new tokens",
    Outcome.DEGENERATE_REPLY: "the reply repeats the same words without end",
    Outcome.CONTENT_FILTER: "the engine's content filter withheld the reply",
    Outcome.ENGINE_ERROR: "the engine failed on this request, also after retries",
    Outcome.TASK_ERROR: "the Task itself failed on this row",
    Outcome.NO_VALID_PHRASE: "no phrase of the annotated system message is correctly tagged",
    Outcome.COPIED_DEMONSTRATION: "a phrase was copied from a demonstration in the prompt",
    Outcome.LEAK: "a phrase says what only someone who has read the answer can know",
    Outcome.FAULTY_PHRASE: "a phrase is a fragment, says nothing, contradicts another or names a wrong tool",
    Outcome.WRONG_LANGUAGE: "the system message is in another language than the user's turns",
    Outcome.EVERY_PHRASE_DROPPED: "the checks dropped every phrase",
    Outcome.UNREADABLE_VERDICT: "the verifier's reply holds no verdict for some functionality",
    Outcome.EVERY_PHRASE_REJECTED: "the verifier called no phrase Good",
    Outcome.NEAR_DUPLICATE: "the system message is nearly that of an earlier row",
    Outcome.EMPTY_ANSWER: "an aligned response is blank",
    Outcome.BROKEN_CONSTRAINT: "an aligned response breaks a constraint that a program can check",
    Outcome.FAULTY_ANSWER: "a response is no answer: a refusal, talk about the message, another language",
    Outcome.WRONG_ANSWER: "a response does not reach the final answer of the original",
    Outcome.NOT_ALIGNED: "a judge finds that a response does not follow the system message",
    Outcome.LOW_LIFT: "the system message explains the last response less than is asked for (`MeasureLift`)",
    Outcome.NO_ORIGINAL_RESPONSE: "the last turn was added and has no original response",
    Outcome.NOTHING_TO_CONTRAST: "the system message has no functionality to drop or flip",
    Outcome.SAME_RESPONSE: "both responses are the same text",
    Outcome.LENGTH_MISMATCH: "one response is too much longer than the other",
    Outcome.FOLLOWS_SYSTEM_MESSAGE: "the judge does not find that the original response violates the message",
    Outcome.CHOSEN_VIOLATES: "the judge says that the aligned response breaks the system message",
    Outcome.JUDGED_TIE: "the judge's choice changes with the order of the responses",
    Outcome.JUDGED_WORSE: "the judge prefers the other response in both orders",
}

_ASK_AGAIN: Final = "--max-attempts 3 asks for another"
_KEPT_BY: Final = f"{_ASK_AGAIN}; `--check {{}}=mark` keeps such rows"

_REMEDIES: Final[dict[Outcome, str]] = {
    Outcome.BAD_INPUT: (
        "`sysgen show RUN --rejected` has them; --column, --role or --turn-key name turns not found"
    ),
    Outcome.MEDIA_INPUT: "--column can name the text alone",
    Outcome.UNANSWERED_INPUT: "--trailing-user answer or drop takes them in, and so does --prompts-only",
    Outcome.HAS_SYSTEM_MESSAGE: "`existing_system: show`, `keep` or `replace` takes them in",
    Outcome.NO_REPLY: "the log says more; a model that thinks may need a larger `max_new_tokens` of {step}",
    Outcome.TRUNCATED_REPLY: "raise `max_new_tokens` of {step} under `generation_kwargs` in --config",
    Outcome.DEGENERATE_REPLY: f"{_ASK_AGAIN}, and so does a larger model",
    Outcome.CONTENT_FILTER: "name another engine for {step} under `task_engines`",
    Outcome.ENGINE_ERROR: "`outcome_detail` has the words of the engine; --retry engine_error asks again",
    Outcome.TASK_ERROR: "the log has the error; please report it",
    Outcome.NO_VALID_PHRASE: "--structured-outputs on, --repair, --max-attempts 3 or a larger model help",
    Outcome.COPIED_DEMONSTRATION: _KEPT_BY.format("copies"),
    Outcome.LEAK: _KEPT_BY.format("leaks"),
    Outcome.FAULTY_PHRASE: f"{_ASK_AGAIN}; the policy `mark` of its check (see `findings`) keeps them",
    Outcome.WRONG_LANGUAGE: _KEPT_BY.format("language"),
    Outcome.EVERY_PHRASE_DROPPED: f"{_ASK_AGAIN}; the policy `mark` of the checks in `findings` keeps them",
    Outcome.UNREADABLE_VERDICT: "--structured-outputs on and --max-attempts 3 help",
    Outcome.EVERY_PHRASE_REJECTED: "--verdict-per phrase judges each phrase alone",
    Outcome.NEAR_DUPLICATE: "a larger `max_similarity` under `variety` keeps more of them",
    Outcome.EMPTY_ANSWER: _ASK_AGAIN,
    Outcome.BROKEN_CONSTRAINT: f"{_ASK_AGAIN}; `constraints: mark` keeps such rows",
    Outcome.FAULTY_ANSWER: _KEPT_BY.format("faults"),
    Outcome.WRONG_ANSWER: _KEPT_BY.format("answers"),
    Outcome.NOT_ALIGNED: _KEPT_BY.format("alignment"),
}
