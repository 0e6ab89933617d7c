"""Phase 2: keep the phrases that are correctly tagged, in the canonical order."""

import re
from typing import TYPE_CHECKING, Final, Literal

from pydantic import Field

from sysgen_distilabel.columns import ANNOTATED_SYSTEM_MESSAGE, OUTCOME, PHRASES, TAG_DEFECTS
from sysgen_distilabel.errors import RowRejected
from sysgen_distilabel.outcome import Outcome
from sysgen_distilabel.replies.annotation import Annotation, DefectKind, find_cut, parse_annotated
from sysgen_distilabel.rows import Row, needs_system_message
from sysgen_distilabel.steps.row_step import RowStep

if TYPE_CHECKING:
    from distilabel.typing import StepColumns


Order = Literal["canonical", "auto", "generator"]

_ORDER_WORD: Final = re.compile(
    r"(?:first(?:ly)?|second(?:ly)?|then|next|after that|finally|lastly|zuerst|zun\u00e4chst|dann|danach"
    r"|anschlie\u00dfend|schlie\u00dflich|d'abord|ensuite|puis|enfin|primero|despu\u00e9s|luego|finalmente|prima|poi|infine)\b"
    r"|\u9996\u5148|\u7136\u540e|\u6700\u540e|\u307e\u305a|\u6b21\u306b|\u6700\u5f8c\u306b|\uba3c\uc800|\ub2e4\uc74c\uc73c\ub85c|\ub9c8\uc9c0\ub9c9\uc73c\ub85c",
    re.IGNORECASE,
)


class FilterTags(RowStep):
    """Read the tags of an annotated system message and keep its valid phrases.

    Phase 2 of SysGen (§3.2): phrases that are not enclosed by matching tags of the eight
    functionalities go, and so does text under no tag; the rest is put in the canonical order. A
    row with no phrase left is rejected.

    Attributes:
        repair: whether slips that can be read in one way only (a double slash, a missing end,
            a plural name, ...) are mended instead of dropped. The paper drops them.
        order: `canonical` as in the paper, `generator` for that in which they were written, or `auto`, which
            is that of the generator where a phrase begins with a word such as "First" or "Then".

    Input columns:
        - annotated_system_message (`str`): The tagged text as the generator wrote it.
        - tag_defects (`List[str]`): Optional. Where the text was cut off or began to run in a loop; it is
            read up to there.
        - outcome (`str`): Optional. Rows with an outcome other than `pending` pass through.

    Output columns:
        - phrases (`List[Dict[str, str]]`): The valid phrases in canonical order, each with
            `functionality`, `text` and an empty `verdict`.
        - tag_defects (`List[str]`): What was dropped or mended, and where in the text.
        - outcome (`str`): `pending`, or the reason the row is rejected for.
        - outcome_detail (`str`): What exactly was wrong, empty for a live row.
        - rejected_by (`str`): The name of the step that rejected the row, empty for a live row.

    Categories:
        - filtering

    References:
        - [System Message Generation for User Preferences using Open-Source Models](https://arxiv.org/abs/2502.11330)

    Examples:
        Drop a phrase whose end tag does not match:

        ```python
        from sysgen_distilabel.steps import FilterTags

        step = FilterTags()
        step.load()
        text = "<<Role>>You are a tutor.<</Role>><<Style>>Be kind.<<//Style>>"
        row = next(step.process([{"annotated_system_message": text}]))[0]
        print(row["phrases"], row["tag_defects"])
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

    repair: bool = Field(default=False, description="Whether unambiguous slips are mended.")
    order: Order = Field(default="canonical", description="The order of the phrases.")

    @property
    def inputs(self) -> "StepColumns":
        """The annotated text, and the row's state if it has one."""
        return {ANNOTATED_SYSTEM_MESSAGE: True, TAG_DEFECTS: False, OUTCOME: False}

    @property
    def own_outputs(self) -> list[str]:
        """The phrases, and what was wrong with the tags."""
        return [PHRASES, TAG_DEFECTS]

    def is_open(self, row: Row) -> bool:
        """Whether the row has no system message yet."""
        return needs_system_message(row)

    def process_row(self, row: Row) -> Row:
        """Read the tags of one row; a row without a valid phrase keeps its defects."""
        cut = find_cut(noted := row[TAG_DEFECTS])
        annotation = self._read(row[ANNOTATED_SYSTEM_MESSAGE][:cut])
        row[TAG_DEFECTS] = [*map(str, annotation.defects), *noted]
        if not annotation.phrases:
            in_loop = any(defect.startswith(DefectKind.LOOP) for defect in noted)
            reason = Outcome.DEGENERATE_REPLY if in_loop else Outcome.NO_VALID_PHRASE
            raise RowRejected(reason, "; ".join(row[TAG_DEFECTS]) or "the text has no tag")
        return {
            PHRASES: [
                {"functionality": phrase.functionality.value, "text": phrase.text, "verdict": ""}
                for phrase in annotation.phrases
            ]
        }

    def _read(self, text: str) -> Annotation:
        annotation = parse_annotated(text, repair=self.repair)
        if self.order == "canonical":
            return annotation
        in_order = [bool(_ORDER_WORD.match(phrase.text)) for phrase in annotation.phrases]
        if self.order == "auto" and not any(in_order):
            return annotation
        return parse_annotated(text, repair=self.repair, canonical=False)
