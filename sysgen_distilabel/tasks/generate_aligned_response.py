"""Phase 4: answer the conversation again, under its system message."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Final

from pydantic import Field, PositiveInt, PrivateAttr, model_validator

from sysgen_distilabel.checks.check_table import Subject, policies_of
from sysgen_distilabel.checks.findings import Action, note
from sysgen_distilabel.checks.response_finders import RESPONSE_FINDERS, Exchange
from sysgen_distilabel.columns import (
    ALIGNED_MESSAGES,
    ANSWER_TURNS,
    CONFLICTING_TURN,
    CONSTRAINTS,
    MESSAGES,
    OUTCOME,
    PHRASES,
    REASONING,
    RESPONSE_CANDIDATES,
    SYSTEM_MESSAGE,
    TOOL_TURNS,
    TOOLS,
    TURN_FIELDS,
)
from sysgen_distilabel.constraints.check_responses import find_broken
from sysgen_distilabel.errors import ConfigError, RowRejected
from sysgen_distilabel.old_paths import with_new_names
from sysgen_distilabel.outcome import Outcome
from sysgen_distilabel.response_turns import (
    TurnMode,
    as_plain_turn,
    find_answers,
    find_request,
    restore_turns,
)
from sysgen_distilabel.rows import Row
from sysgen_distilabel.tasks.alignment_question import ALIGNMENT_TEMPLATE
from sysgen_distilabel.tasks.answered_turns import (
    REWRITE_TEMPLATE,
    Answered,
    TurnPlan,
    keep_followed,
    plan_turns,
    rewrite_turn,
)
from sysgen_distilabel.tasks.asker import Asker, gather_usable
from sysgen_distilabel.tasks.base import SysGenTask
from sysgen_distilabel.tasks.tool_turns import ToolTurns, join_notes

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
    they were recorded. A turn without an answer gets one. The Task has no prompt template for answers:
    the system message is the system turn and nothing is added.

    User turns of the source speak to the source's answers: `turns` says what becomes of both. Whether a user
    turn speaks of an earlier answer is told by cheap signs, see
    `sysgen_distilabel.checks.turn_references`.

    A conflicting turn comes last and is answered in favour of the system message: for this one
    request the system turn ends with a sentence that says so, which is not in the dataset.

    Attributes:
        turns: `regenerate` all answers and leave the user's turns as they are. `rewrite` also asks the
            engine to rewrite a user turn that speaks of an earlier answer, so that it fits the new ones; a
            turn whose rewriting fails stays as it is. `keep` keeps an original answer that follows the
            message already, by the `constraints` and, for phrases that have none, by a verdict of the
            engine, unless its user turn speaks of an answer that was regenerated. `last` regenerates the
            last answer alone, after the original ones. All but `regenerate` add the column `answer_turns`:
            where each answer comes from, and what its user turn was before.
        candidates: how many times the conversation is answered. The first becomes the aligned
            one, and all go into a column `response_candidates`, a list of `answers` and `score`,
            for `SelectResponse` to choose from. Not with `rewrite`, which would give each other user turns.
        keep_reasoning: put what a reasoning model thought before each answer into a column `reasoning`; it is
            never in a message. Not with several candidates.
        check_constraints: ask again for an answer that breaks one of the `constraints`, while
            attempts are left; the last answer is kept as it is.
        offer_tools: offer the engine the `tools` of a row, where the LLM can (`EndpointLLM`). Where the
            source calls a tool the engine is asked for its own call: if it makes the same, by name and by
            arguments as JSON values, the recorded result is replayed; else the recorded call stays. Where it
            calls a tool in place of an answer, it is asked for one without. The column `tool_turns` says so.

    Input columns:
        - messages (`List[Dict[str, str]]`): The original conversation.
        - system_message (`str`): The system message to follow.
        - turn_fields (`str`): Optional. Tool calls of the turns, as `LoadConversations` has them.
        - tools (`str`): Optional. The schemas of the tools the assistant has, as JSON.
        - conflicting_turn (`str`): Optional. A last user turn that conflicts with it.
        - constraints (`List[Dict[str, str]]`): Optional. What `CompileConstraints` found.
        - phrases (`List[Dict[str, str]]`): Optional. The phrases of the message, for `keep`.
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

    turns: TurnMode = Field(default="regenerate", description="What becomes of the answers and user turns.")
    candidates: PositiveInt = Field(default=1, description="How many times the conversation is answered.")

    keep_reasoning: bool = Field(default=False, description="Whether what the model thinks is kept.")
    check_constraints: bool = Field(
        default=False, description="Whether an answer that breaks a constraint is asked for again."
    )
    offer_tools: bool = Field(default=False, description="Whether the engine is offered the tools of a row.")

    _takes_tools: bool = PrivateAttr(default=False)

    phase: ClassVar[int] = 4
    sampling: ClassVar[dict[str, Any]] = {"temperature": 0.7, "max_new_tokens": 1024}

    @property
    def inputs(self) -> "StepColumns":
        """The conversation and its system message, and the row's state if it has one."""
        return {
            MESSAGES: True,
            SYSTEM_MESSAGE: True,
            TURN_FIELDS: False,
            TOOLS: False,
            CONFLICTING_TURN: False,
            CONSTRAINTS: False,
            PHRASES: False,
            OUTCOME: False,
        }

    @model_validator(mode="before")
    @classmethod
    def _read_old_names(cls, fields: Any) -> Any:
        """Pipelines may have been saved when `turns` was `keep_earlier_turns`."""
        return with_new_names(fields) if isinstance(fields, Mapping) else fields

    @property
    def templates(self) -> tuple[str, ...]:
        """The files that its prompts are made of, if user turns are rewritten or answers judged."""
        used = {"rewrite": (REWRITE_TEMPLATE,), "keep": (ALIGNMENT_TEMPLATE,)}
        return used.get(self.turns, ())

    @property
    def own_outputs(self) -> list[str]:
        """The regenerated conversation, what it is made of, and those to choose from."""
        made_of = [ANSWER_TURNS] if self.turns != "regenerate" else []
        made_of += [REASONING] if self.keep_reasoning else []
        made_of += [TOOL_TURNS] if self.offer_tools else []
        return [ALIGNED_MESSAGES, *made_of, *([RESPONSE_CANDIDATES] if self.candidates > 1 else [])]

    @property
    def samples_per_round(self) -> int:
        """The attempts of all candidates."""
        return self.candidates * super().samples_per_round

    def load(self) -> None:
        """Load the LLM.

        Raises:
            ConfigError: if there are to be several candidates of conversations with rewritten turns, or
                with reasoning.
        """
        if self.keep_reasoning and self.candidates > 1:
            raise ConfigError("Reasoning is kept of one candidate.", "Set one, or keep_reasoning to false.")
        if self.turns == "rewrite" and self.candidates > 1:
            raise ConfigError(
                "Every candidate would have other user turns with `turns: rewrite`.", "Set one candidate."
            )
        super().load()
        takes_tools = getattr(getattr(self.llm, "llm", self.llm), "takes_tools", None)
        self._takes_tools = self.offer_tools and takes_tools is not None and takes_tools()

    async def answer(self, row: Row, ask: Asker) -> Row:
        """Regenerate turn by turn; the row is accepted when every turn has its answer."""
        plan = await self._make_plan(row, ask)
        firsts = range(0, self.samples_per_round, self.max_attempts)
        found = await gather_usable(self._answer_conversation(row, ask, first, plan) for first in firsts)
        answered: Row = {ALIGNED_MESSAGES: found[0].aligned, OUTCOME: Outcome.ACCEPTED.value}
        if self.turns != "regenerate":
            answered[ANSWER_TURNS] = found[0].answers
        if self.keep_reasoning:
            answered[REASONING] = found[0].reasoning
        if self.offer_tools:
            answered[TOOL_TURNS] = join_notes(made.tools for made in found)
        if self.candidates > 1:
            answered[RESPONSE_CANDIDATES] = [
                {
                    "answers": [made.aligned[place]["content"] for place in find_answers(made.aligned)],
                    "score": 0.0,
                }
                for made in found
            ]
        return answered

    async def _make_plan(self, row: Row, ask: Asker) -> TurnPlan:
        plan = plan_turns(row[MESSAGES], self.turns)
        if self.turns == "keep":
            await keep_followed(row, plan, ask, self._formats)
        return plan

    async def _answer_conversation(self, row: Row, ask: Asker, first: int, plan: TurnPlan) -> Answered:
        """One candidate; its samples of a prompt are counted from `first`."""
        made = Answered.under(row[SYSTEM_MESSAGE], ToolTurns.of(row, self._takes_tools))
        turns = restore_turns(row[MESSAGES], row.get(TURN_FIELDS) or "")
        for place, (message, turn) in enumerate(zip(row[MESSAGES], turns, strict=True)):
            content, thought = message["content"], ""
            if place in plan.regenerated:
                content, thought = await self._answer_turn(
                    made, made.sent, ask, place + 1, first, row, message["content"]
                )
                turn = {"content": content}
            elif plan.repeats_call(place):
                attempts = range(first, first + self.max_attempts)
                await made.tools.repeat_call(made.sent, turn, made.turn, ask, attempts)
            elif message["role"] == "user":
                made.refers_back, made.rewritten_from = place in plan.referring, ""
                if made.refers_back and self.turns == "rewrite":
                    content = await rewrite_turn(
                        made.aligned[1:], content, ask, range(first, first + self.max_attempts)
                    )
                    made.rewritten_from = message["content"] if content != message["content"] else ""
                    turn = {"content": content}
            made.add(
                {"role": message["role"], "content": content},
                self._as_sent({**message, "content": content}, turn),
            )
            if place in plan.answers:
                made.note_answer(plan.name(place), thought)
            if place in plan.added:
                content, thought = await self._answer_turn(made, made.sent, ask, place + 2, first, row)
                answer = {"role": "assistant", "content": content}
                made.add(answer, answer)
                made.note_answer("regenerated", thought)
        if conflicting := row.get(CONFLICTING_TURN):
            await self._answer_conflict(conflicting, made, row, ask, first)
        return made

    async def _answer_conflict(self, turn: str, made: Answered, row: Row, ask: Asker, first: int) -> None:
        user = {"role": "user", "content": turn}
        reminder = {"role": "system", "content": f"{row[SYSTEM_MESSAGE]}\n\n{_REMINDER}"}
        number = len(made.aligned) + 1
        history = [reminder, *made.sent[1:], user]
        text, thought = await self._answer_turn(made, history, ask, number, first, row)
        answer = {"role": "assistant", "content": text}
        made.refers_back, made.rewritten_from = False, ""
        made.add(user, user)
        made.add(answer, answer)
        made.note_answer("regenerated", thought)

    def _as_sent(self, message: dict[str, Any], turn: dict[str, Any]) -> Any:
        """A turn as the engine is sent it: with its tool calls, or as text where the LLM takes no more."""
        if not getattr(getattr(self.llm, "llm", self.llm), "takes_tool_turns", False):
            return as_plain_turn(message)
        held = {key: turn[key] for key in _HELD if key in turn}
        return {**message, **held, "content": turn["content"] if "tool_calls" in held else message["content"]}

    async def _answer_turn(
        self,
        made: Answered,
        history: "ChatType",
        ask: Asker,
        number: int,
        first: int,
        row: Row,
        original: str | None = None,
    ) -> tuple[str, str]:
        """An answer, and what was thought before it."""
        last, answer, thought = self.max_attempts - 1, "", ""
        for attempt in range(last + 1):
            try:
                answer = await made.tools.answer(history, made.turn, ask, first + attempt)
                thought = ask.last_reasoning
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
                if attempt == last or not self._has_to_be_asked_again(answer, history, row, original, ask):
                    break
        return answer, thought

    def _has_to_be_asked_again(
        self, answer: str, history: "ChatType", row: Row, original: str | None, ask: Asker
    ) -> bool:
        if self._breaks_constraint(answer, row):
            return True
        turn = len(find_answers(history)) + 1
        exchange = Exchange(turn, find_request(history), original, answer, row[SYSTEM_MESSAGE])
        found = [
            note(name, finding, Action.REGENERATED, self.phase)
            for name, policy in policies_of(self.checks, Subject.RESPONSES).items()
            if policy.asks_again
            for finding in RESPONSE_FINDERS[name](exchange)
        ]
        ask.findings += found
        return bool(found)

    def _breaks_constraint(self, answer: str, row: Row) -> bool:
        return self.check_constraints and bool(find_broken(answer, row.get(CONSTRAINTS) or []))

    def format_input(self, input: Row) -> "ChatType":
        """The first request of a row: the system message and the first user turn."""
        return [{"role": "system", "content": input[SYSTEM_MESSAGE]}, input[MESSAGES][0]]

    def _sample_input(self) -> "ChatType":
        messages = [{"role": "user", "content": "<PLACEHOLDER_USER_TURN>"}]
        return self.format_input({SYSTEM_MESSAGE: "<PLACEHOLDER_SYSTEM_MESSAGE>", MESSAGES: messages})
