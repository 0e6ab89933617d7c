"""Compose the system message out of the phrases that were verified as Good."""

from typing import TYPE_CHECKING

from pydantic import Field

from sysgen_distilabel.columns import OUTCOME, PHRASES, SOURCE_ID, SYSTEM_MESSAGE
from sysgen_distilabel.errors import RowRejected
from sysgen_distilabel.outcome import Outcome
from sysgen_distilabel.replies.composition import Layout, compose_phrases
from sysgen_distilabel.rows import Row, needs_system_message
from sysgen_distilabel.steps.row_step import RowStep

if TYPE_CHECKING:
    from distilabel.typing import StepColumns


class ComposeSystemMessage(RowStep):
    """Join the phrases verified as Good into the plain system message, tags stripped.

    The end of phase 3 and the start of phase 4 of SysGen (§3.3, §3.4). Phrases called Bad or None
    are left out of the text but stay in the column `phrases`. Phrases without a verdict count as
    kept: the pipeline was built without a verifier. A row with no phrase left is rejected.

    Attributes:
        layout: `paragraph`, one after the other as in the paper, `lines`, `headings`, `bullets`, or `mixed`,
            which draws one of them per row. A phrase without a sentence end gets one.

    Input columns:
        - phrases (`List[Dict[str, str]]`): The phrases with their verdicts, in canonical order.
        - source_id (`str`): Optional. Decides the layout where it is `mixed`.
        - outcome (`str`): Optional. Rows with an outcome other than `pending` pass through.

    Output columns:
        - system_message (`str`): The phrases as plain text, empty for a rejected row.
        - outcome (`str`): `pending`, or the reason the row is rejected for.
        - outcome_detail (`str`): What exactly was wrong, empty for a live row.
        - rejected_by (`str`): The name of the step that rejected the row, empty for a live row.

    Categories:
        - columns

    References:
        - [System Message Generation for User Preferences using Open-Source Models](https://arxiv.org/abs/2502.11330)

    Examples:
        Leave out what the verifier rejected:

        ```python
        from sysgen_distilabel.steps import ComposeSystemMessage

        step = ComposeSystemMessage()
        step.load()
        phrases = [
            {"functionality": "Role", "text": "You are a tutor.", "verdict": "Good"},
            {"functionality": "Content", "text": "The answer is 4.", "verdict": "Bad"},
        ]
        row = next(step.process([{"phrases": phrases}]))[0]
        print(row["system_message"])
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

    layout: Layout = Field(default="paragraph", description="How the phrases are set.")

    @property
    def inputs(self) -> "StepColumns":
        """The phrases, and which row it is and its state if it has one."""
        return {PHRASES: True, SOURCE_ID: False, OUTCOME: False}

    @property
    def own_outputs(self) -> list[str]:
        """The plain text."""
        return [SYSTEM_MESSAGE]

    def is_open(self, row: Row) -> bool:
        """Whether the row has no system message yet."""
        return needs_system_message(row)

    def process_row(self, row: Row) -> Row:
        """Join what is left of one row."""
        message = compose_phrases(row[PHRASES], self.layout, row.get(SOURCE_ID) or "")
        if not message:
            verdicts = ", ".join(f"{phrase['functionality']}: {phrase['verdict']}" for phrase in row[PHRASES])
            raise RowRejected(Outcome.EVERY_PHRASE_REJECTED, verdicts)
        return {SYSTEM_MESSAGE: message}
