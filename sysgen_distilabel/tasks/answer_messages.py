"""Answer the turns of a benchmark's conversation as they are, system message included."""

import asyncio
from typing import TYPE_CHECKING, Any, Literal

from pydantic import Field

from sysgen_distilabel.chat_templates import fold_system
from sysgen_distilabel.columns import BENCHMARK_ITEM, MESSAGES, OUTCOME, RESPONSES
from sysgen_distilabel.errors import RowRejected
from sysgen_distilabel.outcome import Outcome
from sysgen_distilabel.response_turns import as_plain_turn
from sysgen_distilabel.rows import Row
from sysgen_distilabel.tasks.asker import Asker
from sysgen_distilabel.tasks.base import SysGenTask
from sysgen_distilabel.tasks.benchmark_item import read_item

if TYPE_CHECKING:
    from distilabel.typing import ChatType, StepColumns


class AnswerMessages(SysGenTask):
    """Answer a conversation turn by turn, for an evaluation.

    The assistant turns in `messages` are references. With `history="own"` the model sees its own
    answers as it goes on, as in use; with `history="reference"` it sees the references, so that
    an early mistake does not carry on. An empty reply is an empty answer, which fulfils nothing;
    a request that the engine refuses rejects the row.

    Attributes:
        history: what the model sees of the turns before: its own answers, or the references.
        turns: which turns to answer, `all` or the `last` one.
        system_role: whether the system message is sent in its role, or in the first user turn (`fold`).
        decoding: sampling of the benchmark's protocol; the LLM's `generation_kwargs` win.

    Input columns:
        - messages (`List[Dict[str, str]]`): The conversation, with a system message or without.
        - benchmark_item (`str`): Optional. What the benchmark says of the row, as JSON; its `run`
            says which sample of the answer is wanted, `tool_turns` and `tools` what follows the last
            user turn and which tools there are.
        - outcome (`str`): Optional. Rows with an outcome other than `pending` cost no call.

    Output columns:
        - responses (`List[str]`): The answers, one per turn asked.
        - outcome (`str`): `pending`, or the reason the row is rejected for.
        - outcome_detail (`str`): What exactly was wrong, empty for a live row.
        - rejected_by (`str`): The name of the step that rejected the row, empty for a live row.
        - usage (`List[Dict[str, Any]]`): Calls and tokens per Task so far.
        - model_name (`str`): The model that answered.

    Categories:
        - chat-generation

    References:
        - [System Message Generation for User Preferences using Open-Source Models](https://arxiv.org/abs/2502.11330)

    Examples:
        Answer two turns, the second one after the model's own first answer:

        ```python
        from sysgen_distilabel.llms import SimulatedLLM
        from sysgen_distilabel.tasks import AnswerMessages

        task = AnswerMessages(llm=SimulatedLLM())
        task.load()
        messages = [
            {"role": "system", "content": "Be brief."},
            {"role": "user", "content": "What is a hash table?"},
            {"role": "assistant", "content": "A table of buckets found by a hash."},
            {"role": "user", "content": "And a tree?"},
        ]
        row = next(task.process([{"messages": messages}]))[0]
        print(row["responses"])
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

    history: Literal["own", "reference"] = Field(
        default="own", description="Whether earlier answers are the model's own or the references."
    )
    turns: Literal["all", "last"] = Field(default="all", description="Which turns to answer.")
    system_role: Literal["native", "fold"] = Field(
        default="native", description="Whether the system message is sent as one, or in the first user turn."
    )
    decoding: dict[str, Any] = Field(
        default_factory=lambda: {"temperature": 0.0, "max_new_tokens": 1024},
        description="Sampling of the benchmark's protocol.",
    )

    @property
    def inputs(self) -> "StepColumns":
        """The conversation, and the row's item and state if it has them."""
        return {MESSAGES: True, BENCHMARK_ITEM: False, OUTCOME: False}

    @property
    def own_outputs(self) -> list[str]:
        """The answers."""
        return [RESPONSES]

    def load(self) -> None:
        """Load the LLM and settle the sampling."""
        super().load()
        assert self._recorded is not None
        protocol = self._recorded.accepted(self.decoding)
        self._generation_kwargs = {**protocol, **(self.llm.get_generation_kwargs() or {})}

    async def answer(self, row: Row, ask: Asker) -> Row:
        """Answer the turns, one after the other or, where the history is given, side by side."""
        messages, item = row[MESSAGES], read_item(row)
        slots = find_slots(messages)
        slots = slots[-1:] if self.turns == "last" else slots
        if self.history == "reference":
            prompts = [messages[:slot] for slot in slots]
            answers = await asyncio.gather(*(self._ask(prompt, ask, item) for prompt in prompts))
            return {RESPONSES: list(answers)}
        own: dict[int, str] = {}
        for slot in slots:
            history = [
                {**message, "content": own.get(place, message["content"])}
                for place, message in enumerate(messages[:slot])
            ]
            own[slot] = await self._ask(history, ask, item)
        return {RESPONSES: list(own.values())}

    async def _ask(self, prompt: "ChatType", ask: Asker, item: dict[str, Any]) -> str:
        chat: Any = [dict(message) for message in prompt]
        chat = fold_system(chat) if self.system_role == "fold" else chat
        try:
            if not (tool_turns := item.get("tool_turns")):
                return await ask(chat, item["run"])
            if not getattr(getattr(self.llm, "llm", self.llm), "takes_tool_turns", False):
                return await ask([*chat, *map(as_plain_turn, tool_turns)], item["run"])
            tools = {"extra_body": {"tools": item["tools"], "tool_choice": "none"}}
            sent = [turn | ({"content": ""} if "tool_calls" in turn else {}) for turn in tool_turns]
            return await ask([*chat, *sent], item["run"], tools)
        except RowRejected as rejection:
            if rejection.outcome is Outcome.NO_REPLY:
                return ""
            raise

    def format_input(self, input: Row) -> "ChatType":
        """The first request of a row."""
        slots = find_slots(input[MESSAGES])
        return list(input[MESSAGES][: slots[0]])

    def _sample_input(self) -> "ChatType":
        return [{"role": "user", "content": "<PLACEHOLDER_USER_TURN>"}]


def find_slots(messages: list[dict[str, str]]) -> list[int]:
    """The places where an answer belongs: those of the references, and the end after a user turn."""
    slots = [place for place, message in enumerate(messages) if message["role"] == "assistant"]
    return slots if messages[-1]["role"] == "assistant" else [*slots, len(messages)]
