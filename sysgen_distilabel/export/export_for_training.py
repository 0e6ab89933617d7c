"""The Step that writes what a trainer reads, at the end of a pipeline."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from distilabel.steps.base import GlobalStep, StepInput
from pydantic import Field, PositiveInt, field_validator

from sysgen_distilabel.columns import (
    ALIGNED_MESSAGES,
    MESSAGES,
    MODEL_NAME,
    OUTCOME,
    SOURCE_ID,
    SYSTEM_MESSAGE,
)
from sysgen_distilabel.export.arms import Arm
from sysgen_distilabel.export.mixture import Mixture
from sysgen_distilabel.export.plan import Options, make_plan
from sysgen_distilabel.export.trainer_format import PAIRED, Format
from sysgen_distilabel.export.write_export import write_export
from sysgen_distilabel.host.joining import JoinsAnyPipeline
from sysgen_distilabel.outcome import Outcome
from sysgen_distilabel.response_turns import turns_given_under_message
from sysgen_distilabel.rows import Row
from sysgen_distilabel.simulated_notice import notice_of_llm

if TYPE_CHECKING:
    from distilabel.typing import StepColumns, StepOutput


class ExportForTraining(JoinsAnyPipeline, GlobalStep):
    """Write the accepted rows as a trainer reads them, with the trainer's settings beside them.

    With a tokenizer, every row is rendered as the trainer will render it, and the step fails if a
    system message, a turn or an end token would be lost. All rows are held in memory at once, as the
    host does for a global step; `sysgen export` does the same for a finished run of any size. Rows
    pass through unchanged, the rejected ones too.

    Attributes:
        output: The directory to write; an earlier export in it is replaced.
        format: The layout, see `sysgen_distilabel.export.formats.Format`; not those of pairs.
        system_role: Whether system messages keep a turn of their own (`native`; a chat template that
            would lose them is repaired) or open the first user turn (`fold`).
        tokenizer: The model to train, a directory or an id on the Hub. Without it nothing is checked.
        arm: What to train on: `sysgen`, or an arm of the paper's ablation.
        max_length: The most tokens a conversation may have.
        too_long: Whether conversations over the limit stop the step, are left out and counted, or lose their
            last turns.
        hold_out: The share of rows to leave out, those that `sysgen evaluate hold-out` holds out at it.
        turns: What `GenerateAlignedResponse` did with the answers of a conversation: after `last` a format
            that has no mark for the earlier ones gets a line for each other answer. Which answers they are
            is told by the column `answer_turns`, if it is there.
        plain_share: The share of rows without a system message, with their original answers.
        default_share: The share of rows with a common system message and their original answers.
        fold_share: The share of rows with their system message in the first user turn.
        empty_share: The share of rows with an empty system message and their original answers.

    Input columns:
        - source_id (`str`): Identifies the row.
        - messages (`List[Dict[str, str]]`): The original conversation.
        - system_message (`str`): The system message.
        - aligned_messages (`List[Dict[str, str]]`): The system message and the regenerated turns.
        - outcome (`str`): What became of the row; only `accepted` ones are written.

    Categories:
        - save

    References:
        - [System Message Generation for User Preferences using Open-Source Models](https://arxiv.org/abs/2502.11330)

    Examples:
        End a pipeline in data for TRL:

        ```python
        from sysgen_distilabel.steps import ExportForTraining

        step = ExportForTraining(output="train", format="trl-prompt-completion", tokenizer="ORG/MODEL")
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

    output: str
    format: str = Field(default=Format.TRL_PROMPT_COMPLETION.value)
    system_role: Literal["native", "fold"] = "native"
    tokenizer: str | None = None
    arm: Literal["sysgen", "none", "default", "no-aligned"] = "sysgen"
    max_length: PositiveInt = Field(default=4096)
    too_long: Literal["fail", "drop", "cut"] = "fail"
    hold_out: float = Field(default=0.0, ge=0.0, le=1.0)
    turns: Literal["regenerate", "rewrite", "keep", "last"] = "regenerate"
    plain_share: float = Field(default=0.0, ge=0.0, le=1.0)
    default_share: float = Field(default=0.0, ge=0.0, le=1.0)
    fold_share: float = Field(default=0.0, ge=0.0, le=1.0)
    empty_share: float = Field(default=0.0, ge=0.0, le=1.0)

    @field_validator("format")
    @classmethod
    def _check_format(cls, name: str) -> str:
        known = [layout.value for layout in Format if layout not in PAIRED]
        if name not in known:
            raise ValueError(f"'{name}' is none of {', '.join(known)}")
        return name

    @property
    def inputs(self) -> "StepColumns":
        """The conversation before and after, and what became of the row."""
        return [SOURCE_ID, MESSAGES, SYSTEM_MESSAGE, ALIGNED_MESSAGES, OUTCOME]

    def process(self, inputs: StepInput) -> "StepOutput":
        """Write the export and yield all rows as they are.

        Raises:
            GuardFailed: if the trainer would lose something of a row.
        """
        accepted = [row for row in inputs if row[OUTCOME] == Outcome.ACCEPTED]
        options = Options(
            layout=Format(self.format),
            system_role=self.system_role,
            tokenizer=self.tokenizer,
            arms=(Arm(self.arm),),
            max_length=self.max_length,
            too_long=self.too_long,
            hold_out=self.hold_out,
            answers_apart=turns_given_under_message(self.turns) == "last",
            mixture=Mixture(self.plain_share, self.default_share, self.fold_share, self.empty_share),
        )
        counts = write_export(accepted, make_plan(options), Path(self.output), _report(inputs))
        self._logger.info(
            f"Exported {counts.exported} of {counts.rows} accepted rows to {self.output}; "
            f"left out: { {problem.value: number for problem, number in counts.dropped.items()} or 'none' }"
        )
        yield inputs


def _report(rows: Sequence[Row]) -> dict[str, Any]:
    """What of a run's report can be told from its rows."""
    names = sorted({row.get(MODEL_NAME) or "" for row in rows})
    outcomes = Counter(row[OUTCOME] for row in rows)
    accepted = outcomes.pop(Outcome.ACCEPTED, 0)
    return {
        "simulation_notice": max(map(notice_of_llm, names), default=""),
        "rows": {"input": len(rows), "accepted": accepted, "rejected": dict(outcomes)},
    }
