"""Add a user turn that asks for what the system message does not allow."""

from typing import TYPE_CHECKING, Any, ClassVar

from pydantic import Field

from sysgen_distilabel.columns import CONFLICTING_TURN, MESSAGES, OUTCOME, SOURCE_ID, SYSTEM_MESSAGE
from sysgen_distilabel.prompts import fence_for, render_prompt
from sysgen_distilabel.rows import Row
from sysgen_distilabel.tasks.asker import Asker
from sysgen_distilabel.tasks.base import SysGenTask
from sysgen_distilabel.variety.conditions import draw_share
from sysgen_distilabel.variety.options import Share

if TYPE_CHECKING:
    from distilabel.typing import ChatType, StepColumns


class AddConflictingTurn(SysGenTask):
    """Write a last user turn that conflicts with the system message, for a share of the rows.

    A model that has only seen user turns in harmony with the system message drops it as soon as
    they disagree. `GenerateAlignedResponse` answers the added turn in favour of the system message
    (instruction hierarchy). As many rows without a conflict as with one keep a model from refusing
    too much.

    Attributes:
        share: share of the rows that get such a turn, drawn by `source_id`.
        seed: other seeds choose other rows.

    Input columns:
        - system_message (`str`): The system message to conflict with.
        - messages (`List[Dict[str, str]]`): The conversation to go on with.
        - source_id (`str`): Identifies the row; whether it gets a turn is drawn by it.
        - outcome (`str`): Optional. Rows with an outcome other than `pending` cost no call.

    Output columns:
        - conflicting_turn (`str`): The user turn, empty for the rows without one.
        - outcome (`str`): `pending`, or the reason the row is rejected for.
        - outcome_detail (`str`): What exactly was wrong, empty for a live row.
        - rejected_by (`str`): The name of the step that rejected the row, empty for a live row.
        - usage (`List[Dict[str, Any]]`): Calls and tokens per Task so far.
        - model_name (`str`): The model that wrote the turn.

    Categories:
        - text-generation

    References:
        - [System Message Generation for User Preferences using Open-Source Models](https://arxiv.org/abs/2502.11330)
        - [The Instruction Hierarchy](https://arxiv.org/abs/2404.13208)

    Examples:
        Ask for the opposite of what the system message wants:

        ```python
        from sysgen_distilabel.llms import SimulatedLLM
        from sysgen_distilabel.tasks import AddConflictingTurn

        task = AddConflictingTurn(llm=SimulatedLLM(), share=1.0)
        task.load()
        messages = [
            {"role": "user", "content": "What is a hash table?"},
            {"role": "assistant", "content": "A table of buckets found by a hash."},
        ]
        row = {"source_id": "row-1", "messages": messages, "system_message": "Answer in a table."}
        print(next(task.process([row]))[0]["conflicting_turn"])
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

    share: Share = Field(default=0.5, description="Share of the rows that get a conflicting turn.")
    seed: int = Field(default=0, description="Other seeds choose other rows.")

    sampling: ClassVar[dict[str, Any]] = {"temperature": 0.7, "max_new_tokens": 256}

    @property
    def templates(self) -> tuple[str, ...]:
        """The files that its prompts are made of."""
        return ("conflicting_turn.jinja2",)

    @property
    def inputs(self) -> "StepColumns":
        """The conversation, its system message and its id, and the row's state if it has one."""
        return {SYSTEM_MESSAGE: True, MESSAGES: True, SOURCE_ID: True, OUTCOME: False}

    @property
    def own_outputs(self) -> list[str]:
        """The user turn."""
        return [CONFLICTING_TURN]

    async def answer(self, row: Row, ask: Asker) -> Row:
        """Ask about a row that was drawn, and leave all others alone."""
        if not draw_share(self.share, self.seed, CONFLICTING_TURN, row[SOURCE_ID]):
            return {CONFLICTING_TURN: ""}
        return await super().answer(row, ask)

    def format_input(self, input: Row) -> "ChatType":
        """The zero-shot prompt with the system message and the conversation between fences."""
        texts = [input[SYSTEM_MESSAGE], *(message["content"] for message in input[MESSAGES])]
        return render_prompt(
            "conflicting_turn",
            system_message=input[SYSTEM_MESSAGE],
            messages=input[MESSAGES],
            fence=fence_for(texts),
        )

    def format_output(self, output: str | None, input: Row | None = None) -> Row:
        """The reply is the user turn."""
        return {CONFLICTING_TURN: output or ""}

    def _sample_input(self) -> "ChatType":
        messages = [{"role": "user", "content": "<PLACEHOLDER_USER_TURN>"}]
        return self.format_input({SYSTEM_MESSAGE: "<PLACEHOLDER_SYSTEM_MESSAGE>", MESSAGES: messages})
