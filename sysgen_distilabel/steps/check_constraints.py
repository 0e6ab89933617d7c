"""Mark, or reject, the rows whose responses break a constraint that a program can check."""

from typing import TYPE_CHECKING

from pydantic import Field

from sysgen_distilabel.columns import ALIGNED_MESSAGES, BROKEN_CONSTRAINTS, CONSTRAINTS, OUTCOME
from sysgen_distilabel.constraints.check_responses import find_broken
from sysgen_distilabel.errors import RowRejected
from sysgen_distilabel.outcome import Outcome
from sysgen_distilabel.response_turns import Turns, find_answers
from sysgen_distilabel.rows import Row, is_rejected
from sysgen_distilabel.steps.row_step import RowStep

if TYPE_CHECKING:
    from distilabel.typing import StepColumns


class CheckConstraints(RowStep):
    """Run the verifiers over the aligned responses, every turn of a conversation.

    Checked is what `CompileConstraints` found in the system message, strictly as in IFEval. The
    Step comes after the last phase: it looks at accepted rows.

    Attributes:
        turns: `last` checks the last turn alone, for conversations made with
            `turns="last"`, whose earlier answers did not know the system message.
        reject: reject a row with a broken constraint instead of marking it alone.

    Input columns:
        - aligned_messages (`List[Dict[str, str]]`): The system message and the regenerated turns.
        - constraints (`List[Dict[str, str]]`): What to check.
        - outcome (`str`): Optional. Rows with an outcome other than `accepted` pass through.

    Output columns:
        - broken_constraints (`List[Dict[str, Any]]`): For each broken constraint the `turn` it is
            broken in, the `verifier` and the `phrase`. Empty if there is none.
        - outcome (`str`): `accepted`, or the reason the row is rejected for.
        - outcome_detail (`str`): What exactly was wrong, empty for an accepted row.
        - rejected_by (`str`): The name of the step that rejected the row, empty for an accepted row.

    Categories:
        - filtering

    References:
        - [System Message Generation for User Preferences using Open-Source Models](https://arxiv.org/abs/2502.11330)
        - [Instruction-Following Evaluation for Large Language Models](https://arxiv.org/abs/2311.07911)

    Examples:
        Check one response:

        ```python
        from sysgen_distilabel.steps import CheckConstraints

        step = CheckConstraints()
        step.load()
        messages = [
            {"role": "system", "content": "Do not use commas."},
            {"role": "user", "content": "What is red and white?"},
            {"role": "assistant", "content": "Austria, Poland."},
        ]
        constraints = [
            {"verifier": "punctuation:no_comma", "arguments": "{}", "phrase": "Do not use commas."}
        ]
        row = {"aligned_messages": messages, "constraints": constraints}
        print(next(step.process([row]))[0]["broken_constraints"])
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

    turns: Turns = Field(default="all", description="Whether all turns are checked or the last one alone.")
    reject: bool = Field(default=False, description="Whether a row with a broken constraint is rejected.")

    @property
    def inputs(self) -> "StepColumns":
        """The responses, the constraints, and the row's outcome if it has one."""
        return {ALIGNED_MESSAGES: True, CONSTRAINTS: True, OUTCOME: False}

    @property
    def own_outputs(self) -> list[str]:
        """What is broken."""
        return [BROKEN_CONSTRAINTS]

    def is_open(self, row: Row) -> bool:
        """Whether the row has come through the last phase, or there are no phases."""
        return not is_rejected(row)

    def process_row(self, row: Row) -> Row:
        """Check every response of one row."""
        aligned = row[ALIGNED_MESSAGES]
        responses = [aligned[place]["content"] for place in find_answers(aligned)]
        row[BROKEN_CONSTRAINTS] = [
            {"turn": turn, "verifier": entry["verifier"], "phrase": entry.get("phrase", "")}
            for turn, response in self._choose(list(enumerate(responses, start=1)))
            for entry in find_broken(response, row[CONSTRAINTS])
        ]
        if self.reject and row[BROKEN_CONSTRAINTS]:
            broken = row[BROKEN_CONSTRAINTS][0]
            raise RowRejected(Outcome.BROKEN_CONSTRAINT, f"turn {broken['turn']}: {broken['phrase']}")
        return {}

    def _choose(self, responses: list[tuple[int, str]]) -> list[tuple[int, str]]:
        return responses if self.turns == "all" else responses[-1:]
