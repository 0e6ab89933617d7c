"""All checks of phrases in one Step, as a run has them."""

from collections.abc import Mapping

from pydantic import Field, field_validator

from sysgen_distilabel.checks.check_table import CAREFUL, Policy, Subject, policies_of, resolve_policies
from sysgen_distilabel.steps.phrase_check_step import PhraseCheckStep


class CheckPhrases(PhraseCheckStep):
    """Let all checks of phrases look at a row, one after the other.

    It is what the Steps of the single checks are when they stand in a row, in one process. A later check no
    longer sees what an earlier one dropped.

    Attributes:
        checks: the policies of the checks by their names; see `sysgen_distilabel.checks.check_table`.
            What is not named has the policy of the preset `careful`.

    Input columns:
        - phrases (`List[Dict[str, str]]`): The phrases, each with `functionality`, `text` and `verdict`.
        - messages (`List[Dict[str, str]]`): Optional. The conversation they were written for.
        - original_system_message (`str`): Optional. The system message that the input came with.
        - turn_fields (`str`): Optional. What turns hold beside role and text, as JSON.
        - tools (`str`): Optional. Schemas of the tools the assistant has, as JSON.
        - wanted_language (`str`): Optional. The language asked for in place of the user's.
        - outcome (`str`): Optional. Rows with an outcome other than `pending` pass through.

    Output columns:
        - phrases (`List[Dict[str, str]]`): The phrases that were not dropped.
        - checked (`List[str]`): The checks that have looked at the row.
        - findings (`List[Dict[str, Any]]`): What they have found: `check`, `phase`, `functionality`,
            `phrase`, `turn`, `kind`, `evidence` and `action` each.
        - outcome (`str`): `pending`, or the reason the row is rejected for.
        - outcome_detail (`str`): What exactly was wrong, empty for a live row.
        - rejected_by (`str`): The name of the step that rejected the row, empty for a live row.

    Categories:
        - filtering

    References:
        - [System Message Generation for User Preferences using Open-Source Models](https://arxiv.org/abs/2502.11330)

    Examples:
        Mark copies instead of dropping them:

        ```python
        from sysgen_distilabel.steps import CheckPhrases

        step = CheckPhrases(checks={"copies": "mark"})
        step.load()
        phrases = [{"functionality": "Style", "text": "Be brief and businesslike.", "verdict": ""}]
        row = next(step.process([{"phrases": phrases}]))[0]
        print(row["findings"])
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
        """The checks of phrases that are not off."""
        return policies_of(self.checks, Subject.PHRASES)
