"""Settings for variety: what a system message has to be like, and what is asked beside it."""

from __future__ import annotations

from typing import Annotated, Final, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, NonNegativeInt, PositiveInt

from sysgen_distilabel.functionalities import FUNCTIONALITIES


def _check_functionality(name: str) -> str:
    if name not in FUNCTIONALITIES:
        raise ValueError(f"'{name}' is none of {', '.join(FUNCTIONALITIES)}")
    return name


FunctionalityName = Annotated[str, AfterValidator(_check_functionality)]
"""A functionality by its name: what YAML can hold, also that of distilabel."""

Share = Annotated[float, Field(ge=0, le=1)]
Expertise = Literal["novice", "intermediate", "expert"]
Length = Literal["short", "medium", "long"]
Criterion = Literal["defects", "verdicts"]

SAME_LANGUAGE: Final = "conversation"
"""The language of the conversation, as an entry of `languages`."""


class Conditions(BaseModel):
    """What the system messages of a run have to be like, drawn for each row.

    Attributes:
        seed: other seeds draw other conditions.
        functionality_dropout: share of rows in which a functionality is not asked for. Every
            functionality is asked for equally often then, so that rare ones become frequent.
        functionality_shares: share of rows in which a single functionality is asked for, over
            what the dropout says, such as `{Tool: 0.3}`.
        personas: users to write for, one drawn per row.
        expertise: how much that user knows, one level drawn per row.
        lengths: `short`, `medium` or `long`, one drawn per row.
        languages: English names of languages, one drawn per row; `conversation` stands for that
            of the conversation.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    seed: int = 0
    functionality_dropout: Share = 0.0
    functionality_shares: dict[FunctionalityName, Share] = Field(default_factory=dict)
    personas: list[str] = Field(default_factory=list)
    expertise: list[Expertise] = Field(default_factory=list)
    lengths: list[Length] = Field(default_factory=list)
    languages: list[str] = Field(default_factory=list)


class Variety(BaseModel):
    """Options that make a dataset more varied or more demanding; all are off by default.

    Attributes:
        conditions: what the system messages have to be like, drawn for each row.
        tools_column: input column with the schemas of the tools the assistant has.
        candidates: system messages written for each row, of which one is chosen.
        select_by: the candidate with the fewest `defects` in its tags, or with the largest share
            of phrases that the verifier calls Good (`verdicts`).
        max_similarity: rows whose system message is more similar to that of an earlier row are
            rejected: Jaccard similarity of their runs of three words, estimated.
        response_candidates: aligned responses given for each row, of which a judge chooses the one
            that follows most of the system message; `task_engines.select_response` names a judge
            other than the engine of the run.
        conflicting_share: share of rows that get a last user turn which conflicts with the system
            message, and an answer that keeps to the message.
        added_turns: user turns by which an accepted conversation is extended at most, as long as the
            answers keep the constraints of its message; needs the setting `constraints`.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    conditions: Conditions | None = None
    tools_column: str | None = None
    candidates: PositiveInt = 1
    select_by: Criterion = "defects"
    max_similarity: Annotated[float, Field(gt=0, lt=1)] | None = None
    response_candidates: PositiveInt = 1
    conflicting_share: Share = 0.0
    added_turns: NonNegativeInt = 0
