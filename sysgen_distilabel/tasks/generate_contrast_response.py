"""Answer the last turn of a conversation under a contrastive system message."""

from typing import TYPE_CHECKING, Any, ClassVar

from sysgen_distilabel.columns import (
    ALIGNED_MESSAGES,
    CONTRAST_RESPONSE,
    CONTRAST_SYSTEM_MESSAGE,
    OUTCOME,
)
from sysgen_distilabel.response_turns import as_plain_turn
from sysgen_distilabel.rows import Row
from sysgen_distilabel.tasks.asker import Asker
from sysgen_distilabel.tasks.base import SysGenTask

if TYPE_CHECKING:
    from distilabel.typing import ChatType, StepColumns


class GenerateContrastResponse(SysGenTask):
    """Answer the last turn under a system message that differs from the row's own.

    The model sees the contrastive system message and the aligned turns before the last answer, as
    `GenerateAlignedResponse` does with the row's own message. Rows without a contrastive message
    cost no call.

    Input columns:
        - contrast_system_message (`str`): The system message to follow, empty for rows to pass by.
        - aligned_messages (`List[Dict[str, str]]`): The turns, the last answer at the end.
        - outcome (`str`): Optional. Rows with an outcome other than `pending` cost no call.

    Output columns:
        - contrast_response (`str`): The response.
        - outcome (`str`): `pending`, or the reason the pair is left out for.
        - outcome_detail (`str`): What exactly was wrong, empty for a live row.
        - rejected_by (`str`): The name of the step that left it out, empty for a live row.
        - usage (`List[Dict[str, Any]]`): Calls and tokens per Task so far.
        - model_name (`str`): The model that gave the response.

    Categories:
        - chat-generation
        - preference

    References:
        - [System Message Generation for User Preferences using Open-Source Models](https://arxiv.org/abs/2502.11330)

    Examples:
        Answer under the opposite of what is wanted:

        ```python
        from sysgen_distilabel.llms import SimulatedLLM
        from sysgen_distilabel.tasks import GenerateContrastResponse

        task = GenerateContrastResponse(llm=SimulatedLLM())
        task.load()
        aligned = [
            {"role": "system", "content": "Answer in a table."},
            {"role": "user", "content": "What is a hash table?"},
            {"role": "assistant", "content": "| term | meaning |"},
        ]
        row = {"aligned_messages": aligned, "contrast_system_message": "Answer in prose."}
        print(next(task.process([row]))[0]["contrast_response"])
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

    sampling: ClassVar[dict[str, Any]] = {"temperature": 0.7, "max_new_tokens": 1024}

    @property
    def inputs(self) -> "StepColumns":
        """The other message and the turns, and the row's state if it has one."""
        return {CONTRAST_SYSTEM_MESSAGE: True, ALIGNED_MESSAGES: True, OUTCOME: False}

    @property
    def own_outputs(self) -> list[str]:
        """The response."""
        return [CONTRAST_RESPONSE]

    async def answer(self, row: Row, ask: Asker) -> Row:
        """Ask about a row that has a contrastive message."""
        return await super().answer(row, ask) if row[CONTRAST_SYSTEM_MESSAGE] else {CONTRAST_RESPONSE: ""}

    def format_input(self, input: Row) -> "ChatType":
        """The other system message and the turns up to the last answer."""
        turns: ChatType = [as_plain_turn(turn) for turn in input[ALIGNED_MESSAGES][1:-1]]
        return [{"role": "system", "content": input[CONTRAST_SYSTEM_MESSAGE]}, *turns]

    def format_output(self, output: str | None, input: Row | None = None) -> Row:
        """The reply is the response."""
        return {CONTRAST_RESPONSE: output or ""}

    def _sample_input(self) -> "ChatType":
        turn = {"role": "user", "content": "<PLACEHOLDER_USER_TURN>"}
        answer = {"role": "assistant", "content": "<PLACEHOLDER_RESPONSE>"}
        message = "<PLACEHOLDER_SYSTEM_MESSAGE>"
        return self.format_input({CONTRAST_SYSTEM_MESSAGE: message, ALIGNED_MESSAGES: [{}, turn, answer]})
