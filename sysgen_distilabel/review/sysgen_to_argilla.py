"""The leaf Step that sends rows to Argilla for review."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from distilabel.mixins.runtime_parameters import RuntimeParameter
from distilabel.steps.argilla.base import ArgillaBase
from distilabel.steps.base import StepInput
from pydantic import Field, PositiveInt, PrivateAttr

from sysgen_distilabel.columns import (
    ALIGNED_MESSAGES,
    ALIGNMENT_JUDGEMENTS,
    ANNOTATED_SYSTEM_MESSAGE,
    GOOD_SHARES,
    MESSAGES,
    MODEL_NAME,
    OUTCOME,
    PAIR_JUDGEMENTS,
    PHRASES,
    SOURCE_ID,
    SYSTEM_MESSAGE,
    TAG_DEFECTS,
    USAGE,
)
from sysgen_distilabel.errors import ConfigError, ReviewError
from sysgen_distilabel.host.joining import JoinsAnyPipeline
from sysgen_distilabel.review.argilla_client import explained, open_dataset, show_notice
from sysgen_distilabel.review.argilla_records import find_source_id, is_reviewable, make_record, record_id
from sysgen_distilabel.review.push_records import Pusher
from sysgen_distilabel.review.queue_order import Norms, assess, measure_lengths
from sysgen_distilabel.review.review_target import Target
from sysgen_distilabel.rows import Row
from sysgen_distilabel.simulated_notice import notice_of_llm

if TYPE_CHECKING:
    from distilabel.typing import StepColumns, StepOutput

_OPTIONAL: Final = (
    SOURCE_ID,
    ANNOTATED_SYSTEM_MESSAGE,
    TAG_DEFECTS,
    SYSTEM_MESSAGE,
    ALIGNED_MESSAGES,
    PAIR_JUDGEMENTS,
    ALIGNMENT_JUDGEMENTS,
    OUTCOME,
    MODEL_NAME,
    USAGE,
    GOOD_SHARES,
)


class SysGenToArgilla(JoinsAnyPipeline, ArgillaBase):
    """Send rows to Argilla, where a team corrects their phrases, verdicts and responses.

    A leaf. Each row becomes one record with a stable id: running the pipeline again updates what is
    there and touches no answer. Rows without phrases, or rejected for a reason that nobody could
    overturn, are not sent; all rows are passed on to the dataset. The length of a row is rated
    against the rows of its batch. If a simulated engine wrote any of the rows, the guidelines say
    so. See `sysgen review push` for the same from a run directory.

    Attributes:
        dataset_name: The name of the dataset in Argilla; it is made if it is not there.
        dataset_workspace: The workspace of the dataset.
        api_url: The address of the server, by default from `ARGILLA_API_URL`.
        api_key: The key of an owner or admin, by default from `ARGILLA_API_KEY`.
        min_submitted: How many people have to answer a record until it counts as completed.

    Runtime parameters:
        - `dataset_name`: The name of the dataset in Argilla.
        - `dataset_workspace`: The workspace of the dataset.
        - `api_url`: The address of the server.
        - `api_key`: The key of an owner or admin.

    Input columns:
        - messages (`List[Dict[str, str]]`): The original conversation.
        - phrases (`List[Dict[str, str]]`): The phrases with the verifier's verdicts.
        - source_id (`str`): Optional. Identifies the row, by default a hash of the conversation.
        - annotated_system_message (`str`): Optional. Tells which phrases are as they were written.
        - tag_defects (`List[str]`): Optional. What was repaired or dropped in the tags.
        - system_message (`str`): Optional. The phrases verified as Good.
        - aligned_messages (`List[Dict[str, str]]`): Optional. The regenerated conversation.
        - pair_judgements (`List[Dict[str, str]]`): Optional. Which response a judge prefers.
        - alignment_judgements (`List[Dict[str, str]]`): Optional. Which functionalities a judge finds
            followed.
        - good_shares (`List[float]`): Optional. Per phrase the share of verdicts that call it Good; where
            they are split, a look is worth more.
        - outcome (`str`): Optional. What became of the row.
        - model_name (`str`): Optional. The model that answered last.
        - usage (`List[Dict[str, Any]]`): Optional. The model of each phase.

    Categories:
        - labelling
        - save

    References:
        - [System Message Generation for User Preferences using Open-Source Models](https://arxiv.org/abs/2502.11330)
        - [Argilla](https://docs.argilla.io)

    Examples:
        End a pipeline in Argilla:

        ```python
        from sysgen_distilabel.steps import SysGenToArgilla

        review = SysGenToArgilla(
            dataset_name="system-messages",
            dataset_workspace="review",
            api_url="http://localhost:6900",
            api_key="...",
        )
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

    min_submitted: PositiveInt = 1
    input_batch_size: RuntimeParameter[PositiveInt] = Field(default=500, description="Rows per batch.")

    _target: Target = PrivateAttr()
    _pusher: Pusher = PrivateAttr()
    _current: dict[str, set[str]] = PrivateAttr(default_factory=dict)
    """By `source_id`, the records that stand for its rows: several if several models answered."""

    @property
    def inputs(self) -> "StepColumns":
        """The conversation and the phrases, and what else is known of the row."""
        return {MESSAGES: True, PHRASES: True, **dict.fromkeys(_OPTIONAL, False)}

    def load(self) -> None:
        """Open the dataset, or make it.

        Raises:
            ConfigError: the workspace or the name of the dataset is missing.
            ReviewError: the server or the workspace is not there, or the dataset has other settings.
        """
        super().load()
        if not (self.dataset_name and self.dataset_workspace):
            raise ConfigError(
                f"{self.name} lacks a dataset or workspace.", "Set dataset_name and dataset_workspace."
            )
        key = self.api_key.get_secret_value() if hasattr(self.api_key, "get_secret_value") else self.api_key
        self._target = Target(str(self.api_url), self.dataset_workspace, self.dataset_name, str(key))
        self._dataset = open_dataset(self._target, self.min_submitted)
        with explained(self._target):
            self._pusher = Pusher(self._dataset)

    def _client_init(self) -> None:
        """`open_dataset` makes the client, as distilabel's message on failure tells the least of it."""

    def process(self, inputs: StepInput) -> "StepOutput":
        """Send the rows of a batch that can be judged, and yield all of them."""
        rows = [row for row in inputs if is_reviewable(row)]
        lengths = [measure_lengths(row) for row in rows]
        norms = Norms(lengths)
        risks = [assess(row, length, norms) for row, length in zip(rows, lengths, strict=True)]
        records = [make_record(row, risk, risk.score) for row, risk in zip(rows, risks, strict=True)]
        for row in rows:
            self._current.setdefault(find_source_id(row), set()).add(record_id(row))
        refused_before = set(self._pusher.pushed.refused)
        with explained(self._target):
            show_notice(self._dataset, _notice_of(rows))
            pushed = self._pusher.push(records)
        for source_id, reason in pushed.refused.items():
            if source_id not in refused_before:
                self._logger.warning(f"Argilla refused the row {source_id!r}: {reason}")
        yield inputs

    def unload(self) -> None:
        """Take earlier versions of the rows out of the queue, now that all rows of a source are known."""
        try:
            if self._current:
                with explained(self._target):
                    self._pusher.retire(self._current)
        except ReviewError as error:  # distilabel would say nothing
            self._logger.warning(f"Earlier versions of rows are still in Argilla's queue: {error}")
        super().unload()


def _notice_of(rows: Sequence[Row]) -> str:
    """What has to be said of rows that no language model wrote, wholly or in part."""
    names = {str(row.get(MODEL_NAME) or "") for row in rows}
    names |= {str(spent["model_name"]) for row in rows for spent in row.get(USAGE) or ()}
    return max(map(notice_of_llm, names), default="")
