"""Find system messages in another language than the user's turns."""

from typing import ClassVar

from pydantic import Field

from sysgen_distilabel.steps.phrase_check_step import OneCheckStep


class CheckLanguage(OneCheckStep):
    """Reject system messages in another language than the user's turns.

    A language that is not recognised is marked and nothing more. A message that asks for answers in
    another language is in its own language, and no fault.

    Attributes:
        policy: `mark` notes what is found, `reject` rejects the row.

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
        - checked (`List[str]`): The checks that have looked at the row, `language` added.
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
        Reject a Spanish message of an English conversation:

        ```python
        from sysgen_distilabel.steps import CheckLanguage

        step = CheckLanguage()
        step.load()
        messages = [{"role": "user", "content": "Could you please write me a quote about courage?"}]
        text = "Eres una profesora de química y explicas los conceptos a tus alumnos."
        phrases = [{"functionality": "Role", "text": text, "verdict": ""}]
        row = next(step.process([{"messages": messages, "phrases": phrases}]))[0]
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

    check: ClassVar[str] = "language"
    policy: str = Field(default="reject", description="What is done with what is found.")
