"""Measure how much a system message explains the answers given under it."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from distilabel.mixins.runtime_parameters import RuntimeParameter
from distilabel.steps.base import Step, StepInput
from pydantic import Field, PositiveInt, PrivateAttr, SecretStr

from sysgen_distilabel.columns import (
    ALIGNED_MESSAGES,
    LIFT,
    MARGIN,
    MESSAGES,
    OUTCOME,
    PHRASES,
    SOURCE_ID,
    STATE,
)
from sysgen_distilabel.functionalities import is_kept
from sysgen_distilabel.host.joining import JoinsAnyPipeline
from sysgen_distilabel.llms.likelihoods import Likelihoods, LocalLikelihoods, ServerLikelihoods
from sysgen_distilabel.measures.lift import Likelihood, leave_out, lift_per_token, with_answer
from sysgen_distilabel.outcome import Outcome
from sysgen_distilabel.response_turns import Turns, find_answers, match_turns
from sysgen_distilabel.rows import Row, complete, is_rejected, reject
from sysgen_distilabel.serving.engine_keys import find_key
from sysgen_distilabel.variety.conditions import draw_share
from sysgen_distilabel.variety.options import Share

if TYPE_CHECKING:
    from distilabel.typing import StepColumns, StepOutput


class MeasureLift(JoinsAnyPipeline, Step):
    """Measure by how much likelier a model finds each answer with its system message than without it.

    The lift is `(log p(A | S, Q) - log p(A | Q)) / tokens of A`, in nats per token: of the aligned response,
    of the original one in its place, and of the aligned response for one phrase at a time, as what it loses
    where that phrase is left out of the message. Phrases with a lift near 0 are decoration. No judge is
    asked and nothing is generated: one prefill per figure, so four and one for each phrase of a turn.

    A low lift does not say that a response breaks the message: what a model would have written anyway has
    none, and a small model sees form (JSON, endings, greetings, language) better than meaning or letter
    case. The template of some models puts a system message of its own where there is none.

    Attributes:
        model: name under which a vLLM server serves a model; without `base_url` the name on the Hub or the
            path of a small one that transformers loads (extra `train`).
        base_url: of a vLLM server, with `/v1`; other engines do not give likelihoods of prompts.
        api_key: the key, never written to YAML. Without it, that of the server that this process has started
            there, else that of the environment.
        share: share of the rows that are measured, drawn by `source_id`.
        seed: other seeds choose other rows.
        turns: `all`, or the last answer alone.
        per_phrase: measure every phrase, too.
        min_lift: reject a measured row whose last aligned response has a lower lift.
        min_margin: reject a measured row whose `margin` is lower.

    Input columns:
        - messages (`List[Dict[str, str]]`): The original conversation.
        - aligned_messages (`List[Dict[str, str]]`): The system message and the regenerated turns.
        - phrases (`List[Dict[str, str]]`): Optional. The phrases of the message.
        - source_id (`str`): Optional. Whether a row is measured is drawn by it; without it all are.
        - outcome (`str`): Optional. Rows with an outcome other than `accepted` or `pending` pass through.

    Output columns:
        - lift (`List[Dict[str, Any]]`): Per `turn` the lifts of the `aligned` and the `original` response in
            nats per token, with the `tokens` of the former; `phrase` is empty. Then for each `phrase` what
            the response loses without it. Null where there is nothing to measure.
        - margin (`float`): Lift of the last aligned response minus that of the original one, as the column
            of this name that reward trainers read of a preference pair; null where not measured.
        - outcome (`str`): As it was, or `low_lift`.
        - outcome_detail (`str`): What exactly was wrong, empty for a live row.
        - rejected_by (`str`): The name of the step that rejected the row, empty for a live row.

    Categories:
        - scorer
        - filtering

    References:
        - [System Message Generation for User Preferences using Open-Source Models](https://arxiv.org/abs/2502.11330)

    Examples:
        Measure a tenth of the rows with a server that runs:

        ```python
        from sysgen_distilabel.steps import MeasureLift

        step = MeasureLift(model="Qwen/Qwen2.5-7B-Instruct", base_url="http://localhost:8000/v1", share=0.1)
        print(step.outputs)
        ```

    Citations:
        ```
        @article{jeong2025sysgen,
            title = {System Message Generation for User Preferences using Open-Source Models},
            author = {Jeong, Minbyul and Cho, Jungho and Khang, Minsoo and Jung, Dawoon and Hong, Teakgyu},
            journal = {arXiv preprint arXiv:2502.11330},
            year = {2025}
        }
        ```
    """

    model: str = Field(description="Name of the model, or its path.")
    base_url: RuntimeParameter[str] | None = Field(default=None, description="Address of a vLLM server.")
    api_key: RuntimeParameter[SecretStr] | None = Field(
        default=None, exclude=True, description="Key to the server."
    )
    share: Share = Field(default=0.1, description="Share of the rows that are measured.")
    seed: int = Field(default=0, description="Other seeds choose other rows.")
    turns: Turns = Field(default="last", description="Whether all answers are measured or the last alone.")
    per_phrase: bool = Field(default=True, description="Whether every phrase is measured, too.")
    min_lift: float | None = Field(default=None, description="Least lift of a row that stays.")
    min_margin: float | None = Field(default=None, description="Least margin of a row that stays.")
    input_batch_size: RuntimeParameter[PositiveInt] = Field(default=50, description="Rows per batch.")

    _likelihoods: Likelihoods | None = PrivateAttr(default=None)

    def model_post_init(self, context: Any, /) -> None:
        """Take the key of a server that this process has started; it goes along to other processes."""
        super().model_post_init(context)
        if self.api_key is None and (key := find_key(self.base_url)):
            self.api_key = SecretStr(key)

    @property
    def inputs(self) -> "StepColumns":
        """Both conversations, the phrases, and the row's state if it has one."""
        return {MESSAGES: True, ALIGNED_MESSAGES: True, PHRASES: False, SOURCE_ID: False, OUTCOME: False}

    @property
    def outputs(self) -> "StepColumns":
        """The lifts and the row's state."""
        return [LIFT, MARGIN, *STATE]

    def load(self) -> None:
        """Load the model, or see whether the server tells likelihoods.

        Raises:
            ConfigError: if a package is missing, or the server does not.
            RequestFailed: if the server fails.
        """
        super().load()
        key = self.api_key.get_secret_value() if self.api_key else None
        self._likelihoods = (
            ServerLikelihoods(self.base_url, self.model, key)
            if self.base_url
            else LocalLikelihoods(self.model)
        )
        if self.base_url:
            self._likelihoods.measure([with_answer([{"role": "user", "content": "Hello."}], "Hello.")])

    def process(self, inputs: StepInput) -> "StepOutput":
        """Measure the chosen rows of a batch and yield all rows in their order.

        Raises:
            RequestFailed: if the server fails.
        """
        yield [self._measure_row(row) if self._is_chosen(row) else row for row in self._complete(inputs)]

    def _complete(self, rows: StepInput) -> Iterator[Row]:
        return ({**complete(row, self.outputs), MARGIN: row.get(MARGIN)} for row in rows)

    def _is_chosen(self, row: Row) -> bool:
        if is_rejected(row) or not row[ALIGNED_MESSAGES]:
            return False
        return SOURCE_ID not in row or draw_share(self.share, self.seed, LIFT, row[SOURCE_ID])

    def _measure_row(self, row: Row) -> Row:
        aligned = row[ALIGNED_MESSAGES]
        places = find_answers(aligned[1:])
        numbered = list(enumerate(places, start=1))
        lifts: list[dict[str, Any]] = []
        for turn, place in numbered if self.turns == "all" else numbered[-1:]:
            lifts += self._measure_turn(row, turn, place)
        whole = [entry for entry in lifts if not entry["phrase"]]
        if not whole:
            return row
        last = whole[-1]
        margin = None if last["original"] is None else last["aligned"] - last["original"]
        return self._settle({**row, LIFT: lifts, MARGIN: margin}, last["aligned"], margin)

    def _measure_turn(self, row: Row, turn: int, place: int) -> list[dict[str, Any]]:
        """The entries of the column for one answer, whose place is that behind the system message."""
        message, *turns = row[ALIGNED_MESSAGES]
        prompt, answer = turns[:place], turns[place]["content"]
        source = match_turns(row[MESSAGES], turns)[place]
        original = None if source is None else row[MESSAGES][source]["content"]
        rest = self._leave_out(row, message["content"])
        chats = [with_answer(prompt, answer, message["content"]), with_answer(prompt, answer)]
        if original:
            chats += [with_answer(prompt, original, message["content"]), with_answer(prompt, original)]
        chats += [with_answer(prompt, answer, shorter) for _, shorter in rest]
        assert self._likelihoods is not None, "call `load()` first"
        found = self._likelihoods.measure(chats)
        told, plain = found[:2]
        held = lift_per_token(*found[2:4]) if original else None
        entries = [_entry(turn, "", lift_per_token(told, plain), held, told)]
        for (phrase, _), without in zip(rest, found[len(chats) - len(rest) :], strict=True):
            entries.append(_entry(turn, phrase, lift_per_token(told, without), None, told))
        return entries

    def _leave_out(self, row: Row, message: str) -> list[tuple[str, str]]:
        """Each phrase with the message without it; nothing if the message is not made of the phrases."""
        texts = [p["text"] for p in row.get(PHRASES) or () if is_kept(p.get("verdict", ""))]
        if not self.per_phrase or not texts:
            return []
        try:
            return list(zip(texts, leave_out(message, texts), strict=True))
        except ValueError:
            return []

    def _settle(self, row: Row, lift: float, margin: float | None) -> Row:
        for least, value, name in ((self.min_lift, lift, "lift"), (self.min_margin, margin, "margin")):
            if least is not None and value is not None and value < least:
                detail = f"{name} {value:.3f}, at least {least} is asked for"
                return reject(row, Outcome.LOW_LIFT, detail, str(self.name))
        return row

    def unload(self) -> None:
        """Let go of the model or the connections."""
        if self._likelihoods is not None:
            self._likelihoods.close()
            self._likelihoods = None
        super().unload()


def _entry(
    turn: int, phrase: str, aligned: float, original: float | None, measured: Likelihood
) -> dict[str, Any]:
    return {
        "turn": turn,
        "phrase": phrase,
        "aligned": aligned,
        "original": original,
        "tokens": measured.tokens,
    }
