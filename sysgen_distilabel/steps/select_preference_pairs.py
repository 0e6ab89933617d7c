"""Keep the pairs whose chosen response the judge prefers in both orders."""

from typing import TYPE_CHECKING, Final

from pydantic import Field

from sysgen_distilabel.columns import (
    ALIGNED_MESSAGES,
    ALIGNMENT_JUDGEMENTS,
    CHOSEN,
    MARGIN,
    OUTCOME,
    PAIR_JUDGEMENTS,
    PROMPT,
    REJECTED,
    REJECTED_MESSAGES,
    SCORE_CHOSEN,
    SCORE_REJECTED,
)
from sysgen_distilabel.errors import RowRejected
from sysgen_distilabel.outcome import Outcome
from sysgen_distilabel.replies.judgements import UNREADABLE, Alignment, Preference, share_followed
from sysgen_distilabel.rows import Row
from sysgen_distilabel.steps.require_violation import find_verdict
from sysgen_distilabel.steps.row_step import RowStep

if TYPE_CHECKING:
    from distilabel.typing import StepColumns

_LEFT_OUT: Final = {
    Preference.TIE: Outcome.JUDGED_TIE,
    Preference.ORIGINAL: Outcome.JUDGED_WORSE,
    UNREADABLE: Outcome.UNREADABLE_VERDICT,
}


class SelectPreferencePairs(RowStep):
    """Write prompt, chosen and rejected for the pairs that every verdict speaks for.

    The judge must prefer the aligned response in both orders and must not say that it breaks the
    system message. What comes out is the conversational preference format of TRL: the prompt ends
    with the user turn, chosen and rejected are one assistant message each.

    Attributes:
        min_margin: leave out an original pair whose `margin`, which `MeasureLift` has measured, is lower; one
            of which it was not measured stays.

    Input columns:
        - aligned_messages (`List[Dict[str, str]]`): The system message and the regenerated turns.
        - rejected_messages (`List[Dict[str, str]]`): The turns with the rejected response at the end.
        - pair_judgements (`List[Dict[str, str]]`): Verdicts of `JudgePair`, `original` standing for
            the rejected side.
        - alignment_judgements (`List[Dict[str, str]]`): Verdicts of `JudgeAlignment` on the chosen
            response, and on the rejected one if it was judged.
        - margin (`float`): Optional. Lift of the chosen response minus that of the rejected one, in nats per
            token.
        - outcome (`str`): Pairs with an outcome other than `accepted` pass through.

    Output columns:
        - prompt (`List[Dict[str, str]]`): The system message, the earlier turns, the user turn.
        - chosen (`List[Dict[str, str]]`): The aligned response.
        - rejected (`List[Dict[str, str]]`): The response that follows it less, by the judge of the pair;
            a contrastive one need not break the system message.
        - score_chosen (`float`): Share of the alignment verdicts that are in favour of the chosen response,
            of those that are for or against it; null if there are none.
        - score_rejected (`float`): The same for the rejected response.
        - outcome (`str`): `accepted`, or the reason the pair is left out for.
        - outcome_detail (`str`): What exactly was wrong, empty for an accepted pair.
        - rejected_by (`str`): The name of the step that left it out, empty for an accepted pair.

    Categories:
        - filtering
        - preference

    References:
        - [System Message Generation for User Preferences using Open-Source Models](https://arxiv.org/abs/2502.11330)

    Examples:
        Keep a pair:

        ```python
        from sysgen_distilabel.steps import SelectPreferencePairs

        step = SelectPreferencePairs()
        step.load()
        user = {"role": "user", "content": "What is a hash table?"}
        brief = {"role": "assistant", "content": "Buckets, found by hash."}
        wordy = {"role": "assistant", "content": "Well, a hash table, as it happens, is a table."}
        verdict = {"response": "aligned", "functionality": "Overall", "verdict": "aligned"}
        row = {
            "aligned_messages": [{"role": "system", "content": "Be brief."}, user, brief],
            "rejected_messages": [user, wordy],
            "pair_judgements": [{"question": "system_message", "verdict": "aligned"}],
            "alignment_judgements": [verdict],
            "outcome": "accepted",
        }
        print(next(step.process([row]))[0]["chosen"])
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

    min_margin: float | None = Field(default=None, description="Least margin of a pair that stays.")

    @property
    def inputs(self) -> "StepColumns":
        """Both sides, the verdicts on them, their margin and the outcome."""
        needed = (ALIGNED_MESSAGES, REJECTED_MESSAGES, PAIR_JUDGEMENTS, ALIGNMENT_JUDGEMENTS, OUTCOME)
        return {**dict.fromkeys(needed, True), MARGIN: False}

    @property
    def own_outputs(self) -> list[str]:
        """The pair, and its scores."""
        return [PROMPT, CHOSEN, REJECTED, SCORE_CHOSEN, SCORE_REJECTED]

    def is_open(self, row: Row) -> bool:
        """Whether the pair has not been left out so far."""
        return bool(row[OUTCOME] == Outcome.ACCEPTED)

    def process_row(self, row: Row) -> Row:
        """Look at the verdicts on one pair."""
        alignment = find_verdict(row, "aligned")
        if alignment == UNREADABLE:
            raise RowRejected(Outcome.UNREADABLE_VERDICT, "on the aligned response")
        if alignment == Alignment.NOT_ALIGNED.code:
            raise RowRejected(Outcome.CHOSEN_VIOLATES)
        (judgement,) = row[PAIR_JUDGEMENTS]
        if judgement["verdict"] != Preference.ALIGNED:
            raise RowRejected(_LEFT_OUT[judgement["verdict"]], judgement.get("detail", ""))
        margin = row.get(MARGIN)
        if self.min_margin is not None and margin is not None and margin < self.min_margin:
            detail = f"margin {margin:.3f}, at least {self.min_margin} is asked for"
            raise RowRejected(Outcome.LOW_LIFT, detail)
        return {
            PROMPT: row[ALIGNED_MESSAGES][:-1],
            CHOSEN: row[ALIGNED_MESSAGES][-1:],
            REJECTED: row[REJECTED_MESSAGES][-1:],
            SCORE_CHOSEN: share_followed(row[ALIGNMENT_JUDGEMENTS], "aligned"),
            SCORE_REJECTED: share_followed(row[ALIGNMENT_JUDGEMENTS], "original"),
        }
