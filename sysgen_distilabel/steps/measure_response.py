"""Measure how the aligned responses differ from the original ones."""

from typing import TYPE_CHECKING

from distilabel.mixins.runtime_parameters import RuntimeParameter
from distilabel.models.embeddings.base import Embeddings
from distilabel.steps.base import Step, StepInput
from pydantic import Field, PositiveInt, PrivateAttr

from sysgen_distilabel.columns import ALIGNED_MESSAGES, MESSAGES, MODEL_METRICS, OUTCOME, RESPONSE_METRICS
from sysgen_distilabel.host.joining import JoinsAnyPipeline
from sysgen_distilabel.measures.response_metrics import (
    BertScore,
    Metrics,
    embedding_similarities,
    measure_texts,
)
from sysgen_distilabel.outcome import Outcome
from sysgen_distilabel.response_turns import Turns, pair_responses
from sysgen_distilabel.rows import Row, complete

if TYPE_CHECKING:
    from distilabel.typing import StepColumns, StepOutput


class MeasureResponse(JoinsAnyPipeline, Step):
    """Compare the aligned responses of a conversation with the original ones, turn by turn.

    The measures of the paper's Table 1: ROUGE-1, ROUGE-2 and ROUGE-L (F1, rouge-score), GLEU
    (nltk) and the ratio of lengths in characters; with a model also the cosine of embeddings,
    which stands in for BLEURT, and BERTScore. The original response is the reference. Words are
    those of rouge-score, but in any script.

    A conversation has one entry per turn, and its value for the report is the mean of its turns.
    The Step rejects nothing: a row whose two conversations do not match has no entry. It takes
    as long as rouge-score does, a few tenths of a second for a long response.

    Attributes:
        turns: `last` measures the last turn alone, for conversations made with
            `turns="last"`, whose earlier answers are copies.
        embeddings: any `Embeddings` of distilabel; without it there is no `embedding_similarity`.
        bertscore_model: encoder for BERTScore; without it there is none.
        bertscore_layers: layers of it to use, needed for a model bert-score does not know.

    Input columns:
        - messages (`List[Dict[str, str]]`): The original conversation.
        - aligned_messages (`List[Dict[str, str]]`): The system message and the regenerated turns.
        - outcome (`str`): Optional. Rows with an outcome other than `accepted` pass through.

    Output columns:
        - response_metrics (`List[Dict[str, float]]`): For each `turn` its `rouge1`, `rouge2`,
            `rougeL`, `gleu`, `length_ratio`, `embedding_similarity` and `bertscore`; null where
            not measured. Empty for a rejected row.

    Categories:
        - scorer

    References:
        - [System Message Generation for User Preferences using Open-Source Models](https://arxiv.org/abs/2502.11330)
        - [ROUGE: A Package for Automatic Evaluation of Summaries](https://aclanthology.org/W04-1013)

    Examples:
        Measure one response:

        ```python
        from sysgen_distilabel.steps import MeasureResponse

        step = MeasureResponse()
        step.load()
        user = {"role": "user", "content": "What is a hash table?"}
        original = {"role": "assistant", "content": "A table of buckets found by a hash."}
        aligned = {"role": "assistant", "content": "Buckets, found by a hash."}
        system = {"role": "system", "content": "Be brief."}
        row = {"messages": [user, original], "aligned_messages": [system, user, aligned]}
        print(next(step.process([row]))[0]["response_metrics"][0]["rouge1"])
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

    turns: Turns = Field(default="all", description="Whether all turns are measured or the last one alone.")
    embeddings: Embeddings | None = Field(default=None, description="What makes vectors of the responses.")
    bertscore_model: str | None = Field(default=None, description="Encoder for BERTScore.")
    bertscore_layers: PositiveInt | None = Field(default=None, description="Layers of that encoder to use.")
    input_batch_size: RuntimeParameter[PositiveInt] = Field(default=100, description="Rows per batch.")

    _bertscore: BertScore | None = PrivateAttr(default=None)

    @property
    def inputs(self) -> "StepColumns":
        """Both conversations, and the row's outcome if it has one."""
        return {MESSAGES: True, ALIGNED_MESSAGES: True, OUTCOME: False}

    @property
    def outputs(self) -> "StepColumns":
        """The measures."""
        return [RESPONSE_METRICS]

    def load(self) -> None:
        """Load the libraries, and the models if there are any.

        Raises:
            ConfigError: if a package is missing or the layers have to be given.
        """
        super().load()
        measure_texts("", "")
        if self.embeddings is not None:
            self.embeddings.load()
        if self.bertscore_model is not None:
            self._bertscore = BertScore(self.bertscore_model, self.bertscore_layers)

    def process(self, inputs: StepInput) -> "StepOutput":
        """Measure the accepted rows of a batch and yield all rows in their order."""
        rows = [complete(row, self.outputs) for row in inputs]
        measured = [self._measure_row(row) for row in rows]
        self._add_model_metrics([entry for entries in measured for entry in entries])
        yield [
            {**row, RESPONSE_METRICS: [metrics for _, metrics in entries]} if entries else row
            for row, entries in zip(rows, measured, strict=True)
        ]

    def _measure_row(self, row: Row) -> list[tuple[tuple[str, str], Metrics]]:
        """For each turn both texts and their measures."""
        if row.get(OUTCOME, Outcome.ACCEPTED) != Outcome.ACCEPTED:
            return []
        try:
            pairs = pair_responses(row[MESSAGES], row[ALIGNED_MESSAGES], self.turns)
        except ValueError as error:
            self._logger.warning(f"Row {row.get('source_id', '')!r} is not measured: {error}")
            return []
        return [
            (
                (pair.original, pair.aligned),
                {
                    "turn": pair.turn,
                    **measure_texts(pair.original, pair.aligned),
                    **dict.fromkeys(MODEL_METRICS),
                },
            )
            for pair in pairs
        ]

    def _add_model_metrics(self, entries: list[tuple[tuple[str, str], Metrics]]) -> None:
        """Fill in what the models say, all turns of the batch at once."""
        texts = [pair for pair, _ in entries]
        found = {
            "embedding_similarity": self.embeddings and embedding_similarities(self.embeddings, texts),
            "bertscore": self._bertscore and self._bertscore.score(texts),
        }
        for name, values in found.items():
            for (_, metrics), value in zip(entries, values or (), strict=False):
                metrics[name] = value

    def unload(self) -> None:
        """Let go of the models."""
        self._bertscore = None
        if self.embeddings is not None:
            self.embeddings.unload()
        super().unload()
