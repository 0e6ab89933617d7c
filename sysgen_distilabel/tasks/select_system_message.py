"""Choose the candidate whose phrases the verifier likes best."""

import asyncio
from typing import TYPE_CHECKING

from pydantic import Field

from sysgen_distilabel.columns import ANNOTATED_SYSTEM_MESSAGE, CANDIDATES, MESSAGES, OUTCOME, PHRASES
from sysgen_distilabel.errors import RowRejected
from sysgen_distilabel.functionalities import Verdict
from sysgen_distilabel.outcome import Outcome
from sysgen_distilabel.replies.annotation import parse_annotated
from sysgen_distilabel.rows import Row
from sysgen_distilabel.tasks.asker import Asker
from sysgen_distilabel.tasks.verify_functionalities import VerifyFunctionalities

if TYPE_CHECKING:
    from distilabel.typing import StepColumns


class SelectSystemMessage(VerifyFunctionalities):
    """Verify every candidate and keep the one with the largest share of phrases verified as Good.

    Best-of-N between phase 1 and phase 2, on the candidates that `GenerateSystemMessage` writes
    with `candidates=N`. It asks what `VerifyFunctionalities` asks, so that this one, with the same
    LLM and the same store, finds the verdicts on the chosen candidate there and pays no call.
    Of equals the one with more phrases is kept, then the first. A candidate without a valid
    phrase or without readable verdicts scores 0.

    Attributes:
        repair: whether `FilterTags(repair=True)` comes after.

    Input columns:
        - candidates (`List[Dict[str, Any]]`): The annotated texts, each with `text` and `score`.
        - annotated_system_message (`str`): Optional. The candidate chosen so far.
        - messages (`List[Dict[str, str]]`): Optional. The conversation, for `ask_about_leaks`.
        - outcome (`str`): Optional. Rows with an outcome other than `pending` cost no call.

    Output columns:
        - annotated_system_message (`str`): The chosen candidate.
        - candidates (`List[Dict[str, Any]]`): The same texts, scored by the share of Good phrases.
        - outcome (`str`): `pending`, or the reason the row is rejected for.
        - outcome_detail (`str`): What exactly was wrong, empty for a live row.
        - rejected_by (`str`): The name of the step that rejected the row, empty for a live row.
        - usage (`List[Dict[str, Any]]`): Calls and tokens per Task so far.
        - model_name (`str`): The model that gave the verdicts.

    Categories:
        - critique

    References:
        - [System Message Generation for User Preferences using Open-Source Models](https://arxiv.org/abs/2502.11330)

    Examples:
        Choose one of two:

        ```python
        from sysgen_distilabel.llms import SimulatedLLM
        from sysgen_distilabel.tasks import SelectSystemMessage

        task = SelectSystemMessage(llm=SimulatedLLM())
        task.load()
        texts = ["<<Role>>You are a tutor.<</Role>>", "You are a tutor."]
        candidates = [{"text": text, "score": 0.0} for text in texts]
        row = next(task.process([{"candidates": candidates}]))[0]
        print(row["annotated_system_message"])
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

    repair: bool = Field(default=False, description="Whether tags are repaired afterwards.")

    @property
    def inputs(self) -> "StepColumns":
        """The candidates, and the row's state if it has one."""
        return {CANDIDATES: True, **dict.fromkeys((ANNOTATED_SYSTEM_MESSAGE, MESSAGES, OUTCOME), False)}

    @property
    def own_outputs(self) -> list[str]:
        """The chosen text, and the candidates again, with scores."""
        return [ANNOTATED_SYSTEM_MESSAGE, CANDIDATES]

    async def answer(self, row: Row, ask: Asker) -> Row:
        """Ask about all candidates side by side."""
        texts = [candidate["text"] for candidate in row[CANDIDATES]]
        scored = await asyncio.gather(*(self._score(text, row, ask) for text in texts))
        best = max(range(len(texts)), key=lambda number: (*scored[number], -number))
        return {
            ANNOTATED_SYSTEM_MESSAGE: texts[best],
            CANDIDATES: [
                {"text": text, "score": share} for text, (share, _) in zip(texts, scored, strict=True)
            ],
        }

    async def _score(self, text: str, row: Row, ask: Asker) -> tuple[float, int]:
        """The share of Good phrases, and how many phrases there are."""
        phrases = [
            {"functionality": str(phrase.functionality), "text": phrase.text, "verdict": ""}
            for phrase in parse_annotated(text, repair=self.repair).phrases
        ]
        if not phrases:
            return 0.0, 0
        candidate = {**row, PHRASES: phrases}
        try:
            judged = (await super().answer(candidate, ask))[PHRASES]
        except RowRejected as rejection:
            if rejection.outcome is Outcome.ENGINE_ERROR:
                raise
            return 0.0, len(phrases)
        good = sum(phrase["verdict"] == Verdict.GOOD for phrase in judged)
        return good / len(phrases), len(phrases)
