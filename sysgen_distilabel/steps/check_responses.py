"""All checks of responses in one Step, as a run has them."""

from collections.abc import Mapping

from pydantic import Field, field_validator

from sysgen_distilabel.checks.check_table import CAREFUL, Policy, Subject, policies_of, resolve_policies
from sysgen_distilabel.steps.response_check_step import ResponseCheckStep


class CheckResponses(ResponseCheckStep):
    """Let every check of responses look, each with its policy, in one process.

    The Steps `CheckAnswerFaults` and `CheckAnswer` are its checks one by one.

    Attributes:
        checks: policies by the names of checks, see `sysgen_distilabel.checks.check_table`.
        turns: `all`, or `last` where the earlier answers were kept as they were.

    Input columns:
        - messages (`List[Dict[str, str]]`): The original conversation.
        - aligned_messages (`List[Dict[str, str]]`): The system message, then the turns with the aligned
            responses.
        - outcome (`str`): Optional. Only accepted rows, and rows without an outcome, are looked at.

    Output columns:
        - answer_comparisons (`List[Dict[str, Any]]`): Per turn `result` (`same`, `different` or `unknown`),
            `kind`, the two final answers and `judge`, which is empty, if `answers` is on.
        - checked (`List[str]`): The checks that have looked at the row, these added.
        - findings (`List[Dict[str, Any]]`): What they have found: `check`, `phase`, `functionality`,
            `phrase`, `turn`, `kind`, `evidence` and `action` each.
        - outcome (`str`): As it was, or the reason the row is rejected for.
        - outcome_detail (`str`): What exactly was wrong, empty for a live row.
        - rejected_by (`str`): The name of the step that rejected the row, empty for a live row.

    Categories:
        - filtering

    References:
        - [System Message Generation for User Preferences using Open-Source Models](https://arxiv.org/abs/2502.11330)

    Examples:
        Mark whatever is found:

        ```python
        from sysgen_distilabel.steps import CheckResponses

        step = CheckResponses(checks={"answers": "mark", "faults": "mark"})
        step.load()
        question = {"role": "user", "content": "She sold 48 clips, and then 24 more. How many in all?"}
        original = {"role": "assistant", "content": "48 + 24 = 72. #### 72"}
        aligned = {"role": "assistant", "content": "48 - 24 = 24. The answer is 24."}
        row = {
            "messages": [question, original],
            "aligned_messages": [{"role": "system", "content": "Be brief."}, question, aligned],
        }
        print(next(step.process([row]))[0]["answer_comparisons"])
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

    checks: dict[str, str] = Field(
        default_factory=lambda: dict(CAREFUL), description="The policies of the checks by their names."
    )

    @field_validator("checks", mode="before")
    @classmethod
    def _resolve(cls, given: object) -> dict[str, str]:
        return resolve_policies(given)

    @property
    def policies(self) -> Mapping[str, Policy]:
        """The checks of responses that are not off."""
        return policies_of(self.checks, Subject.RESPONSES)
