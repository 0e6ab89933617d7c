"""Check each turn of an answered conversation against the criteria the benchmark lists for it."""

import json
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from pydantic import Field

from sysgen_distilabel.columns import BENCHMARK_ITEM, MESSAGES, RESPONSES
from sysgen_distilabel.prompts import fence_for, render_prompt
from sysgen_distilabel.replies.scores import check_schema, read_checks
from sysgen_distilabel.rows import Row
from sysgen_distilabel.tasks.answer_messages import find_slots
from sysgen_distilabel.tasks.benchmark_judge import BenchmarkJudge, Judgement, Question

if TYPE_CHECKING:
    from distilabel.typing import ChatType


class CheckCriteria(BenchmarkJudge):
    """Check each turn of an answered conversation against its criteria, as SysBench does.

    One call per turn that has criteria. The judge sees the system message, the turns before as the
    model saw them, the answer and the numbered criteria with their types, and says yes or no to
    each. The wording of the prompt is our own, in English, and the verdicts come as JSON. A
    criterion without a readable verdict stays unreadable.

    Attributes:
        history: what the model saw of the turns before: its own answers (`own`), or the references
            (`reference`); as in `AnswerMessages`.

    Input columns:
        - messages (`List[Dict[str, str]]`): The conversation that was answered, with references.
        - responses (`List[str]`): The answers, one per assistant turn, or to the last ones alone.
        - benchmark_item (`str`): JSON with `turns`, one per answer, each of which has `criteria`: a list of
            `id`, `text` and `type`.
        - outcome (`str`): Optional. Rows with an outcome other than `pending` cost no call.

    Output columns:
        - judgements (`List[Dict[str, Any]]`): One per criterion: `criterion` is its id and
            `verdict` is `yes`, `no`, or empty if it cannot be read.
        - outcome (`str`): `accepted`, or the reason the row was rejected for.
        - outcome_detail (`str`): What exactly was wrong, empty for an accepted row.
        - rejected_by (`str`): The name of the step that rejected the row, empty for an accepted row.
        - usage (`List[Dict[str, Any]]`): Calls and tokens per Task so far.
        - model_name (`str`): The model that judged.

    Categories:
        - critique

    References:
        - [System Message Generation for User Preferences using Open-Source Models](https://arxiv.org/abs/2502.11330)
        - [SysBench: Can Large Language Models Follow System Messages?](https://arxiv.org/abs/2408.10943)

    Examples:
        Check one turn:

        ```python
        import json

        from sysgen_distilabel.llms import SimulatedLLM
        from sysgen_distilabel.tasks import CheckCriteria

        task = CheckCriteria(llm=SimulatedLLM())
        task.load()
        criteria = [{"id": "1", "text": "The answer is in English.", "type": "format"}]
        item = {"turns": [{"criteria": criteria}]}
        messages = [{"role": "user", "content": "What is a hash table?"}]
        row = {"messages": messages, "responses": ["Buckets."], "benchmark_item": json.dumps(item)}
        print(next(task.process([row]))[0]["judgements"])
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

    sampling: ClassVar[dict[str, Any]] = {"temperature": 0.0, "max_new_tokens": 2048}

    def questions(self, row: Row, item: dict[str, Any]) -> list[Question]:
        """One question per answered turn that has criteria; turns before them stay as they are."""
        messages = [dict(message) for message in row[MESSAGES]]
        questions = []
        slots = find_slots(messages)[-len(row[RESPONSES]) :]
        answered = zip(slots, item["turns"], row[RESPONSES], strict=True)
        for number, (slot, turn, response) in enumerate(answered, start=1):
            if turn["criteria"]:
                questions.append(self._question(number, messages[:slot], response, turn["criteria"]))
            if self.history == "own" and slot < len(messages):
                messages[slot]["content"] = response
        return questions

    def _question(
        self, turn: int, shown: list[dict[str, str]], response: str, criteria: list[dict[str, str]]
    ) -> Question:
        names = [criterion["id"] for criterion in criteria]

        def judgements(checks: dict[str, bool], reason: str) -> list[Judgement]:
            said = {True: "yes", False: "no", None: ""}
            return [
                {"turn": turn, "criterion": name, "verdict": said[checks.get(name)], "reason": reason}
                for name in names
            ]

        texts = [message["content"] for message in shown] + [criterion["text"] for criterion in criteria]
        prompt = render_prompt(
            "check_criteria",
            system="\n".join(message["content"] for message in shown if message["role"] == "system"),
            history=[message for message in shown if message["role"] != "system"],
            response=response,
            criteria=criteria,
            fence=fence_for([*texts, response]),
        )
        return Question(
            prompt=prompt,
            schema=check_schema(names),
            read=lambda reply: judgements(*read_checks(reply, names)),
            unread=lambda reason: judgements({}, reason),
        )

    def _sample_input(self) -> "ChatType":
        item = {"turns": [{"criteria": [{"id": "1", "text": "<PLACEHOLDER_CRITERION>", "type": ""}]}]}
        messages = [{"role": "user", "content": "<PLACEHOLDER_USER_TURN>"}]
        return self.format_input(
            {MESSAGES: messages, RESPONSES: ["<PLACEHOLDER>"], BENCHMARK_ITEM: json.dumps(item)}
        )
