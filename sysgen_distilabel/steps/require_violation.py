"""Leave out original responses that a judge does not find to violate the system message."""

from typing import TYPE_CHECKING

from sysgen_distilabel.columns import ALIGNMENT_JUDGEMENTS, OUTCOME, PAIR_KIND
from sysgen_distilabel.errors import RowRejected
from sysgen_distilabel.outcome import Outcome
from sysgen_distilabel.replies.judgements import OVERALL, UNREADABLE, Alignment
from sysgen_distilabel.rows import Row
from sysgen_distilabel.steps.row_step import RowStep

if TYPE_CHECKING:
    from distilabel.typing import StepColumns


class RequireViolation(RowStep):
    """Keep a pair whose original response breaks the system message; contrastive pairs pass through.

    The original response was given under no system message, and often it happens to follow the one
    written for it. To reject such a response would teach nothing but the generator's manner. It
    comes before the aligned response is judged, so that pairs that are left out cost one call.

    Input columns:
        - pair_kind (`str`): `original` or `contrastive`.
        - alignment_judgements (`List[Dict[str, str]]`): Verdicts of `JudgeAlignment` on the
            rejected response.
        - outcome (`str`): Pairs with an outcome other than `accepted` pass through.

    Output columns:
        - outcome (`str`): `accepted`, or the reason the pair is left out for.
        - outcome_detail (`str`): The verdict, empty for an accepted pair.
        - rejected_by (`str`): The name of the step that left it out, empty for an accepted pair.

    Categories:
        - filtering
        - preference

    References:
        - [System Message Generation for User Preferences using Open-Source Models](https://arxiv.org/abs/2502.11330)

    Examples:
        Leave out a pair whose original response is fine:

        ```python
        from sysgen_distilabel.steps import RequireViolation

        step = RequireViolation()
        step.load()
        verdict = {"response": "original", "functionality": "Overall", "verdict": "aligned"}
        row = {"pair_kind": "original", "alignment_judgements": [verdict], "outcome": "accepted"}
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

    @property
    def inputs(self) -> "StepColumns":
        """The kind, the verdicts and the outcome."""
        return [PAIR_KIND, ALIGNMENT_JUDGEMENTS, OUTCOME]

    @property
    def own_outputs(self) -> list[str]:
        """Nothing but the state."""
        return []

    def is_open(self, row: Row) -> bool:
        """Whether the pair has not been left out so far."""
        return bool(row[OUTCOME] == Outcome.ACCEPTED)

    def process_row(self, row: Row) -> Row:
        """Look at the verdict on one pair."""
        if row[PAIR_KIND] == "contrastive":
            return {}
        verdict = find_verdict(row, "original")
        if verdict == UNREADABLE:
            raise RowRejected(Outcome.UNREADABLE_VERDICT, "on the original response")
        if verdict != Alignment.NOT_ALIGNED.code:
            raise RowRejected(Outcome.FOLLOWS_SYSTEM_MESSAGE, verdict)
        return {}


def find_verdict(row: Row, response: str) -> str:
    """The verdict on a response as a whole.

    Args:
        row: a row that `JudgeAlignment` has judged.
        response: `original` for the rejected response, `aligned` for the chosen one.
    """
    return next(
        (
            str(entry["verdict"])
            for entry in row[ALIGNMENT_JUDGEMENTS]
            if entry["response"] == response and entry["functionality"] == OVERALL
        ),
        UNREADABLE,
    )
