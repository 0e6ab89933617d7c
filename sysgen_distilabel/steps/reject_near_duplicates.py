"""Reject rows whose system message is nearly that of an earlier row."""

from typing import TYPE_CHECKING, ClassVar

from pydantic import Field, PrivateAttr

from sysgen_distilabel.columns import OUTCOME, SOURCE_ID, SYSTEM_MESSAGE
from sysgen_distilabel.errors import ConfigError, RowRejected
from sysgen_distilabel.measures.near_duplicates import SimilarTexts, sign
from sysgen_distilabel.outcome import Outcome
from sysgen_distilabel.rows import Row
from sysgen_distilabel.steps.row_step import RowStep

if TYPE_CHECKING:
    from distilabel.typing import StepColumns


class RejectNearDuplicates(RowStep):
    """Keep one of the rows whose system messages are nearly the same: the first.

    Conversations of one kind get system messages that differ in a word or two, and a model
    learns little from the hundredth. Similarity is the Jaccard similarity of the runs of three
    words, estimated by MinHash and looked up by locality-sensitive hashing, so the time a row
    takes does not grow with the rows before. Rows come in the order of the input, and only rows
    that are kept are compared with, so the outcome is the same in every run. The Step remembers
    about 2 kB per kept row and runs as one replica.

    Attributes:
        max_similarity: rows more similar than this to an earlier row are rejected.

    Input columns:
        - system_message (`str`): The plain system message.
        - source_id (`str`): Optional. Names the earlier row in `outcome_detail`.
        - outcome (`str`): Optional. Rows with an outcome other than `pending` pass through.

    Output columns:
        - outcome (`str`): `pending`, or `near_duplicate`.
        - outcome_detail (`str`): Which row it is similar to and how much, empty for a live row.
        - rejected_by (`str`): The name of the step that rejected the row, empty for a live row.

    Categories:
        - filtering

    References:
        - [System Message Generation for User Preferences using Open-Source Models](https://arxiv.org/abs/2502.11330)
        - [datasketch](https://ekzhu.com/datasketch/lsh.html)

    Examples:
        Keep one of two:

        ```python
        from sysgen_distilabel.steps import RejectNearDuplicates

        step = RejectNearDuplicates(max_similarity=0.8)
        step.load()
        text = "You are a patient tutor of mathematics. Solve the problem step by step."
        rows = next(step.process([{"system_message": text}, {"system_message": text.upper()}]))
        print([row["outcome"] for row in rows])
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

    max_similarity: float = Field(
        default=0.8, gt=0, lt=1, description="Rows more similar than this are rejected."
    )

    _remembers_rows: ClassVar[bool] = True
    """The process cannot be replaced in the middle of a run."""

    _texts: SimilarTexts = PrivateAttr()
    _kept: list[str] = PrivateAttr(default_factory=list)

    @property
    def inputs(self) -> "StepColumns":
        """The system message, and the row's id and state if it has them."""
        return {SYSTEM_MESSAGE: True, SOURCE_ID: False, OUTCOME: False}

    @property
    def own_outputs(self) -> list[str]:
        """Nothing but the state."""
        return []

    def load(self) -> None:
        """Start with an empty index.

        Raises:
            ConfigError: if the Step has replicas, which would each see a part of the rows.
        """
        super().load()
        if (self.resources.replicas or 1) > 1:
            raise ConfigError(
                f"'{self.name}' compares all rows and cannot run as {self.resources.replicas} replicas.",
                "Leave its `resources.replicas` at 1.",
            )
        self._texts = SimilarTexts(self.max_similarity)
        self._kept = []

    def process_row(self, row: Row) -> Row:
        """Compare one row with those kept so far."""
        signature = sign(row[SYSTEM_MESSAGE])
        near = [pair for pair in self._texts.find(signature) if pair[0] > self.max_similarity]
        if near:
            similarity, number = near[0]
            earlier = self._kept[number] or "an earlier row"
            raise RowRejected(Outcome.NEAR_DUPLICATE, f"similarity {similarity:.2f} to {earlier}")
        self._texts.add(signature)
        self._kept.append(row.get(SOURCE_ID, ""))
        return {}
