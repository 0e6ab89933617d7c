"""Find responses that do not reach the final answer of the original."""

from typing import ClassVar

from pydantic import Field

from sysgen_distilabel.steps.response_check_step import OneResponseCheckStep


class CheckAnswer(OneResponseCheckStep):
    """Hold the final answer of each aligned response against that of the original one.

    Regenerated answers are longer and have more room to go wrong. Numbers, money, fractions, formulas,
    options, yes and no, dates and code are compared, in many spellings; the value that a response ends
    with counts. Open text is `unknown`, and never found; `JudgeAnswers` asks about it. Needs the extra
    `answers`.

    Attributes:
        policy: `mark` notes what is found, `reject` rejects the row with `wrong_answer`.
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
        Reject a response with another result:

        ```python
        from sysgen_distilabel.steps import CheckAnswer

        step = CheckAnswer(policy="reject")
        step.load()
        question = {"role": "user", "content": "She sold 48 clips, and then 24 more. How many in all?"}
        original = {"role": "assistant", "content": "48 + 24 = 72. #### 72"}
        aligned = {"role": "assistant", "content": "48 - 24 = 24. The answer is 24."}
        row = {
            "messages": [question, original],
            "aligned_messages": [{"role": "system", "content": "Be brief."}, question, aligned],
        }
        print(next(step.process([row]))[0]["outcome"])
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

    check: ClassVar[str] = "answers"
    policy: str = Field(default="mark", description="What is done with what is found.")
