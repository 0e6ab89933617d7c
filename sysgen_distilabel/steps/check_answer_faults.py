"""Find responses that are no answers."""

from typing import ClassVar

from pydantic import Field

from sysgen_distilabel.steps.response_check_step import OneResponseCheckStep


class CheckAnswerFaults(OneResponseCheckStep):
    """Find refusals, talk about tags or the system message, and answers in another language.

    Deterministic and conservative: it rather overlooks a fault than blames a sound answer. Markup counts
    where the system message asks for plain text, another language where neither the message nor the user
    speaks of languages.

    Attributes:
        policy: `mark` notes what is found, `reject` rejects the row with `faulty_answer`.
        turns: `all`, or `last` where the earlier answers were kept as they were.

    Input columns:
        - messages (`List[Dict[str, str]]`): The original conversation.
        - aligned_messages (`List[Dict[str, str]]`): The system message, then the turns with the aligned
            responses.
        - outcome (`str`): Optional. Only accepted rows, and rows without an outcome, are looked at.

    Output columns:
        - answer_comparisons (`List[Dict[str, Any]]`): Per turn `result` (`same`, `different` or `unknown`),
            `kind` and the two final answers, if `answers` is on.
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
        Mark a response that refuses:

        ```python
        from sysgen_distilabel.steps import CheckAnswerFaults

        step = CheckAnswerFaults(policy="mark")
        step.load()
        question = {"role": "user", "content": "She sold 48 clips, and then 24 more. How many in all?"}
        original = {"role": "assistant", "content": "48 + 24 = 72. #### 72"}
        aligned = {"role": "assistant", "content": "I'm sorry, but I can't help with that."}
        row = {
            "messages": [question, original],
            "aligned_messages": [{"role": "system", "content": "Be brief."}, question, aligned],
        }
        print(next(step.process([row]))[0]["findings"])
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

    check: ClassVar[str] = "faults"
    policy: str = Field(default="reject", description="What is done with what is found.")
