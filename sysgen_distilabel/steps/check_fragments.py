"""Find phrases that are no whole instruction."""

from typing import ClassVar

from pydantic import Field

from sysgen_distilabel.steps.phrase_check_step import OneCheckStep


class CheckFragments(OneCheckStep):
    """Drop phrases that are no whole instruction.

    A phrase is a fragment if it ends in the middle, is a lone item of a list, or is a few words that
    neither begin nor end like a sentence; what cannot be told by its form passes.

    Attributes:
        policy: `mark` notes what is found, `drop` removes the phrase, `reject` rejects the row.

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
        - checked (`List[str]`): The checks that have looked at the row, `fragments` added.
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
        Drop a phrase that was cut off:

        ```python
        from sysgen_distilabel.steps import CheckFragments

        step = CheckFragments()
        step.load()
        texts = ["You are a tutor.", "Explain every step and"]
        phrases = [{"functionality": "Role", "text": text, "verdict": ""} for text in texts]
        row = next(step.process([{"phrases": phrases}]))[0]
        print(row["phrases"], row["findings"])
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

    check: ClassVar[str] = "fragments"
    policy: str = Field(default="drop", description="What is done with what is found.")
