"""Set the response to reject beside the one to choose, before anything is judged."""

from typing import TYPE_CHECKING

from pydantic import Field

from sysgen_distilabel.columns import (
    ALIGNED_MESSAGES,
    CHOSEN_LENGTH,
    CONTRAST_RESPONSE,
    MESSAGES,
    OUTCOME,
    PAIR_KIND,
    REJECTED_LENGTH,
    REJECTED_MESSAGES,
)
from sysgen_distilabel.errors import RowRejected
from sysgen_distilabel.outcome import Outcome
from sysgen_distilabel.rows import Row
from sysgen_distilabel.steps.row_step import RowStep

if TYPE_CHECKING:
    from distilabel.typing import StepColumns


class OpposeResponses(RowStep):
    """Put the rejected response in the place of the aligned one, and leave out what cannot be a pair.

    The two sides of a pair differ in the last answer alone: the turns before are the aligned ones
    on both. Where the response to reject is missing, the same, or of quite another length, no
    judge has to be asked. Aligned responses are longer than original ones (1.35 to 1.89 times in
    the paper's Table 1), and a model trained on such pairs learns length first.

    Attributes:
        max_length_ratio: how many times as long as the shorter response the longer one may be, in
            characters; any by default.

    Input columns:
        - pair_kind (`str`): `original` or `contrastive`.
        - messages (`List[Dict[str, str]]`): The original conversation.
        - aligned_messages (`List[Dict[str, str]]`): The system message and the regenerated turns.
        - contrast_response (`str`): Optional. The response of a contrastive pair.
        - outcome (`str`): Optional. Rows with an outcome other than `pending` pass through.

    Output columns:
        - rejected_messages (`List[Dict[str, str]]`): The turns with the rejected response at the end.
        - chosen_length (`int`): Characters of the aligned response.
        - rejected_length (`int`): Characters of the rejected response.
        - outcome (`str`): `accepted` until a judge says otherwise, or the reason the pair is left out for.
        - outcome_detail (`str`): What exactly was wrong, empty for an accepted pair.
        - rejected_by (`str`): The name of the step that left it out, empty for an accepted pair.

    Categories:
        - preference

    References:
        - [System Message Generation for User Preferences using Open-Source Models](https://arxiv.org/abs/2502.11330)

    Examples:
        Oppose two responses:

        ```python
        from sysgen_distilabel.steps import OpposeResponses

        step = OpposeResponses(max_length_ratio=4)
        step.load()
        user = {"role": "user", "content": "What is a hash table?"}
        original = {"role": "assistant", "content": "A table of buckets found by a hash."}
        aligned = {"role": "assistant", "content": "Buckets, found by hash."}
        system = {"role": "system", "content": "Be brief."}
        row = {
            "pair_kind": "original",
            "messages": [user, original],
            "aligned_messages": [system, user, aligned],
        }
        print(next(step.process([row]))[0]["rejected_messages"])
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

    max_length_ratio: float | None = Field(default=None, ge=1)

    @property
    def inputs(self) -> "StepColumns":
        """Both conversations and the kind, and the other response and the state if there are any."""
        needed = dict.fromkeys((PAIR_KIND, MESSAGES, ALIGNED_MESSAGES), True)
        return {**needed, CONTRAST_RESPONSE: False, OUTCOME: False}

    @property
    def own_outputs(self) -> list[str]:
        """The rejected side, and the lengths of both responses."""
        return [REJECTED_MESSAGES, CHOSEN_LENGTH, REJECTED_LENGTH]

    def process_row(self, row: Row) -> Row:
        """Oppose the responses of one row."""
        aligned = row[ALIGNED_MESSAGES][1:]
        chosen, rejected = aligned[-1]["content"], self._find_rejected(row)
        lengths = len(chosen), len(rejected)
        row |= {CHOSEN_LENGTH: lengths[0], REJECTED_LENGTH: lengths[1]}
        if chosen.strip() == rejected.strip():
            raise RowRejected(Outcome.SAME_RESPONSE)
        ratio = max(lengths) / max(min(lengths), 1)
        if self.max_length_ratio is not None and ratio > self.max_length_ratio:
            raise RowRejected(Outcome.LENGTH_MISMATCH, f"{ratio:.2f} times as long")
        answer = {"role": "assistant", "content": rejected}
        return {REJECTED_MESSAGES: [*aligned[:-1], answer], OUTCOME: Outcome.ACCEPTED.value}

    def _find_rejected(self, row: Row) -> str:
        if row[PAIR_KIND] == "contrastive":
            return str(row[CONTRAST_RESPONSE])
        if len(row[MESSAGES]) != len(row[ALIGNED_MESSAGES]) - 1:
            raise RowRejected(Outcome.NO_ORIGINAL_RESPONSE)
        return str(row[MESSAGES][-1]["content"])
