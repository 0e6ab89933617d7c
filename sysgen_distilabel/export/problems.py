"""Why a row is not exported, by the names that counts and cards use."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple


class Problem(StrEnum):
    """Why a row is not exported; the value is its name in counts."""

    HELD_OUT = "held_out"
    REFUSED = "refused"
    SYSTEM_LOST = "system_lost"
    TURN_LOST = "turn_lost"
    END_LOST = "end_lost"
    DOUBLED = "doubled"
    NOT_MARKED = "not_marked"
    REASONING_LOST = "reasoning_lost"
    SPECIAL_TOKEN = "special_token"
    TOO_LONG = "too_long"
    NO_PLACE = "no_place"
    BAD_CALL = "bad_call"
    NO_ANSWER = "no_answer"
    NO_MARK = "no_mark"
    NOTHING_TO_LEARN = "nothing_to_learn"

    @property
    def explanation(self) -> str:
        """What it means, for people."""
        return _EXPLANATIONS[self]


_EXPLANATIONS = {
    Problem.HELD_OUT: "its id is held out of training, to evaluate with",
    Problem.REFUSED: "the chat template refuses the conversation",
    Problem.SYSTEM_LOST: "the text of the system message is not in what the chat template renders",
    Problem.TURN_LOST: "the text of a turn is not in what the chat template renders",
    Problem.END_LOST: "an answer is not followed by its end token, so the model would not learn to stop",
    Problem.DOUBLED: "the chat template writes a turn, or the end token of an answer, more than once",
    Problem.NOT_MARKED: "the marks of the chat template do not cover the answers and their end tokens alone",
    Problem.REASONING_LOST: "what the model thought before the last answer is not in what is rendered",
    Problem.SPECIAL_TOKEN: "a text holds the name of a special token, which would break up the turn",
    Problem.NO_PLACE: "the layout or the chat template has no place for its turns: tool calls, or a greeting",
    Problem.BAD_CALL: "the arguments of a tool call are no JSON object, which no template writes as one",
    Problem.NO_ANSWER: "the source has no answer, and an arm with original answers needs one",
    Problem.NO_MARK: (
        "an earlier answer was not given under its system message, and nothing in this layout keeps the"
        " trainer from learning it: export as trl-prompt-completion"
    ),
    Problem.TOO_LONG: "it has more tokens than the length limit, and the trainer would cut it off",
    Problem.NOTHING_TO_LEARN: "no token of it would be learnt from",
}


class Finding(NamedTuple):
    """What is wrong with one conversation, and where."""

    problem: Problem
    detail: str = ""
