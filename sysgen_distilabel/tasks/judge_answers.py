"""Asks a judge about the open answers that code cannot hold against the original's."""

from typing import TYPE_CHECKING, Any, ClassVar, Final, Literal

from pydantic import Field

from sysgen_distilabel.checks.answer_sides import AnswerKind
from sysgen_distilabel.checks.findings import Action, Finding, note
from sysgen_distilabel.columns import (
    ALIGNED_MESSAGES,
    ANSWER_COMPARISONS,
    FINDINGS,
    MESSAGES,
    OUTCOME,
    STATE,
)
from sysgen_distilabel.outcome import Outcome
from sysgen_distilabel.prompts import fence_for, render_prompt
from sysgen_distilabel.replies.grammars import verdict_regex, verdict_schema
from sysgen_distilabel.replies.judgements import Equivalence
from sysgen_distilabel.replies.verdicts import read_labels
from sysgen_distilabel.response_turns import Response, list_responses
from sysgen_distilabel.rows import Row, is_rejected, reject
from sysgen_distilabel.tasks.asker import Asker
from sysgen_distilabel.tasks.judge import JudgeTask

if TYPE_CHECKING:
    from distilabel.typing import ChatType, StepColumns

_CHECK: Final = "answers"
_KEYS: Final = ("Answer",)


class JudgeAnswers(JudgeTask):
    """Ask a judge whether an open answer comes to the same as the original one.

    It comes behind `CheckAnswer` and looks at the comparisons that code has left `unknown` because the
    original's final answer is a text; one question for each. What the judge says stands in the comparison
    with its name, so that code's results and a judge's are told apart. A verdict of `unknown`, or one that
    cannot be read, is never held against a row. The engine may be another than the one that answered.

    Attributes:
        policy: `mark` notes an answer that the judge calls different, `reject` rejects the row with
            `wrong_answer`.

    Input columns:
        - messages (`List[Dict[str, str]]`): The original conversation.
        - aligned_messages (`List[Dict[str, str]]`): The system message, then the turns with the aligned
            responses.
        - answer_comparisons (`List[Dict[str, Any]]`): What `CheckAnswer` has found.
        - outcome (`str`): Optional. Only accepted rows, and rows without an outcome, are looked at.

    Output columns:
        - answer_comparisons (`List[Dict[str, Any]]`): The same with the judge's results, and its name in
            `judge`.
        - findings (`List[Dict[str, Any]]`): What checks have found, with `kind` `judged` for an answer that
            it calls different.
        - outcome (`str`): As it was, or `wrong_answer`.
        - outcome_detail (`str`): Which turn, empty for a live row.
        - rejected_by (`str`): The name of the step that rejected the row, empty for a live row.
        - usage (`List[Dict[str, Any]]`): Calls and tokens per Task so far.

    Categories:
        - critique
        - filtering

    References:
        - [System Message Generation for User Preferences using Open-Source Models](https://arxiv.org/abs/2502.11330)

    Examples:
        Ask about one answer:

        ```python
        from sysgen_distilabel.llms import SimulatedLLM
        from sysgen_distilabel.tasks import JudgeAnswers

        task = JudgeAnswers(llm=SimulatedLLM())
        task.load()
        question = {"role": "user", "content": "Why is the sky blue?"}
        original = {"role": "assistant", "content": "Air scatters blue light the most."}
        aligned = {"role": "assistant", "content": "Because blue light is scattered by the air."}
        row = {
            "messages": [question, original],
            "aligned_messages": [{"role": "system", "content": "Be brief."}, question, aligned],
            "answer_comparisons": [
                {"turn": 1, "result": "unknown", "kind": "text", "original": "", "aligned": "", "judge": ""}
            ],
        }
        print(next(task.process([row]))[0]["answer_comparisons"])
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

    policy: Literal["mark", "reject"] = Field(default="mark", description="What becomes of a row.")

    phase: ClassVar[int] = 4

    @property
    def templates(self) -> tuple[str, ...]:
        """The file that its prompts are made of."""
        return ("judges/equivalent.jinja2",)

    @property
    def inputs(self) -> "StepColumns":
        """Both conversations and what code has found."""
        return {MESSAGES: True, ALIGNED_MESSAGES: True, ANSWER_COMPARISONS: True, OUTCOME: False}

    @property
    def own_outputs(self) -> list[str]:
        """The comparisons, what was found, and the state of the row."""
        return [ANSWER_COMPARISONS, FINDINGS, *STATE]

    def is_judged(self, row: Row) -> bool:
        """Whether the row has come through the last phase, or there are no phases."""
        return not is_rejected(row)

    async def judge(self, row: Row, ask: Asker) -> Row:
        """Ask about every open answer of one row."""
        responses = list_responses(row[MESSAGES], row[ALIGNED_MESSAGES])
        comparisons = [
            await self._settle(entry, responses[entry["turn"] - 1], row, ask)
            if entry["result"] == "unknown" and entry["kind"] == AnswerKind.TEXT
            else entry
            for entry in row[ANSWER_COMPARISONS]
        ]
        found = [entry["turn"] for entry in comparisons if entry["judge"] and entry["result"] == "different"]
        action = Action.REJECTED if self.policy == "reject" else Action.MARKED
        name = str(self.llm.model_name)
        noted = [note(_CHECK, Finding("judged", name, turn=turn), action, self.phase) for turn in found]
        settled = {ANSWER_COMPARISONS: comparisons, FINDINGS: [*row[FINDINGS], *noted]}
        if found and self.policy == "reject":
            detail = f"turn {found[0]}: judged: {name}"
            return reject({**row, **settled}, Outcome.WRONG_ANSWER, detail, str(self.name))
        return settled

    def unjudged(self, row: Row, detail: str) -> Row:
        """What code has found."""
        return {ANSWER_COMPARISONS: row[ANSWER_COMPARISONS]}

    async def _settle(self, entry: Row, response: Response, row: Row, ask: Asker) -> Row:
        verdict, _ = await self.ask_verdict(
            _write_question(response), row, ask, lambda reply: read_labels(reply, _KEYS, Equivalence) or None
        )
        result = verdict[_KEYS[0]].value.lower() if verdict else "unknown"
        return {**entry, "result": result, "judge": str(self.llm.model_name)}

    def structured_format(self, row: Row, formats: frozenset[str]) -> dict[str, Any] | None:
        """The line the prompt asks for as a regular expression, or else a JSON object."""
        if "regex" in formats:
            return {"format": "regex", "schema": verdict_regex(_KEYS, Equivalence)}
        if "json" in formats:
            return {"format": "json", "schema": verdict_schema(list(_KEYS), Equivalence)}
        return None

    def format_input(self, input: Row) -> "ChatType":
        """The question about the last answer of a row."""
        return _write_question(list_responses(input[MESSAGES], input[ALIGNED_MESSAGES])[-1])

    def _sample_input(self) -> "ChatType":
        texts = ("<PLACEHOLDER_USER_TURN>", "<PLACEHOLDER_ANSWER>", "<PLACEHOLDER_RESPONSE>")
        return _write_question(Response(*texts))


def _write_question(response: Response) -> "ChatType":
    texts = {name: text or "" for name, text in response._asdict().items()}
    chat: ChatType = render_prompt("judges/equivalent", **texts, fence=fence_for(list(texts.values())))
    return chat
