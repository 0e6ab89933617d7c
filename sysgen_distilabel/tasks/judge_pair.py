"""Which of two responses is better: the original or the aligned one, asked in both orders."""

from typing import TYPE_CHECKING, Any, Final, Literal

from pydantic import Field

from sysgen_distilabel.columns import ALIGNED_MESSAGES, MESSAGES, OUTCOME, PAIR_JUDGEMENTS
from sysgen_distilabel.prompts import fence_for, render_prompt
from sysgen_distilabel.replies.grammars import strict_object
from sysgen_distilabel.replies.judgements import UNREADABLE, Preference, combine_orders, read_choice
from sysgen_distilabel.response_turns import pair_responses
from sysgen_distilabel.rows import Row
from sysgen_distilabel.tasks.asker import Asker
from sysgen_distilabel.tasks.judge import JudgeTask

if TYPE_CHECKING:
    from distilabel.typing import ChatType, StepColumns

Question = Literal["request", "system_message", "paper"]

_CHOICES: Final = ["1", "2"]
_CHOICE_SCHEMA: Final = strict_object({"better": {"type": "string", "enum": _CHOICES}})


class JudgePair(JudgeTask):
    """Compare the original and the aligned response of a conversation.

    Up to three questions, each asked on its own. `request`: which response serves the user better;
    the judge does not see the system message. `system_message`: which follows the system message
    better. Both are asked in both orders, and a judge that contradicts itself has called a tie.
    `paper` repeats the paper's check (appendix H, Table 14): one call, the original response
    always first, no system message; it measures the judge's love of second places along with the
    responses and is there to be compared with the paper's Figure 3.

    In a conversation of several turns the judge sees all user turns and all answers of each side
    and compares the two sides as a whole.

    A verdict that cannot be read, in one order or both, is `unreadable` and is never scored.
    `sysgen_distilabel.measures.pair_figures` adds verdicts up.

    Attributes:
        questions: what to ask, of `request`, `system_message` and `paper`.

    Input columns:
        - messages (`List[Dict[str, str]]`): The original conversation.
        - aligned_messages (`List[Dict[str, str]]`): The system message and the regenerated turns.
        - outcome (`str`): Optional. Rows with an outcome other than `accepted` cost no call.

    Output columns:
        - pair_judgements (`List[Dict[str, str]]`): For each question the `verdict` (`original`,
            `aligned`, `tie` or `unreadable`), the better response when the original one came first
            (`original_first`) and when it came second (`aligned_first`), the `judge`, and why a
            verdict is missing (`detail`). Empty for a rejected row.
        - usage (`List[Dict[str, Any]]`): Calls and tokens per Task so far.

    Categories:
        - critique
        - preference

    References:
        - [System Message Generation for User Preferences using Open-Source Models](https://arxiv.org/abs/2502.11330)

    Examples:
        Judge one pair:

        ```python
        from sysgen_distilabel.llms import SimulatedLLM
        from sysgen_distilabel.tasks import JudgePair

        task = JudgePair(llm=SimulatedLLM(judge_bias="longer"))
        task.load()
        user = {"role": "user", "content": "What is a hash table?"}
        original = {"role": "assistant", "content": "A table of buckets found by a hash."}
        aligned = {"role": "assistant", "content": "Buckets, found by hash."}
        system = {"role": "system", "content": "Be brief."}
        row = {"messages": [user, original], "aligned_messages": [system, user, aligned]}
        for judgement in next(task.process([row]))[0]["pair_judgements"]:
            print(judgement["question"], judgement["verdict"])
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

    questions: list[Question] = Field(
        default=["request", "system_message"], min_length=1, description="What to ask about each pair."
    )

    @property
    def templates(self) -> tuple[str, ...]:
        """The files that its prompts are made of."""
        return tuple(sorted({f"{_template_of(question)}.jinja2" for question in self.questions}))

    @property
    def inputs(self) -> "StepColumns":
        """Both conversations, and the row's outcome if it has one."""
        return {MESSAGES: True, ALIGNED_MESSAGES: True, OUTCOME: False}

    @property
    def own_outputs(self) -> list[str]:
        """The verdicts."""
        return [PAIR_JUDGEMENTS]

    async def judge(self, row: Row, ask: Asker) -> Row:
        """Ask each question about one row."""
        return {
            PAIR_JUDGEMENTS: [await self._ask_question(question, row, ask) for question in self.questions]
        }

    async def _ask_question(self, question: Question, row: Row, ask: Asker) -> dict[str, str]:
        original_first, detail = await self._ask_order(question, row, ask, swapped=False)
        if question == "paper":
            verdict, aligned_first = original_first or UNREADABLE, ""
        else:
            aligned_first, second_detail = await self._ask_order(question, row, ask, swapped=True)
            verdict, detail = combine_orders(original_first, aligned_first), detail or second_detail
        return self._make_judgement(question, verdict, original_first, aligned_first, detail)

    async def _ask_order(self, question: Question, row: Row, ask: Asker, swapped: bool) -> tuple[str, str]:
        """The response called better, `""` if that cannot be read, and then why."""
        prompt = self.write_prompt(row, question, swapped)
        choice, detail = await self.ask_verdict(prompt, row, ask, read_choice)
        if choice is None:
            return "", detail
        return (Preference.ORIGINAL if (choice == 1) is not swapped else Preference.ALIGNED).value, ""

    def write_prompt(self, row: Row, question: Question, swapped: bool = False) -> "ChatType":
        """The prompt for one question about one row.

        Args:
            row: a row with both conversations.
            question: what to ask.
            swapped: whether the aligned response comes first.

        Raises:
            ValueError: if the conversations are not of the same turns.
        """
        pairs = pair_responses(row[MESSAGES], row[ALIGNED_MESSAGES])
        sides = [pair.original for pair in pairs], [pair.aligned for pair in pairs]
        first, second = reversed(sides) if swapped else sides
        requests = [pair.request for pair in pairs]
        system_message = row[ALIGNED_MESSAGES][0]["content"]
        return render_prompt(
            _template_of(question),
            question=question,
            requests=requests,
            first=first,
            second=second,
            system_message=system_message,
            fence=fence_for([system_message, *requests, *first, *second]),
        )

    def unjudged(self, row: Row, detail: str) -> Row:
        """Every verdict unreadable."""
        return {
            PAIR_JUDGEMENTS: [
                self._make_judgement(question, UNREADABLE, "", "", detail) for question in self.questions
            ]
        }

    def _make_judgement(
        self, question: Question, verdict: str, original_first: str, aligned_first: str, detail: str
    ) -> dict[str, str]:
        return {
            "question": question,
            "verdict": verdict,
            "original_first": original_first,
            "aligned_first": aligned_first,
            "judge": str(self.llm.model_name),
            "detail": detail,
        }

    def structured_format(self, row: Row, formats: frozenset[str]) -> dict[str, Any] | None:
        """A choice of `1` and `2`, or what comes closest to it."""
        if "choice" in formats:
            return {"format": "choice", "schema": _CHOICES}
        if "regex" in formats:
            return {"format": "regex", "schema": "|".join(_CHOICES)}
        return {"format": "json", "schema": _CHOICE_SCHEMA} if "json" in formats else None

    def format_input(self, input: Row) -> "ChatType":
        """The first question about a row, with the original response first."""
        return self.write_prompt(input, self.questions[0])

    def _sample_input(self) -> "ChatType":
        user = {"role": "user", "content": "<PLACEHOLDER_USER_TURN>"}
        answers = [{"role": "assistant", "content": f"<PLACEHOLDER_RESPONSE_{n}>"} for n in (1, 2)]
        system = {"role": "system", "content": "<PLACEHOLDER_SYSTEM_MESSAGE>"}
        return self.format_input({MESSAGES: [user, answers[0]], ALIGNED_MESSAGES: [system, user, answers[1]]})


def _template_of(question: str) -> str:
    return "judges/pair_paper" if question == "paper" else "judges/pair"
