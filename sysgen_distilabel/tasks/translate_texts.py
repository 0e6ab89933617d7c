"""Translate the texts of a row one by one, as the paper did with the sessions of SysBench."""

import asyncio
from typing import TYPE_CHECKING, Any, ClassVar

from pydantic import Field

from sysgen_distilabel.columns import OUTCOME, TEXTS, TRANSLATIONS
from sysgen_distilabel.prompts import fence_for, render_prompt
from sysgen_distilabel.rows import Row
from sysgen_distilabel.tasks.asker import Asker
from sysgen_distilabel.tasks.base import SysGenTask

if TYPE_CHECKING:
    from distilabel.typing import ChatType, StepColumns


class TranslateTexts(SysGenTask):
    """Translate the texts of a row, one call per text.

    The first text, such as a system message, is shown with each, so that names and terms are translated
    alike. A row of which one text has no translation, or one that was cut off, is rejected: a conversation in
    two languages is no conversation. The wording of the prompt is our own; the paper's is not published.

    Attributes:
        language: the language to translate into, by its English name.

    Input columns:
        - texts (`List[str]`): What to translate.
        - outcome (`str`): Optional. Rows with an outcome other than `pending` cost no call.

    Output columns:
        - translations (`List[str]`): The translations, in the order of the texts.
        - outcome (`str`): `pending`, or the reason the row is rejected for.
        - outcome_detail (`str`): What exactly was wrong, empty for a live row.
        - rejected_by (`str`): The name of the step that rejected the row, empty for a live row.
        - usage (`List[Dict[str, Any]]`): Calls and tokens per Task so far.
        - model_name (`str`): The model that translated.

    Categories:
        - text-generation

    References:
        - [System Message Generation for User Preferences using Open-Source Models](https://arxiv.org/abs/2502.11330)
        - [SysBench: Can Large Language Models Follow System Messages?](https://arxiv.org/abs/2408.10943)

    Examples:
        Translate two texts:

        ```python
        from sysgen_distilabel.llms import SimulatedLLM
        from sysgen_distilabel.tasks import TranslateTexts

        task = TranslateTexts(llm=SimulatedLLM())
        task.load()
        print(next(task.process([{"texts": ["你是一位老师。", "什么是质数?"]}]))[0]["translations"])
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

    language: str = Field(default="English", description="The language to translate into.")

    sampling: ClassVar[dict[str, Any]] = {"temperature": 0.0, "max_new_tokens": 4096}

    @property
    def inputs(self) -> "StepColumns":
        """The texts, and the row's state."""
        return {TEXTS: True, OUTCOME: False}

    @property
    def own_outputs(self) -> list[str]:
        """The translations."""
        return [TRANSLATIONS]

    @property
    def templates(self) -> tuple[str, ...]:
        """The prompt."""
        return ("translate_text.jinja2",)

    async def answer(self, row: Row, ask: Asker) -> Row:
        """Translate the texts side by side."""
        prompts = [self._render(row[TEXTS][0], text) for text in row[TEXTS]]
        results = await asyncio.gather(*map(ask, prompts), return_exceptions=True)
        for result in results:
            if isinstance(result, BaseException):
                raise result
        return {TRANSLATIONS: results}

    def _render(self, opening: str, text: str) -> "ChatType":
        return render_prompt(
            "translate_text",
            language=self.language,
            opening=opening,
            text=text,
            fence=fence_for([opening, text]),
        )

    def format_input(self, input: Row) -> "ChatType":
        """The request for the first text."""
        return self._render(input[TEXTS][0], input[TEXTS][0])

    def _sample_input(self) -> "ChatType":
        return self.format_input({TEXTS: ["<PLACEHOLDER_TEXT>"]})
