"""Whether a response follows its system message, as a whole and functionality by functionality."""

from typing import TYPE_CHECKING, Any, Literal

from pydantic import Field

from sysgen_distilabel.columns import ALIGNED_MESSAGES, ALIGNMENT_JUDGEMENTS, MESSAGES, OUTCOME, PHRASES
from sysgen_distilabel.functionalities import kept_phrases
from sysgen_distilabel.outcome import Outcome
from sysgen_distilabel.replies.judgements import UNREADABLE, Alignment
from sysgen_distilabel.replies.verdicts import read_labels
from sysgen_distilabel.rows import Row
from sysgen_distilabel.tasks.alignment_question import (
    ALIGNMENT_TEMPLATE,
    alignment_format,
    ask_alignment,
    keys_to_judge,
)
from sysgen_distilabel.tasks.asker import Asker
from sysgen_distilabel.tasks.judge import JudgeTask

if TYPE_CHECKING:
    from distilabel.typing import ChatType, StepColumns


class JudgeAlignment(JudgeTask):
    """Judge whether the responses of a conversation follow its system message.

    The check behind the paper's Figure 5, whose prompt is not published: aligned, not aligned or
    unknown. Besides the verdict on the whole there is one for each functionality that has a
    phrase in the message, all from one call. A verdict that cannot be read is `unreadable` and is
    never scored; the others of the same reply count.

    With `response="original"` the original answers are held against the system message they never
    saw: where they break it and the aligned ones do not, the two make a preference pair. Two such
    Tasks in one pipeline add to the same column.

    Attributes:
        response: whose answers to judge, the `aligned` or the `original` ones.
        per_functionality: also judge each functionality; without it the judge sees plain text and
            gives one verdict, as in the paper.

    Input columns:
        - messages (`List[Dict[str, str]]`): The original conversation.
        - aligned_messages (`List[Dict[str, str]]`): The system message and the regenerated turns.
        - phrases (`List[Dict[str, str]]`): Optional. The phrases with their verdicts; without them
            only the whole is judged.
        - outcome (`str`): Optional. Rows with an outcome other than `accepted` cost no call.

    Output columns:
        - alignment_judgements (`List[Dict[str, str]]`): The `verdict` (`aligned`, `not_aligned`,
            `unknown` or `unreadable`) for each `functionality` and for `Overall`, the `response`
            judged, the `judge`, and why a verdict is missing (`detail`). Empty for a rejected row.
        - usage (`List[Dict[str, Any]]`): Calls and tokens per Task so far.

    Categories:
        - critique

    References:
        - [System Message Generation for User Preferences using Open-Source Models](https://arxiv.org/abs/2502.11330)

    Examples:
        Judge one response:

        ```python
        from sysgen_distilabel.llms import SimulatedLLM
        from sysgen_distilabel.tasks import JudgeAlignment

        task = JudgeAlignment(llm=SimulatedLLM())
        task.load()
        user = {"role": "user", "content": "What is a hash table?"}
        original = {"role": "assistant", "content": "A table of buckets found by a hash."}
        aligned = {"role": "assistant", "content": "Buckets, found by hash."}
        system = {"role": "system", "content": "Be brief."}
        row = {
            "messages": [user, original],
            "aligned_messages": [system, user, aligned],
            "phrases": [{"functionality": "Style", "text": "Be brief.", "verdict": "Good"}],
        }
        for judgement in next(task.process([row]))[0]["alignment_judgements"]:
            print(judgement["functionality"], judgement["verdict"])
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

    response: Literal["aligned", "original"] = Field(
        default="aligned", description="Whose answers are held against the system message."
    )
    per_functionality: bool = Field(default=True, description="Whether each functionality is judged too.")

    @property
    def templates(self) -> tuple[str, ...]:
        """The files that its prompts are made of."""
        return (ALIGNMENT_TEMPLATE,)

    @property
    def inputs(self) -> "StepColumns":
        """The conversations, and the phrases and the outcome if there are any."""
        return {MESSAGES: True, ALIGNED_MESSAGES: True, PHRASES: False, OUTCOME: False}

    @property
    def own_outputs(self) -> list[str]:
        """The verdicts."""
        return [ALIGNMENT_JUDGEMENTS]

    async def judge(self, row: Row, ask: Asker) -> Row:
        """Ask about one row; every key gets a verdict, if only `unreadable`."""
        keys = self._keys(row)
        found, detail = await self.ask_verdict(
            self.format_input(row), row, ask, lambda reply: read_labels(reply, keys, Alignment) or None
        )
        missing = detail or f"{Outcome.UNREADABLE_VERDICT}: no line for it"
        verdicts = {key: label.code for key, label in (found or {}).items()}
        return self._add(row, [self._make_judgement(key, verdicts.get(key), missing) for key in keys])

    def unjudged(self, row: Row, detail: str) -> Row:
        """Every verdict unreadable."""
        return self._add(row, [self._make_judgement(key, None, detail) for key in self._keys(row)])

    def format_input(self, input: Row) -> "ChatType":
        """The system message, annotated where its phrases are known, and the conversation under it."""
        aligned = input[ALIGNED_MESSAGES]
        conversation = aligned[1:] if self.response == "aligned" else input[MESSAGES]
        return ask_alignment(aligned[0]["content"], self._phrases(input), conversation, self._keys(input))

    def structured_format(self, row: Row, formats: frozenset[str]) -> dict[str, Any] | None:
        """The lines the prompt asks for as a regular expression, or else a JSON object."""
        return alignment_format(self._keys(row), formats)

    def _phrases(self, row: Row) -> list[dict[str, str]]:
        """The phrases that are in the system message, if they count."""
        phrases = row.get(PHRASES) or [] if self.per_functionality else []
        return kept_phrases(phrases)

    def _keys(self, row: Row) -> list[str]:
        return keys_to_judge(self._phrases(row))

    def _add(self, row: Row, judgements: list[dict[str, str]]) -> Row:
        others = [entry for entry in row[ALIGNMENT_JUDGEMENTS] if entry["response"] != self.response]
        return {ALIGNMENT_JUDGEMENTS: [*others, *judgements]}

    def _make_judgement(self, key: str, verdict: str | None, detail: str) -> dict[str, str]:
        return {
            "response": self.response,
            "functionality": key,
            "verdict": verdict or UNREADABLE,
            "judge": str(self.llm.model_name),
            "detail": "" if verdict else detail,
        }

    def _sample_input(self) -> "ChatType":
        user = {"role": "user", "content": "<PLACEHOLDER_USER_TURN>"}
        answer = {"role": "assistant", "content": "<PLACEHOLDER_RESPONSE>"}
        system = {"role": "system", "content": "<PLACEHOLDER_SYSTEM_MESSAGE>"}
        return self.format_input({MESSAGES: [user, answer], ALIGNED_MESSAGES: [system, user, answer]})
