"""The columns of a SysGen dataset: their order, their types and their empty values, in one place."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    import pyarrow as pa

SOURCE_ID: Final = "source_id"
MESSAGES: Final = "messages"
ORIGINAL_SYSTEM_MESSAGE: Final = "original_system_message"
ANNOTATED_SYSTEM_MESSAGE: Final = "annotated_system_message"
PHRASES: Final = "phrases"
TAG_DEFECTS: Final = "tag_defects"
SYSTEM_MESSAGE: Final = "system_message"
ALIGNED_MESSAGES: Final = "aligned_messages"
OUTCOME: Final = "outcome"
OUTCOME_DETAIL: Final = "outcome_detail"
REJECTED_BY: Final = "rejected_by"
MODEL_NAME: Final = "model_name"
USAGE: Final = "usage"
RESPONSE_METRICS: Final = "response_metrics"
CONSTRAINTS: Final = "constraints"
BROKEN_CONSTRAINTS: Final = "broken_constraints"
PAIR_JUDGEMENTS: Final = "pair_judgements"
ALIGNMENT_JUDGEMENTS: Final = "alignment_judgements"
TOOLS: Final = "tools"
WANTED_FUNCTIONALITIES: Final = "wanted_functionalities"
PERSONA: Final = "persona"
EXPERTISE: Final = "expertise"
WANTED_LENGTH: Final = "wanted_length"
WANTED_LANGUAGE: Final = "wanted_language"
CANDIDATES: Final = "candidates"
RESPONSE_CANDIDATES: Final = "response_candidates"
CONFLICTING_TURN: Final = "conflicting_turn"
BENCHMARK_ITEM: Final = "benchmark_item"
RESPONSES: Final = "responses"
JUDGEMENTS: Final = "judgements"
PAIR_KIND: Final = "pair_kind"
CONTRAST_KIND: Final = "contrast_kind"
CONTRAST_FUNCTIONALITY: Final = "contrast_functionality"
CONTRAST_SYSTEM_MESSAGE: Final = "contrast_system_message"
CONTRAST_RESPONSE: Final = "contrast_response"
REJECTED_MESSAGES: Final = "rejected_messages"
PROMPT: Final = "prompt"
CHOSEN: Final = "chosen"
REJECTED: Final = "rejected"
CHOSEN_LENGTH: Final = "chosen_length"
REJECTED_LENGTH: Final = "rejected_length"
SCORE_CHOSEN: Final = "score_chosen"
SCORE_REJECTED: Final = "score_rejected"

TEXT_METRICS: Final = ("rouge1", "rouge2", "rougeL", "gleu", "length_ratio")
MODEL_METRICS: Final = ("embedding_similarity", "bertscore")
METRICS: Final = (*TEXT_METRICS, *MODEL_METRICS)
"""What the column `response_metrics` holds per turn."""

STATE: Final[tuple[str, ...]] = (OUTCOME, OUTCOME_DETAIL, REJECTED_BY)
"""The columns that say what has become of a row so far."""

_EMPTY: Final[dict[str, str | list[Any]]] = {
    SOURCE_ID: "",
    MESSAGES: [],
    ORIGINAL_SYSTEM_MESSAGE: "",
    ANNOTATED_SYSTEM_MESSAGE: "",
    PHRASES: [],
    TAG_DEFECTS: [],
    SYSTEM_MESSAGE: "",
    ALIGNED_MESSAGES: [],
    OUTCOME: "",
    OUTCOME_DETAIL: "",
    REJECTED_BY: "",
    MODEL_NAME: "",
    USAGE: [],
}

COLUMNS: Final[tuple[str, ...]] = tuple(_EMPTY)
"""The columns every finished dataset has, in their order."""

CONDITIONS: Final[tuple[str, ...]] = (
    WANTED_FUNCTIONALITIES,
    PERSONA,
    EXPERTISE,
    WANTED_LENGTH,
    WANTED_LANGUAGE,
)
"""The columns that say what a generated system message has to be like."""

PAIR_COLUMNS: Final[tuple[str, ...]] = (
    SOURCE_ID,
    PAIR_KIND,
    PROMPT,
    CHOSEN,
    REJECTED,
    CHOSEN_LENGTH,
    REJECTED_LENGTH,
    SCORE_CHOSEN,
    SCORE_REJECTED,
    CONTRAST_KIND,
    CONTRAST_FUNCTIONALITY,
)
"""The columns of the subset `preferences`, in their order."""

_EMPTY_OPTIONAL: Final[dict[str, str | list[Any] | float]] = {
    CONSTRAINTS: [],
    BROKEN_CONSTRAINTS: [],
    RESPONSE_METRICS: [],
    TOOLS: "",
    WANTED_FUNCTIONALITIES: [],
    PERSONA: "",
    EXPERTISE: "",
    WANTED_LENGTH: "",
    WANTED_LANGUAGE: "",
    CANDIDATES: [],
    CONFLICTING_TURN: "",
    RESPONSE_CANDIDATES: [],
    PAIR_KIND: "",
    PROMPT: [],
    CHOSEN: [],
    REJECTED: [],
    CHOSEN_LENGTH: 0,
    REJECTED_LENGTH: 0,
    SCORE_CHOSEN: 0.0,
    SCORE_REJECTED: 0.0,
    CONTRAST_KIND: "",
    CONTRAST_FUNCTIONALITY: "",
    CONTRAST_SYSTEM_MESSAGE: "",
    CONTRAST_RESPONSE: "",
    REJECTED_MESSAGES: [],
    PAIR_JUDGEMENTS: [],
    ALIGNMENT_JUDGEMENTS: [],
    BENCHMARK_ITEM: "",
    RESPONSES: [],
    JUDGEMENTS: [],
}

OPTIONAL_COLUMNS: Final[tuple[str, ...]] = tuple(_EMPTY_OPTIONAL)
"""The columns that only some Steps add, in the order a dataset has them behind the others."""

ALL_COLUMNS: Final[tuple[str, ...]] = COLUMNS + OPTIONAL_COLUMNS
"""Every column of ours; no Step gives one of these names another meaning."""

MEANINGS: Final[dict[str, str]] = {
    SOURCE_ID: "identifies the input row: given by the data, else a hash of its content",
    MESSAGES: "the original conversation, user and assistant turns",
    ORIGINAL_SYSTEM_MESSAGE: "the system message the input came with, mostly empty",
    ANNOTATED_SYSTEM_MESSAGE: "the generator's tagged text as it came",
    PHRASES: "its valid phrases in canonical order, each with functionality and verdict",
    TAG_DEFECTS: "what was dropped or mended in the tags, and where",
    SYSTEM_MESSAGE: "the phrases called Good, as plain text",
    ALIGNED_MESSAGES: "the system message and the turns with regenerated answers; train on this",
    OUTCOME: "`accepted`, or the reason the row was rejected for",
    OUTCOME_DETAIL: "what exactly was wrong, empty for accepted rows",
    REJECTED_BY: "the step that rejected the row, empty for accepted rows",
    MODEL_NAME: "the model that answered last",
    USAGE: "calls and tokens per Task and model",
    CONSTRAINTS: "what the system message asks for and a program can check: verifier and arguments",
    BROKEN_CONSTRAINTS: "the constraints that an aligned response breaks, and in which turn",
    RESPONSE_METRICS: "per turn, how close the aligned response is to the original one",
    PAIR_JUDGEMENTS: "per question, which of the original and the aligned response a judge calls better",
    ALIGNMENT_JUDGEMENTS: "per functionality, whether a judge finds the system message followed",
    TOOLS: "the schemas of the tools the assistant has, as JSON; empty if it has none",
    WANTED_FUNCTIONALITIES: "the functionalities the generator was to use, no others; empty if it was free",
    PERSONA: "the user the system message was to be written for",
    EXPERTISE: "how much that user knows: novice, intermediate or expert",
    WANTED_LENGTH: "the length the system message was to have: short, medium or long",
    WANTED_LANGUAGE: "the language it was to be written in; empty for that of the conversation",
    CANDIDATES: "the annotated system messages to choose from, each with its score",
    RESPONSE_CANDIDATES: "the aligned responses to choose from, each with its answers and its score",
    CONFLICTING_TURN: "a last user turn that conflicts with the system message, mostly empty",
    BENCHMARK_ITEM: "what a benchmark says of the row, as JSON: rubrics, criteria or constraints",
    RESPONSES: "what the model answered, one text per turn asked",
    JUDGEMENTS: "what the judge said of each criterion; a reply it cannot be read from has no verdict",
    PAIR_KIND: "where the rejected response is from: `original`, or `contrastive`",
    PROMPT: "the system message, the earlier turns and the user turn to answer",
    CHOSEN: "the aligned response, as one assistant message",
    REJECTED: "the response that breaks the system message, as one assistant message",
    CHOSEN_LENGTH: "characters of the chosen response",
    REJECTED_LENGTH: "characters of the rejected response",
    SCORE_CHOSEN: "share of the judge's verdicts for or against the chosen response that are for it, if any",
    SCORE_REJECTED: "the same share of the rejected response",
    CONTRAST_KIND: "how the contrastive system message differs: a functionality dropped or flipped",
    CONTRAST_FUNCTIONALITY: "the functionality in which it differs",
    CONTRAST_SYSTEM_MESSAGE: "the system message the rejected response was given under",
    CONTRAST_RESPONSE: "what was answered under it",
    REJECTED_MESSAGES: "the turns with the rejected response at the end",
}
"""What each column holds, for dataset cards."""

REVIEW_MEANINGS: Final[dict[str, str]] = {
    "record_id": "the record in Argilla that was answered",
    "is_current": "whether the answers are about the row as it is now",
    "is_corrected": "whether people want other phrases or verdicts than the models",
    "reviewed_text": "the text in which the phrases were marked",
    "preferred_response": "the response most people prefer: original, aligned, tie or neither",
    "answered_at": "when the last of them answered, in UTC",
    "annotators": "pseudonyms of the people who answered",
    "answers": "what each of them answered",
}
"""What the columns of the subset `review` hold that no other subset has."""


def empty(column: str) -> str | list[Any] | float:
    """A fresh empty value of the column's type; a rejected row carries it instead of a null."""
    return copy.copy({**_EMPTY, **_EMPTY_OPTIONAL}[column])


def arrow_types() -> dict[str, pa.DataType]:
    """The Arrow type of every column of ours.

    The host's writer infers types from the first rows it sees and fails when they are empty,
    so the types are stated here and used by `sysgen_distilabel.host.write_buffer`.
    """
    import pyarrow as pa

    text, count = pa.string(), pa.int64()
    message = pa.struct({"role": text, "content": text})
    phrase = pa.struct({"functionality": text, "text": text, "verdict": text})
    judgement = {"verdict": text, "judge": text, "detail": text}
    orders = {"original_first": text, "aligned_first": text}
    tokens = {"calls": count, "prompt_tokens": count, "completion_tokens": count}
    criterion = pa.struct({"turn": count, "criterion": text, "verdict": text, "reason": text})
    special = {
        MESSAGES: pa.list_(message),
        PHRASES: pa.list_(phrase),
        TAG_DEFECTS: pa.list_(text),
        WANTED_FUNCTIONALITIES: pa.list_(text),
        **dict.fromkeys((PROMPT, CHOSEN, REJECTED, REJECTED_MESSAGES), pa.list_(message)),
        **dict.fromkeys((CHOSEN_LENGTH, REJECTED_LENGTH), count),
        **dict.fromkeys((SCORE_CHOSEN, SCORE_REJECTED), pa.float64()),
        CANDIDATES: pa.list_(pa.struct({"text": text, "score": pa.float64()})),
        RESPONSE_CANDIDATES: pa.list_(pa.struct({"answers": pa.list_(text), "score": pa.float64()})),
        ALIGNED_MESSAGES: pa.list_(message),
        RESPONSES: pa.list_(text),
        JUDGEMENTS: pa.list_(criterion),
        USAGE: pa.list_(pa.struct({"task": text, "model_name": text, **tokens})),
        CONSTRAINTS: pa.list_(pa.struct({"verifier": text, "arguments": text, "phrase": text})),
        BROKEN_CONSTRAINTS: pa.list_(pa.struct({"turn": count, "verifier": text, "phrase": text})),
        RESPONSE_METRICS: pa.list_(pa.struct({"turn": count, **dict.fromkeys(METRICS, pa.float64())})),
        PAIR_JUDGEMENTS: pa.list_(pa.struct({"question": text, **orders, **judgement})),
        ALIGNMENT_JUDGEMENTS: pa.list_(pa.struct({"response": text, "functionality": text, **judgement})),
    }
    return {column: special.get(column, text) for column in ALL_COLUMNS}
