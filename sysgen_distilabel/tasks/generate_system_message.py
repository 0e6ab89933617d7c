"""Phase 1: write an annotated system message for a conversation."""

from typing import TYPE_CHECKING, Any, ClassVar

from pydantic import Field

from sysgen_distilabel.annotation import parse_annotated
from sysgen_distilabel.columns import ANNOTATED_SYSTEM_MESSAGE, MESSAGES, OUTCOME
from sysgen_distilabel.prompts import fence_for, load_demonstrations, render_prompt
from sysgen_distilabel.rows import Row
from sysgen_distilabel.structured import tagged_message_grammar
from sysgen_distilabel.tasks.base import SysGenTask

if TYPE_CHECKING:
    from distilabel.typing import ChatType, StepColumns


class GenerateSystemMessage(SysGenTask):
    """Write a system message for a conversation, its phrases tagged with eight functionalities.

    Phase 1 of SysGen (§3.1): the generator sees the whole conversation, the answers included, and
    three annotated demonstrations. It writes in the conversation's language and uses the
    functionalities the conversation gives ground for. The annotated text is kept as it came;
    `FilterTags` reads it.

    Attributes:
        repair: whether a reply that `FilterTags(repair=True)` can mend counts as usable when
            `max_attempts` allows another one.

    Input columns:
        - messages (`List[Dict[str, str]]`): The conversation: user and assistant turns, each with
            `role` and `content`.
        - outcome (`str`): Optional. Rows with an outcome other than `pending` cost no call.

    Output columns:
        - annotated_system_message (`str`): The tagged text as the generator wrote it.
        - outcome (`str`): `pending`, or the reason the row is rejected for.
        - outcome_detail (`str`): What exactly was wrong, empty for a live row.
        - rejected_by (`str`): The name of the step that rejected the row, empty for a live row.
        - usage (`List[Dict[str, Any]]`): Calls and tokens per Task so far.
        - model_name (`str`): The model that wrote the text.

    Categories:
        - text-generation

    References:
        - [System Message Generation for User Preferences using Open-Source Models](https://arxiv.org/abs/2502.11330)

    Examples:
        Write a system message for one conversation:

        ```python
        from sysgen_distilabel.llms.simulated import SimulatedLLM
        from sysgen_distilabel.tasks import GenerateSystemMessage

        task = GenerateSystemMessage(llm=SimulatedLLM())
        task.load()
        messages = [
            {"role": "user", "content": "Write a Python function that reverses a string."},
            {"role": "assistant", "content": "def reverse(text): return text[::-1]"},
        ]
        row = next(task.process([{"messages": messages}]))[0]
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

    repair: bool = Field(default=False, description="Whether a reply that can be mended counts as usable.")

    sampling: ClassVar[dict[str, Any]] = {"temperature": 0.7, "max_new_tokens": 512}

    @property
    def inputs(self) -> "StepColumns":
        """The conversation, and the row's state if it has one."""
        return {MESSAGES: True, OUTCOME: False}

    @property
    def own_outputs(self) -> list[str]:
        """The annotated text."""
        return [ANNOTATED_SYSTEM_MESSAGE]

    def format_input(self, input: Row) -> "ChatType":
        """The three-shot prompt with the conversation between fences it cannot close."""
        messages = input[MESSAGES]
        return render_prompt(
            "generate_system_message",
            demonstrations=load_demonstrations(),
            messages=messages,
            fence=fence_for([message["content"] for message in messages]),
        )

    def structured_format(self, row: Row, formats: frozenset[str]) -> dict[str, Any] | None:
        """A grammar of every legal annotated system message, where the engine takes grammars."""
        if "grammar" not in formats:
            return None
        return {"format": "grammar", "schema": tagged_message_grammar()}

    def format_output(self, output: str | None, input: Row | None = None) -> Row:
        """The annotated text as it came."""
        return {ANNOTATED_SYSTEM_MESSAGE: output or ""}

    def is_usable(self, outputs: Row) -> bool:
        """Whether the text holds a valid phrase."""
        return bool(parse_annotated(outputs[ANNOTATED_SYSTEM_MESSAGE], repair=self.repair).phrases)

    def _sample_input(self) -> "ChatType":
        messages = [
            {"role": "user", "content": "<PLACEHOLDER_USER_TURN>"},
            {"role": "assistant", "content": "<PLACEHOLDER_ASSISTANT_TURN>"},
        ]
        return self.format_input({MESSAGES: messages})
