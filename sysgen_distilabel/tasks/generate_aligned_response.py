"""Phase 4: answer the conversation again, under its system message."""

from typing import TYPE_CHECKING, Any, ClassVar, Final

from pydantic import Field, PositiveInt

from sysgen_distilabel.columns import (
    ALIGNED_MESSAGES,
    CONFLICTING_TURN,
    CONSTRAINTS,
    MESSAGES,
    OUTCOME,
    RESPONSE_CANDIDATES,
    SYSTEM_MESSAGE,
    TURN_FIELDS,
)
from sysgen_distilabel.constraints.check_responses import find_broken
from sysgen_distilabel.errors import RowRejected
from sysgen_distilabel.outcome import Outcome
from sysgen_distilabel.response_turns import find_answers, find_unanswered, restore_turns
from sysgen_distilabel.rows import Row
from sysgen_distilabel.tasks.asker import Asker, gather_usable
from sysgen_distilabel.tasks.base import SysGenTask

if TYPE_CHECKING:
    from distilabel.typing import ChatType, StepColumns

_HELD: Final = ("tool_calls", "tool_call_id", "name")
"""What an engine is sent of a turn beside role and text; marks for a trainer are not."""

_REMINDER: Final = (
    "If the user asks for something that conflicts with this message, keep to this message and help as far"
    " as it allows."
)


class GenerateAlignedResponse(SysGenTask):
    """Regenerate every answer of a conversation so that it follows the system message.

    Phase 4 of SysGen (§3.4): the model sees the system message and the user turns, never the
    original answer to the turn at hand. In a conversation of several turns each answer is given
    under the system message and the answers regenerated so far; tool calls and their results stay as
    they were recorded. A turn without an answer gets one. The Task has no prompt template:
    the system message is the system turn and nothing is added.

    A conflicting turn comes last and is answered in favour of the system message: for this one
    request the system turn ends with a sentence that says so, which is not in the dataset.

    Attributes:
        keep_earlier_turns: keep the original answers of all turns but the last, and regenerate
            the last one alone.
        candidates: how many times the conversation is answered. The first becomes the aligned
            one, and all go into a column `response_candidates`, a list of `answers` and `score`,
            for `SelectResponse` to choose from.
        check_constraints: ask again for an answer that breaks one of the `constraints`, while
            attempts are left; the last answer is kept as it is.

    Input columns:
        - messages (`List[Dict[str, str]]`): The original conversation.
        - system_message (`str`): The system message to follow.
        - turn_fields (`str`): Optional. Tool calls of the turns, as `LoadConversations` has them.
        - conflicting_turn (`str`): Optional. A last user turn that conflicts with it.
        - constraints (`List[Dict[str, str]]`): Optional. What `CompileConstraints` found.
        - outcome (`str`): Optional. Rows with an outcome other than `pending` cost no call.

    Output columns:
        - aligned_messages (`List[Dict[str, str]]`): The system message, then the turns with the
            aligned responses. Empty for a rejected row.
        - outcome (`str`): `accepted`, or the reason the row is rejected for.
        - outcome_detail (`str`): What exactly was wrong, empty for an accepted row.
        - rejected_by (`str`): The name of the step that rejected the row, empty for an accepted row.
        - usage (`List[Dict[str, Any]]`): Calls and tokens per Task.
        - model_name (`str`): The model that gave the answers.

    Categories:
        - chat-generation

    References:
        - [System Message Generation for User Preferences using Open-Source Models](https://arxiv.org/abs/2502.11330)

    Examples:
        Answer one turn under a system message:

        ```python
        from sysgen_distilabel.llms import SimulatedLLM
        from sysgen_distilabel.tasks import GenerateAlignedResponse

        task = GenerateAlignedResponse(llm=SimulatedLLM())
        task.load()
        messages = [
            {"role": "user", "content": "What is a hash table?"},
            {"role": "assistant", "content": "A table of buckets found by a hash."},
        ]
        row = next(task.process([{"messages": messages, "system_message": "Be brief."}]))[0]
        print(row["aligned_messages"][-1]["content"])
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

    keep_earlier_turns: bool = Field(
        default=False, description="Whether only the last answer is regenerated, after the original ones."
    )
    candidates: PositiveInt = Field(default=1, description="How many times the conversation is answered.")

    check_constraints: bool = Field(
        default=False, description="Whether an answer that breaks a constraint is asked for again."
    )

    phase: ClassVar[int] = 4
    sampling: ClassVar[dict[str, Any]] = {"temperature": 0.7, "max_new_tokens": 1024}

    @property
    def inputs(self) -> "StepColumns":
        """The conversation and its system message, and the row's state if it has one."""
        return {
            MESSAGES: True,
            SYSTEM_MESSAGE: True,
            TURN_FIELDS: False,
            CONFLICTING_TURN: False,
            CONSTRAINTS: False,
            OUTCOME: False,
        }

    @property
    def own_outputs(self) -> list[str]:
        """The regenerated conversation, and those to choose from."""
        return [ALIGNED_MESSAGES, *([RESPONSE_CANDIDATES] if self.candidates > 1 else [])]

    @property
    def samples_per_round(self) -> int:
        """The attempts of all candidates."""
        return self.candidates * super().samples_per_round

    async def answer(self, row: Row, ask: Asker) -> Row:
        """Regenerate turn by turn; the row is accepted when every turn has its answer."""
        accepted = {OUTCOME: Outcome.ACCEPTED.value}
        if self.candidates == 1:
            return {ALIGNED_MESSAGES: await self._answer_conversation(row, ask, 0), **accepted}
        firsts = range(0, self.samples_per_round, self.max_attempts)
        found = await gather_usable(self._answer_conversation(row, ask, first) for first in firsts)
        candidates = [
            {"answers": [aligned[place]["content"] for place in find_answers(aligned)], "score": 0.0}
            for aligned in found
        ]
        return {ALIGNED_MESSAGES: found[0], RESPONSE_CANDIDATES: candidates, **accepted}

    async def _answer_conversation(self, row: Row, ask: Asker, first: int) -> "ChatType":
        """One candidate; its samples of a prompt are counted from `first`."""
        aligned: ChatType = [{"role": "system", "content": row[SYSTEM_MESSAGE]}]
        sent: ChatType = list(aligned)
        turns = restore_turns(row[MESSAGES], row.get(TURN_FIELDS) or "")
        regenerated, added = self._find_open(row[MESSAGES])
        for place, (message, turn) in enumerate(zip(row[MESSAGES], turns, strict=True)):
            content = message["content"]
            if place in regenerated:
                content = await self._answer_turn(sent, ask, place + 1, first, row)
                turn = {"content": content}
            aligned.append({"role": message["role"], "content": content})
            sent.append(self._as_sent({**message, "content": content}, turn))
            if place in added:
                content = await self._answer_turn(sent, ask, place + 2, first, row)
                aligned.append({"role": "assistant", "content": content})
                sent.append(aligned[-1])
        if conflicting := row.get(CONFLICTING_TURN):
            aligned.append({"role": "user", "content": conflicting})
            reminder = {"role": "system", "content": f"{row[SYSTEM_MESSAGE]}\n\n{_REMINDER}"}
            history = [reminder, *sent[1:], aligned[-1]]
            answer = await self._answer_turn(history, ask, len(aligned), first, row)
            aligned.append({"role": "assistant", "content": answer})
        return aligned

    def _as_sent(self, message: dict[str, Any], turn: dict[str, Any]) -> Any:
        """A turn as the engine is sent it: with its tool calls, or as text where the LLM takes no more."""
        if not getattr(getattr(self.llm, "llm", self.llm), "takes_tool_turns", False):
            if message["role"] != "tool":
                return message
            return {"role": "user", "content": f"<tool_response>\n{message['content']}\n</tool_response>"}
        held = {key: turn[key] for key in _HELD if key in turn}
        return {**message, **held, "content": turn["content"] if "tool_calls" in held else message["content"]}

    def _find_open(self, messages: "ChatType") -> tuple[set[int], set[int]]:
        """The places of the answers to regenerate, and of the turns that have none and get one."""
        answers, unanswered = find_answers(messages), find_unanswered(messages)
        if self.keep_earlier_turns:
            last = max(answers[-1:] + unanswered)
            answers = [place for place in answers if place == last]
        return set(answers), set(unanswered)

    async def _answer_turn(self, history: "ChatType", ask: Asker, number: int, first: int, row: Row) -> str:
        last, answer = self.max_attempts - 1, ""
        for attempt in range(last + 1):
            try:
                answer = await ask(list(history), first + attempt)
            except RowRejected as rejection:
                if answer:  # it breaks a constraint, which is better than none
                    continue
                outcome = rejection.outcome
                if attempt == last or outcome is Outcome.ENGINE_ERROR:
                    if outcome is Outcome.NO_REPLY:
                        outcome = Outcome.EMPTY_ANSWER
                    detail = f"turn {number}: {rejection.detail}".rstrip(": ")
                    raise RowRejected(outcome, detail) from rejection
            else:
                if attempt == last or not self._breaks_constraint(answer, row):
                    break
        return answer

    def _breaks_constraint(self, answer: str, row: Row) -> bool:
        return self.check_constraints and bool(find_broken(answer, row.get(CONSTRAINTS) or []))

    def format_input(self, input: Row) -> "ChatType":
        """The first request of a row: the system message and the first user turn."""
        return [{"role": "system", "content": input[SYSTEM_MESSAGE]}, input[MESSAGES][0]]

    def _sample_input(self) -> "ChatType":
        messages = [{"role": "user", "content": "<PLACEHOLDER_USER_TURN>"}]
        return self.format_input({SYSTEM_MESSAGE: "<PLACEHOLDER_SYSTEM_MESSAGE>", MESSAGES: messages})
