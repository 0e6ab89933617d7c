"""Write a system message that differs from the row's own in one functionality."""

from typing import TYPE_CHECKING, Literal

from pydantic import Field

from sysgen_distilabel.columns import (
    CONTRAST_FUNCTIONALITY,
    CONTRAST_KIND,
    CONTRAST_SYSTEM_MESSAGE,
    OUTCOME,
    PAIR_KIND,
    PHRASES,
    SOURCE_ID,
)
from sysgen_distilabel.errors import RowRejected
from sysgen_distilabel.functionalities import Functionality, kept_phrases
from sysgen_distilabel.outcome import Outcome
from sysgen_distilabel.rows import Row
from sysgen_distilabel.steps.row_step import RowStep
from sysgen_distilabel.variety.conditions import seed_random
from sysgen_distilabel.variety.contrast import (
    SHOWN_IN_RESPONSES,
    Contrast,
    choose_contrast,
    contrast_phrases,
)
from sysgen_distilabel.variety.options import FunctionalityName

if TYPE_CHECKING:
    from distilabel.typing import StepColumns


class ContrastSystemMessage(RowStep):
    """Drop one functionality of a system message, or turn it into its opposite.

    A response given under the contrastive message is fluent and to the point, and breaks the
    row's own message in one known respect: the rejected side of a preference pair that a model can
    only tell from the chosen one by the system message. Which functionality is chosen depends on
    the row and the seed alone. All other phrases stay word for word.

    Attributes:
        contrasts: what may be done: `drop` or `flip`.
        functionalities: those that may be chosen. By default those that show in a response:
            Content, Action, Style, Tool and Format.
        seed: other seeds choose otherwise.

    Input columns:
        - source_id (`str`): Identifies the row.
        - phrases (`List[Dict[str, str]]`): The phrases of the system message, with verdicts.
        - pair_kind (`str`): Optional. `original` pairs need no other message and pass through.
        - outcome (`str`): Optional. Rows with an outcome other than `pending` pass through.

    Output columns:
        - contrast_kind (`str`): `drop` or `flip`.
        - contrast_functionality (`str`): The functionality it was done to.
        - contrast_system_message (`str`): The system message that comes of it.
        - outcome (`str`): `pending`, or the reason the pair is left out for.
        - outcome_detail (`str`): What exactly was wrong, empty for a live row.
        - rejected_by (`str`): The name of the step that left it out, empty for a live row.

    Categories:
        - text-manipulation

    References:
        - [System Message Generation for User Preferences using Open-Source Models](https://arxiv.org/abs/2502.11330)

    Examples:
        Turn the format into its opposite:

        ```python
        from sysgen_distilabel.steps import ContrastSystemMessage

        step = ContrastSystemMessage(contrasts=["flip"], functionalities=["Format"])
        step.load()
        phrases = [
            {"functionality": "Role", "text": "You are a tutor.", "verdict": "Good"},
            {"functionality": "Format", "text": "Answer in a table.", "verdict": "Good"},
        ]
        row = next(step.process([{"source_id": "row-1", "phrases": phrases}]))[0]
        print(row["contrast_system_message"])
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

    contrasts: list[Literal["drop", "flip"]] = Field(default=["drop", "flip"], min_length=1)
    functionalities: list[FunctionalityName] = Field(default=list(SHOWN_IN_RESPONSES), min_length=1)
    seed: int = 0

    @property
    def inputs(self) -> "StepColumns":
        """The phrases and the id, and the kind and the state if there are any."""
        return {SOURCE_ID: True, PHRASES: True, PAIR_KIND: False, OUTCOME: False}

    @property
    def own_outputs(self) -> list[str]:
        """The other message, and how it differs."""
        return [CONTRAST_KIND, CONTRAST_FUNCTIONALITY, CONTRAST_SYSTEM_MESSAGE]

    def process_row(self, row: Row) -> Row:
        """Contrast the message of one row."""
        if row.get(PAIR_KIND) == "original":
            return {}
        phrases = kept_phrases(row[PHRASES])
        random = seed_random(self.seed, CONTRAST_SYSTEM_MESSAGE, row[SOURCE_ID])
        contrasts = [Contrast(name) for name in self.contrasts]
        functionalities = [Functionality(name) for name in self.functionalities]
        choice = choose_contrast(phrases, contrasts, functionalities, random)
        if choice is None:
            present = ", ".join(phrase["functionality"] for phrase in phrases)
            raise RowRejected(Outcome.NOTHING_TO_CONTRAST, f"the message has {present}")
        return {
            CONTRAST_KIND: choice.contrast.value,
            CONTRAST_FUNCTIONALITY: choice.functionality.value,
            CONTRAST_SYSTEM_MESSAGE: " ".join(phrase["text"] for phrase in contrast_phrases(phrases, choice)),
        }
