"""Put what people corrected in a review in place of what the models wrote."""

from pathlib import Path
from typing import TYPE_CHECKING

from distilabel.mixins.runtime_parameters import RuntimeParameter
from pydantic import Field, PrivateAttr

from sysgen_distilabel.columns import OUTCOME, PHRASES, SOURCE_ID
from sysgen_distilabel.review.corrections import Corrections, correct, read_corrections
from sysgen_distilabel.rows import Row
from sysgen_distilabel.steps.row_step import RowStep

if TYPE_CHECKING:
    from distilabel.typing import StepColumns


class ApplyCorrections(RowStep):
    """Replace the phrases of reviewed rows by the corrected ones, with the verdicts people gave.

    Stands between phase 3 of SysGen (§3.3) and the composition of the system message, so that a run
    is made again with the corrections of a review. A correction belongs to the phrases it was made
    for: if the generator has written others since, the row stays as it is.

    Attributes:
        corrections: path of the JSON file that `sysgen run --apply-review` keeps: for each
            `source_id`, the phrases to use in place of those with a certain text.

    Runtime parameters:
        - `corrections`: path of the JSON file with the corrections.

    Input columns:
        - source_id (`str`): Identifies the row.
        - phrases (`List[Dict[str, str]]`): The phrases with the verifier's verdicts.
        - outcome (`str`): Optional. Rows with an outcome other than `pending` pass through.

    Output columns:
        - phrases (`List[Dict[str, str]]`): The phrases with the verdicts that hold.
        - outcome (`str`): `pending`, or the reason the row is rejected for.
        - outcome_detail (`str`): What exactly was wrong, empty for a live row.
        - rejected_by (`str`): The name of the step that rejected the row, empty for a live row.

    Categories:
        - columns

    References:
        - [System Message Generation for User Preferences using Open-Source Models](https://arxiv.org/abs/2502.11330)

    Examples:
        Without a file every row stays as it is:

        ```python
        from sysgen_distilabel.steps import ApplyCorrections

        step = ApplyCorrections(corrections="corrections.json")
        step.load()
        phrases = [{"functionality": "Role", "text": "You are a tutor.", "verdict": "Good"}]
        row = next(step.process([{"source_id": "row-1", "phrases": phrases}]))[0]
        print(row["phrases"])
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

    corrections: RuntimeParameter[str] = Field(description="Path of the JSON file with the corrections.")

    _corrections: Corrections = PrivateAttr(default_factory=dict)

    @property
    def inputs(self) -> "StepColumns":
        """The row and its phrases, and the row's state if it has one."""
        return {SOURCE_ID: True, PHRASES: True, OUTCOME: False}

    @property
    def own_outputs(self) -> list[str]:
        """The phrases."""
        return [PHRASES]

    def load(self) -> None:
        """Read the file."""
        super().load()
        self._corrections = read_corrections(Path(self.corrections))

    def process_row(self, row: Row) -> Row:
        """Correct one row."""
        return {PHRASES: correct(row[PHRASES], self._corrections.get(row[SOURCE_ID], {}))}
