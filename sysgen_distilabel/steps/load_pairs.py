"""Load the accepted rows of a run, once for each kind of preference pair."""

from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal

from distilabel.mixins.runtime_parameters import RuntimeParameter
from distilabel.steps.base import GeneratorStep
from pydantic import Field, PositiveInt

from sysgen_distilabel.columns import (
    ALIGNED_MESSAGES,
    MARGIN,
    MESSAGES,
    MODEL_NAME,
    OUTCOME,
    PAIR_KIND,
    PHRASES,
    SOURCE_ID,
    STATE,
    SYSTEM_MESSAGE,
    TOOL_TURNS,
    TOOLS,
)
from sysgen_distilabel.host.joining import JoinsAnyPipeline
from sysgen_distilabel.inputs.parquet_rows import find_columns, scan_rows
from sysgen_distilabel.outcome import Outcome
from sysgen_distilabel.rows import Row, complete, in_batches

if TYPE_CHECKING:
    from distilabel.typing import GeneratorStepOutput, StepColumns

PairKind = Literal["original", "contrastive"]

_READ: Final = (SOURCE_ID, MESSAGES, PHRASES, SYSTEM_MESSAGE, ALIGNED_MESSAGES, MODEL_NAME)


class LoadPairs(JoinsAnyPipeline, GeneratorStep):
    """Load each accepted row of a run as one pair to be, per kind of preference pair.

    An `original` pair holds the original response against the aligned one, a `contrastive` pair a
    response that is still to be given under another system message.

    Attributes:
        dataset: The `dataset` directory of a finished run.
        kinds: The kinds of pairs.

    Runtime parameters:
        - `batch_size`: The number of rows in a batch. Defaults to `1000`.

    Output columns:
        - source_id (`str`): The row of the run.
        - messages (`List[Dict[str, str]]`): The original conversation.
        - phrases (`List[Dict[str, str]]`): The phrases of the system message, with verdicts.
        - system_message (`str`): The system message.
        - aligned_messages (`List[Dict[str, str]]`): The system message and the regenerated turns.
        - model_name (`str`): The model that gave the aligned responses.
        - pair_kind (`str`): `original` or `contrastive`.
        - outcome (`str`): `pending`.
        - outcome_detail (`str`): Empty.
        - rejected_by (`str`): Empty.

    Categories:
        - load

    References:
        - [System Message Generation for User Preferences using Open-Source Models](https://arxiv.org/abs/2502.11330)

    Examples:
        Load the pairs of a run:

        ```python
        from sysgen_distilabel.steps import LoadPairs

        load = LoadPairs(dataset="out/dataset", kinds=["original"])
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

    dataset: str = Field(description="The `dataset` directory of a finished run.")
    kinds: list[PairKind] = Field(default=["original", "contrastive"], min_length=1)
    batch_size: RuntimeParameter[PositiveInt] = Field(default=1000, description="Rows per batch.")

    @property
    def outputs(self) -> "StepColumns":
        """What is read of a row, the kind, and the row's state."""
        return [*self._columns(), PAIR_KIND, *STATE]

    def process(self, offset: int = 0) -> "GeneratorStepOutput":
        """Read the run batch by batch.

        Args:
            offset: How many pairs to leave out. Defaults to `0`.

        Yields:
            A batch of pairs and whether it is the last one.
        """
        yield from in_batches(islice(self._load_pairs(), offset, None), self.batch_size)

    def _columns(self) -> list[str]:
        """What is read of a row; what is said of tools and of lift only of a run that has it."""
        there = find_columns(Path(self.dataset), "accepted")
        return [*_READ, *(column for column in (TOOLS, TOOL_TURNS, MARGIN) if column in there)]

    def _load_pairs(self) -> Iterator[Row]:
        for row in scan_rows(Path(self.dataset), "accepted", self._columns()):
            for kind in self.kinds:
                yield complete(self._as_pair(row, kind), self.outputs)

    @staticmethod
    def _as_pair(row: Row, kind: PairKind) -> Row:
        """The margin is that over the original response, so a contrastive pair has none."""
        measured = {MARGIN: None} if MARGIN in row and kind == "contrastive" else {}
        return {**row, **measured, PAIR_KIND: kind, OUTCOME: Outcome.PENDING.value}
