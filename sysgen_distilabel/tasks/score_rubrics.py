"""Grade an answer with the rubrics of its row, one call and one score from 1 to 5 per rubric."""

import json
from typing import TYPE_CHECKING, Any, ClassVar

from pydantic import Field

from sysgen_distilabel.columns import BENCHMARK_ITEM, MESSAGES, RESPONSES
from sysgen_distilabel.prompts import fence_for, render_prompt
from sysgen_distilabel.replies.scores import read_score, score_schema
from sysgen_distilabel.rows import Row
from sysgen_distilabel.tasks.benchmark_judge import BenchmarkJudge, Judgement, Question

if TYPE_CHECKING:
    from distilabel.typing import ChatType


class ScoreRubrics(BenchmarkJudge):
    """Grade an answer with the rubrics of its row, as Multifacet does.

    One call per rubric, with the system message and the prompt as the instruction and the
    reference answer as what would get a 5 (absolute grading, as in Prometheus). The wording of the
    prompt is our own and the score comes as JSON, unless another wording is given. A score that is not
    a whole number from 1 to 5 is unreadable.

    Attributes:
        judge_system: system message of another wording.
        judge_template: its user turn, with the places `{instruction}`, `{response}`,
            `{reference_answer}` and `{score_rubric}`; the reply ends with `[RESULT]` and the score.

    Input columns:
        - messages (`List[Dict[str, str]]`): The conversation that was answered.
        - responses (`List[str]`): The answers; the last one is graded.
        - benchmark_item (`str`): JSON with `reference_answer` and `rubrics`, each of which has
            `criteria`, `score_descriptions` and a `dimension`.
        - outcome (`str`): Optional. Rows with an outcome other than `pending` cost no call.

    Output columns:
        - judgements (`List[Dict[str, Any]]`): One per rubric: `criterion` is its dimension and
            `verdict` the score, empty if it cannot be read.
        - outcome (`str`): `accepted`, or the reason the row was rejected for.
        - outcome_detail (`str`): What exactly was wrong, empty for an accepted row.
        - rejected_by (`str`): The name of the step that rejected the row, empty for an accepted row.
        - usage (`List[Dict[str, Any]]`): Calls and tokens per Task so far.
        - model_name (`str`): The model that judged.

    Categories:
        - scorer

    References:
        - [System Message Generation for User Preferences using Open-Source Models](https://arxiv.org/abs/2502.11330)
        - [Aligning to Thousands of Preferences via System Message Generalization](https://arxiv.org/abs/2405.17977)

    Examples:
        Grade one answer:

        ```python
        import json

        from sysgen_distilabel.llms import SimulatedLLM
        from sysgen_distilabel.tasks import ScoreRubrics

        task = ScoreRubrics(llm=SimulatedLLM())
        task.load()
        rubric = {
            "dimension": "style",
            "criteria": "Is the response brief?",
            "score_descriptions": {"1": "It rambles.", "5": "No word is too many."},
        }
        item = {"reference_answer": "A table of buckets.", "rubrics": [rubric]}
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

    sampling: ClassVar[dict[str, Any]] = {"temperature": 1.0, "top_p": 0.9, "max_new_tokens": 1024}

    judge_system: str = Field(default="", description="System message of another wording of the prompt.")
    judge_template: str = Field(default="", description="User turn of another wording of the prompt.")

    def questions(self, row: Row, item: dict[str, Any]) -> list[Question]:
        """One question per rubric."""
        instruction = "\n".join(
            message["content"] for message in row[MESSAGES] if message["role"] != "assistant"
        )
        return [
            self._question(instruction, row[RESPONSES][-1], item["reference_answer"], rubric)
            for rubric in item["rubrics"]
        ]

    def _question(self, instruction: str, response: str, reference: str, rubric: dict[str, Any]) -> Question:
        def judgement(score: int | None, reason: str) -> list[Judgement]:
            verdict = "" if score is None else str(score)
            return [{"turn": 1, "criterion": rubric["dimension"], "verdict": verdict, "reason": reason}]

        if self.judge_template:
            asked = {name: rubric[name] for name in ("criteria", "score_descriptions")}
            content = self.judge_template.format(
                instruction=instruction,
                response=response,
                reference_answer=reference,
                score_rubric=json.dumps(asked, indent=4),
            )
            system = [{"role": "system", "content": self.judge_system}] if self.judge_system else []
            return Question(
                prompt=[*system, {"role": "user", "content": content}],
                schema={},
                read=lambda reply: judgement(*read_score(reply)),
                unread=lambda reason: judgement(None, reason),
            )
        texts = [instruction, response, reference, json.dumps(rubric, ensure_ascii=False)]
        prompt = render_prompt(
            "score_rubric",
            instruction=instruction,
            response=response,
            reference=reference,
            rubric=rubric,
            fence=fence_for([*texts, rubric["criteria"], *map(str, rubric["score_descriptions"].values())]),
        )
        return Question(
            prompt=prompt,
            schema=score_schema(),
            read=lambda reply: judgement(*read_score(reply)),
            unread=lambda reason: judgement(None, reason),
        )

    def _sample_input(self) -> "ChatType":
        rubric = {"dimension": "", "criteria": "<PLACEHOLDER_RUBRIC>", "score_descriptions": {}}
        item = json.dumps({"reference_answer": "<PLACEHOLDER_REFERENCE>", "rubrics": [rubric]})
        messages = [{"role": "user", "content": "<PLACEHOLDER_USER_TURN>"}]
        return self.format_input({MESSAGES: messages, RESPONSES: ["<PLACEHOLDER>"], BENCHMARK_ITEM: item})
