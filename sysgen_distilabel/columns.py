"""The columns of a SysGen dataset: one table with the order, the type and the meaning of each."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
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
LIFT: Final = "lift"
MARGIN: Final = "margin"
ANSWER_TURNS: Final = "answer_turns"
REASONING: Final = "reasoning"
COHERENCE: Final = "coherence"
CONSTRAINTS: Final = "constraints"
BROKEN_CONSTRAINTS: Final = "broken_constraints"
ANSWER_COMPARISONS: Final = "answer_comparisons"
PAIR_JUDGEMENTS: Final = "pair_judgements"
ALIGNMENT_JUDGEMENTS: Final = "alignment_judgements"
GOOD_SHARES: Final = "good_shares"
FINDINGS: Final = "findings"
CHECKED: Final = "checked"
TOOLS: Final = "tools"
TURN_FIELDS: Final = "turn_fields"
TOOL_TURNS: Final = "tool_turns"
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
TEXTS: Final = "texts"
TRANSLATIONS: Final = "translations"
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


@dataclass(frozen=True, slots=True)
class Column:
    """One column.

    Attributes:
        name: its name; no Step gives it another meaning.
        type: `str`, `int` or `float`, a list `[type]`, or a struct `{field: type}`.
        meaning: what it holds, for dataset cards.
    """

    name: str
    type: Any
    meaning: str

    @property
    def empty(self) -> str | list[Any] | float:
        """A fresh empty value of its type; a rejected row carries it instead of a null."""
        return [] if isinstance(self.type, list) else self.type()


MESSAGE: Final = {"role": str, "content": str}
_JUDGED: Final = {"verdict": str, "judge": str, "detail": str}

_EVERY_DATASET: Final = (
    Column(SOURCE_ID, str, "identifies the input row: given by the data, else a hash of its content"),
    Column(MESSAGES, [MESSAGE], "the original conversation: user and assistant turns, and results of tools"),
    Column(ORIGINAL_SYSTEM_MESSAGE, str, "the system message the input came with, mostly empty"),
    Column(ANNOTATED_SYSTEM_MESSAGE, str, "the generator's tagged text as it came"),
    Column(
        PHRASES,
        [{"functionality": str, "text": str, "verdict": str}],
        "its valid phrases in canonical order, each with functionality and verdict",
    ),
    Column(TAG_DEFECTS, [str], "what was dropped or mended in the tags, and where"),
    Column(SYSTEM_MESSAGE, str, "the phrases verified as Good, as plain text"),
    Column(
        ALIGNED_MESSAGES,
        [MESSAGE],
        "the system message and the turns with regenerated answers; train on this",
    ),
    Column(OUTCOME, str, "`accepted`, or the reason the row was rejected for"),
    Column(OUTCOME_DETAIL, str, "what exactly was wrong, empty for accepted rows"),
    Column(REJECTED_BY, str, "the step that rejected the row, empty for accepted rows"),
    Column(MODEL_NAME, str, "the model that answered last"),
    Column(
        USAGE,
        [{"task": str, "model_name": str, "calls": int, "prompt_tokens": int, "completion_tokens": int}],
        "calls and tokens per Task and model",
    ),
)

_SOME_STEPS: Final = (
    Column(GOOD_SHARES, [float], "per phrase, the share of several verdicts that call it Good"),
    Column(CHECKED, [str], "the checks that have looked at the row"),
    Column(
        FINDINGS,
        [
            {
                **dict.fromkeys(("check", "functionality", "phrase", "kind", "evidence", "action"), str),
                **dict.fromkeys(("phase", "turn"), int),
            }
        ],
        "what they have found, in which phrase or turn, and what was done with it",
    ),
    Column(
        CONSTRAINTS,
        [{"verifier": str, "arguments": str, "phrase": str}],
        "what the system message asks for and a program can check: verifier and arguments",
    ),
    Column(
        BROKEN_CONSTRAINTS,
        [{"turn": int, "verifier": str, "phrase": str}],
        "the constraints that an aligned response breaks, and in which turn",
    ),
    Column(
        ANSWER_TURNS,
        [{"turn": int, "answer": str, "refers_back": int, "rewritten_from": str}],
        "per turn, whether the aligned answer was `regenerated`, `kept` because it follows the message,"
        " `added` with its user turn, or is the `original` one; whether its user turn speaks of an earlier"
        " answer, and the turn it was before",
    ),
    Column(
        REASONING,
        [str],
        "per answer what the model thought before it; no part of any message, and empty for answers kept",
    ),
    Column(
        COHERENCE,
        [{"turn": int, **_JUDGED}],
        "per turn behind the first, whether a judge finds that it fits the turns in front of it",
    ),
    Column(
        ANSWER_COMPARISONS,
        [{"turn": int, **dict.fromkeys(("result", "kind", "original", "aligned", "judge"), str)}],
        "per turn, whether the aligned response reaches the final answer of the original one; `judge` is"
        " empty where code has told",
    ),
    Column(
        RESPONSE_METRICS,
        [{"turn": int, **dict.fromkeys(METRICS, float)}],
        "per turn, how close the aligned response is to the original one",
    ),
    Column(
        LIFT,
        [{"turn": int, "phrase": str, "aligned": float, "original": float, "tokens": int}],
        "per turn, by how much likelier the aligned and the original response are with the system message, in"
        " nats per token; then what the aligned one loses without each phrase",
    ),
    Column(MARGIN, float, "lift of the last aligned response minus that of the original one"),
    Column(
        TURN_FIELDS, str, "what turns hold beside role and text, as JSON, one object per turn; mostly empty"
    ),
    Column(TOOLS, str, "the schemas of the tools the assistant has, as JSON; empty if it has none"),
    Column(
        TOOL_TURNS,
        [{"turn": int, "call": str, "made": str}],
        "where tools came into play, for which answer: the model made the `same` call as the source, whose"
        " result was replayed; made an `other` one or `none`, so that the call is the source's or the answer"
        " without it; or was `unasked`, as the engine takes no tools; and the calls it made instead",
    ),
    Column(
        WANTED_FUNCTIONALITIES,
        [str],
        "the functionalities the generator was to use, no others; empty if it was free",
    ),
    Column(PERSONA, str, "the user the system message was to be written for"),
    Column(EXPERTISE, str, "how much that user knows: novice, intermediate or expert"),
    Column(WANTED_LENGTH, str, "the length the system message was to have: short, medium or long"),
    Column(WANTED_LANGUAGE, str, "the language it was to be written in; empty for that of the conversation"),
    Column(
        CANDIDATES,
        [{"text": str, "score": float}],
        "the annotated system messages to choose from, each with its score",
    ),
    Column(CONFLICTING_TURN, str, "a last user turn that conflicts with the system message, mostly empty"),
    Column(
        RESPONSE_CANDIDATES,
        [{"answers": [str], "score": float}],
        "the aligned responses to choose from, each with its answers and its score",
    ),
    Column(PAIR_KIND, str, "where the rejected response is from: `original`, or `contrastive`"),
    Column(PROMPT, [MESSAGE], "the system message, the earlier turns and the user turn to answer"),
    Column(CHOSEN, [MESSAGE], "the aligned response, as one assistant message"),
    Column(REJECTED, [MESSAGE], "the response that breaks the system message, as one assistant message"),
    Column(CHOSEN_LENGTH, int, "characters of the chosen response"),
    Column(REJECTED_LENGTH, int, "characters of the rejected response"),
    Column(
        SCORE_CHOSEN,
        float,
        "share of the judge's verdicts for or against the chosen response that are for it, if any",
    ),
    Column(SCORE_REJECTED, float, "the same share of the rejected response"),
    Column(
        CONTRAST_KIND, str, "how the contrastive system message differs: a functionality dropped or flipped"
    ),
    Column(CONTRAST_FUNCTIONALITY, str, "the functionality in which it differs"),
    Column(CONTRAST_SYSTEM_MESSAGE, str, "the system message the rejected response was given under"),
    Column(CONTRAST_RESPONSE, str, "what was answered under it"),
    Column(REJECTED_MESSAGES, [MESSAGE], "the turns with the rejected response at the end"),
    Column(
        PAIR_JUDGEMENTS,
        [{"question": str, "original_first": str, "aligned_first": str, **_JUDGED}],
        "per question, which of the original and the aligned response a judge calls better",
    ),
    Column(
        ALIGNMENT_JUDGEMENTS,
        [{"response": str, "functionality": str, **_JUDGED}],
        "per functionality, whether a judge finds the system message followed",
    ),
    Column(
        BENCHMARK_ITEM, str, "what a benchmark says of the row, as JSON: rubrics, criteria or constraints"
    ),
    Column(RESPONSES, [str], "what the model answered, one text per turn asked"),
    Column(
        JUDGEMENTS,
        [{"turn": int, "criterion": str, "verdict": str, "reason": str}],
        "what the judge said of each criterion; a reply it cannot be read from has no verdict",
    ),
    Column(TEXTS, [str], "the texts of a benchmark's row that are to be translated"),
    Column(TRANSLATIONS, [str], "their translations, in the same order"),
)

ALL_COLUMNS: Final[dict[str, Column]] = {column.name: column for column in (*_EVERY_DATASET, *_SOME_STEPS)}
"""Every column of ours by its name, in the order a dataset has them."""

COLUMNS: Final[tuple[str, ...]] = tuple(column.name for column in _EVERY_DATASET)
"""The columns every finished dataset has, in their order; the others of `ALL_COLUMNS` only some Steps add."""

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


def taken_names(names: Iterable[str]) -> list[str]:
    """Those of the names that no input column can keep, as columns of ours have them."""
    free = set(PAIR_COLUMNS) - {SOURCE_ID}  # of a later step, and `prompt` is the name of many a column
    return [name for name in names if name in ALL_COLUMNS and name not in free]


def empty(column: str) -> str | list[Any] | float:
    """A fresh empty value of the column's type."""
    return ALL_COLUMNS[column].empty


def arrow_types() -> dict[str, pa.DataType]:
    """The Arrow type of every column of ours.

    distilabel's writer infers types from the first rows it sees and fails when they are empty,
    so the types are stated here and used by `sysgen_distilabel.host.write_buffer`.
    """
    return {name: _to_arrow(column.type) for name, column in ALL_COLUMNS.items()}


def _to_arrow(kind: Any) -> pa.DataType:
    import pyarrow as pa

    if isinstance(kind, list):
        return pa.list_(_to_arrow(kind[0]))
    if isinstance(kind, dict):
        return pa.struct({name: _to_arrow(field) for name, field in kind.items()})
    return {str: pa.string(), int: pa.int64(), float: pa.float64()}[kind]
