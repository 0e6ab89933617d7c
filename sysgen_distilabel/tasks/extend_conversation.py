"""Go on with an aligned conversation for some turns of a simulated user, as long as the answers follow."""

from typing import TYPE_CHECKING, Any, ClassVar, Final

from pydantic import Field, PositiveInt

from sysgen_distilabel.columns import (
    ALIGNED_MESSAGES,
    ANSWER_TURNS,
    CONSTRAINTS,
    OUTCOME,
    SOURCE_ID,
    SYSTEM_MESSAGE,
)
from sysgen_distilabel.constraints.check_responses import find_broken
from sysgen_distilabel.errors import RowRejected
from sysgen_distilabel.outcome import Outcome
from sysgen_distilabel.rows import Row, is_rejected
from sysgen_distilabel.tasks.asker import Asker
from sysgen_distilabel.tasks.base import SysGenTask
from sysgen_distilabel.variety.options import Share
from sysgen_distilabel.variety.simulated_user import write_turns

if TYPE_CHECKING:
    from distilabel.typing import ChatType, StepColumns

_ADDED: Final = {"answer": "added", "refers_back": 0, "rewritten_from": ""}


class ExtendConversation(SysGenTask):
    """Extend an aligned conversation by user turns, each answered and each answer checked by programs.

    Models drop their system message after a few turns. The user is simulated by rules
    (`sysgen_distilabel.variety.simulated_user`): its turns have a persona, speak of the topic of the
    first one, are adversarial now and then, and never quote the system message. The engine answers
    under the system message; an answer that breaks a constraint is asked for again while attempts are
    left, and after that the conversation ends before it: all answers that stay follow.

    Attributes:
        turns: user turns to add at most.
        adversarial_share: how often a turn asks to drop the way of answering.
        seed: other seeds give other turns.

    Input columns:
        - aligned_messages (`List[Dict[str, str]]`): The system message and the turns so far.
        - system_message (`str`): The system message.
        - constraints (`List[Dict[str, str]]`): What programs check; a row without any is left alone.
        - source_id (`str`): Identifies the row; its turns are drawn by it.
        - outcome (`str`): Optional. Works on accepted rows, and on rows without an outcome.
        - answer_turns (`List[Dict[str, Any]]`): Optional. Where it is there, added answers are noted in it.

    Output columns:
        - aligned_messages (`List[Dict[str, str]]`): The longer conversation.
        - outcome (`str`): As it was before.
        - outcome_detail (`str`): As it was before.
        - rejected_by (`str`): As it was before.
        - usage (`List[Dict[str, Any]]`): Calls and tokens per Task so far.
        - model_name (`str`): The model that answered.

    Categories:
        - chat-generation

    References:
        - [System Message Generation for User Preferences using Open-Source Models](https://arxiv.org/abs/2502.11330)
        - [SysBench: Can Large Language Models Follow System Messages?](https://arxiv.org/abs/2408.10943)

    Examples:
        Go on for two turns:

        ```python
        from sysgen_distilabel.llms import SimulatedLLM
        from sysgen_distilabel.tasks import ExtendConversation

        task = ExtendConversation(llm=SimulatedLLM(), turns=2)
        task.load()
        messages = [
            {"role": "system", "content": "Do not use emojis."},
            {"role": "user", "content": "What is a hash table?"},
            {"role": "assistant", "content": "A table of buckets found by a hash."},
        ]
        row = {
            "source_id": "row-1",
            "system_message": "Do not use emojis.",
            "aligned_messages": messages,
            "constraints": [
                {
                    "verifier": "sysgen:number_emojis",
                    "arguments": '{"relation": "less than", "num_emojis": 1}',
                    "phrase": "Do not use emojis.",
                }
            ],
        }
        print(len(next(task.process([row]))[0]["aligned_messages"]))
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

    turns: PositiveInt = Field(default=4, description="User turns to add at most.")
    adversarial_share: Share = Field(default=0.2, description="How often a turn is adversarial.")
    seed: int = Field(default=0, description="Other seeds give other turns.")

    sampling: ClassVar[dict[str, Any]] = {"temperature": 0.7, "max_new_tokens": 1024}

    @property
    def inputs(self) -> "StepColumns":
        """The conversation, its system message, what is checked, and the row's id and outcome."""
        return {
            ALIGNED_MESSAGES: True,
            SYSTEM_MESSAGE: True,
            CONSTRAINTS: True,
            SOURCE_ID: True,
            OUTCOME: False,
            ANSWER_TURNS: False,
        }

    @property
    def own_outputs(self) -> list[str]:
        """The conversation."""
        return [ALIGNED_MESSAGES]

    def is_open(self, row: Row) -> bool:
        """Whether the row has come through the last phase, or there are no phases."""
        return bool(row.get(CONSTRAINTS)) and not is_rejected(row)

    async def answer(self, row: Row, ask: Asker) -> Row:
        """Add turns until one is not answered as the message asks."""
        messages = [dict(turn) for turn in row[ALIGNED_MESSAGES]]
        request = next(turn["content"] for turn in messages if turn["role"] == "user")
        seed = f"{self.seed}\0{row[SOURCE_ID]}"
        for turn in write_turns(row[SYSTEM_MESSAGE], request, self.turns, seed, self.adversarial_share):
            prompt = [*messages, {"role": "user", "content": turn.text}]
            response = await self._answer_turn(prompt, row, ask)
            if response is None:
                break
            messages = [*prompt, {"role": "assistant", "content": response}]
        if not row.get(ANSWER_TURNS):
            return {ALIGNED_MESSAGES: messages}
        first = len(row[ANSWER_TURNS]) + 1
        added = (len(messages) - len(row[ALIGNED_MESSAGES])) // 2
        noted = [{**_ADDED, "turn": turn} for turn in range(first, first + added)]
        return {ALIGNED_MESSAGES: messages, ANSWER_TURNS: [*row[ANSWER_TURNS], *noted]}

    async def _answer_turn(self, prompt: "ChatType", row: Row, ask: Asker) -> str | None:
        """An answer that follows, `None` if no attempt gives one."""
        for attempt in range(self.max_attempts):
            try:
                response = await ask(prompt, attempt)
            except RowRejected as rejection:
                if rejection.outcome is Outcome.ENGINE_ERROR:
                    return None
                continue
            if not find_broken(response, row[CONSTRAINTS]):
                return response
        return None

    def format_input(self, input: Row) -> "ChatType":
        """The conversation so far, which the first added turn goes on with."""
        return [dict(turn) for turn in input[ALIGNED_MESSAGES]]

    def _sample_input(self) -> "ChatType":
        return [{"role": "user", "content": "<PLACEHOLDER_USER_TURN>"}]
