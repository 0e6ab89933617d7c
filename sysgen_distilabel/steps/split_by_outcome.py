"""Split rows by outcome at the leaves, so that the dataset has one subset of each kind."""

from typing import TYPE_CHECKING, Literal

from distilabel.mixins.runtime_parameters import RuntimeParameter
from distilabel.steps.base import Step, StepInput
from pydantic import Field, PositiveInt

from sysgen_distilabel.columns import OUTCOME
from sysgen_distilabel.host.joining import JoinsAnyPipeline
from sysgen_distilabel.outcome import Outcome
from sysgen_distilabel.rows import in_column_order

if TYPE_CHECKING:
    from distilabel.typing import StepColumns, StepOutput


class SplitByOutcome(JoinsAnyPipeline, Step):
    """Keep the accepted rows, or all the others; a leaf, used twice.

    Between two leaves, one of each kind, every row is in exactly one. A row still `pending`
    (a pipeline without phase 4) goes to the rejected ones, where it can be seen.

    Attributes:
        keep: which rows to keep.

    Input columns:
        - outcome (`str`): What became of the row.

    Categories:
        - filtering

    References:
        - [System Message Generation for User Preferences using Open-Source Models](https://arxiv.org/abs/2502.11330)

    Examples:
        End a pipeline in two subsets:

        ```python
        from sysgen_distilabel.steps import SplitByOutcome

        leaves = [SplitByOutcome(name=kind, keep=kind) for kind in ("accepted", "rejected")]
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

    keep: Literal["accepted", "rejected"] = Field(description="Which rows to keep.")
    input_batch_size: RuntimeParameter[PositiveInt] = Field(default=1000, description="Rows per batch.")

    @property
    def inputs(self) -> "StepColumns":
        """The outcome; all other columns are kept as they are."""
        return [OUTCOME]

    def process(self, inputs: StepInput) -> "StepOutput":
        """Yield the rows to keep, our columns first and in their order."""
        wanted = self.keep == Outcome.ACCEPTED.value
        yield [in_column_order(row) for row in inputs if (row[OUTCOME] == Outcome.ACCEPTED) == wanted]
