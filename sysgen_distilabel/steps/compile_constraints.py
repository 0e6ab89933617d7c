"""Turn what a system message asks for into constraints that a program can check."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from sysgen_distilabel.columns import CONSTRAINTS, OUTCOME, PHRASES
from sysgen_distilabel.constraints.compile import compile_constraints
from sysgen_distilabel.constraints.proof import find_flaw
from sysgen_distilabel.constraints.verifiers import list_verifiers
from sysgen_distilabel.functionalities import Functionality, kept_phrases
from sysgen_distilabel.rows import Row
from sysgen_distilabel.steps.row_step import RowStep

if TYPE_CHECKING:
    from distilabel.typing import StepColumns


def compile_phrases(phrases: Sequence[Mapping[str, str]]) -> list[dict[str, str]]:
    """The entries of the column `constraints` for the phrases of a system message: those with a proof."""
    return [
        {**constraint.to_row(), "phrase": phrase["text"]}
        for phrase in kept_phrases(phrases)
        if Functionality(phrase["functionality"]).is_checkable
        for constraint in compile_constraints(phrase["text"])
        if find_flaw(constraint) is None
    ]


class CompileConstraints(RowStep):
    """Find the constraints in the phrases of a system message, by rules that prefer precision.

    A phrase such as "Keep answers under 100 words" becomes the id of a verifier, of IFEval or of our
    own, and its arguments; see `sysgen_distilabel.constraints.compile` for what is understood. Most
    phrases give nothing. A constraint is taken if its verifier passes a text written to follow it and
    fails the same text made to break it (`sysgen_distilabel.constraints.proof`). The constraints serve
    to mark, regenerate or reject responses (`CheckConstraints`, `GenerateAlignedResponse`), as a
    held-out test set and as a reward. The verifiers are those of lm-eval (extra `verifiers`) and our
    own; what cannot be checked here is left out.

    Input columns:
        - phrases (`List[Dict[str, str]]`): The phrases with their verdicts; those called Bad or
            None are passed over.
        - outcome (`str`): Optional. Rows with an outcome other than `pending` pass through.

    Output columns:
        - constraints (`List[Dict[str, str]]`): The `verifier`, its `arguments` as JSON text and
            the `phrase` each comes from.
        - outcome (`str`): `pending`, or what it was before.
        - outcome_detail (`str`): As it was before.
        - rejected_by (`str`): As it was before.

    Categories:
        - columns

    References:
        - [System Message Generation for User Preferences using Open-Source Models](https://arxiv.org/abs/2502.11330)
        - [Instruction-Following Evaluation for Large Language Models](https://arxiv.org/abs/2311.07911)

    Examples:
        Compile a phrase:

        ```python
        from sysgen_distilabel.steps import CompileConstraints

        step = CompileConstraints()
        step.load()
        phrases = [{"functionality": "Style", "text": "Keep answers under 100 words.", "verdict": "Good"}]
        print(next(step.process([{"phrases": phrases}]))[0]["constraints"])
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

    @property
    def inputs(self) -> "StepColumns":
        """The phrases, and the row's state if it has one."""
        return {PHRASES: True, OUTCOME: False}

    @property
    def own_outputs(self) -> list[str]:
        """The constraints."""
        return [CONSTRAINTS]

    def load(self) -> None:
        """Make sure that the verifiers are there.

        Raises:
            ConfigError: if lm-eval is not installed.
        """
        super().load()
        list_verifiers()

    def process_row(self, row: Row) -> Row:
        """Read the phrases of one row."""
        return {CONSTRAINTS: compile_phrases(row[PHRASES])}
