"""Phase 3: judge whether each phrase serves the functionality it is tagged with."""

from typing import TYPE_CHECKING, Any, ClassVar, Literal

from pydantic import Field, PositiveInt

from sysgen_distilabel.columns import GOOD_SHARES, MESSAGES, OUTCOME, PHRASES
from sysgen_distilabel.errors import RowRejected
from sysgen_distilabel.functionalities import FUNCTIONALITIES, Verdict
from sysgen_distilabel.outcome import Outcome
from sysgen_distilabel.prompts import fence_for, render_prompt
from sysgen_distilabel.prompts.demonstrations import PromptVersion
from sysgen_distilabel.replies.grammars import verdict_regex, verdict_schema
from sysgen_distilabel.replies.verdicts import read_verdicts
from sysgen_distilabel.rows import Row, needs_system_message
from sysgen_distilabel.tasks.asker import Asker, gather_usable
from sysgen_distilabel.tasks.base import SysGenTask

if TYPE_CHECKING:
    from distilabel.typing import ChatType, StepColumns


class VerifyFunctionalities(SysGenTask):
    """Judge each functionality of a system message: Good, Bad or None.

    Phase 3 of SysGen (§3.3): the model that wrote the system message verifies it. One call covers
    all phrases of a row. A reply that lacks a verdict for a phrase in the message rejects the row;
    it is never read as Good.

    Attributes:
        verdict_per: `functionality` for one verdict per tag, as in the paper, or `phrase` for one
            verdict per phrase.
        votes: how many verdicts to take, in place of `max_attempts`. A phrase is Good if more than half
            of those that can be read call it so, and the share goes into a column `good_shares`.
        ask_about_leaks: show the verifier the conversation, and have it call Bad what only someone who has
            read the answers can know.
        prompts: `careful`, or `paper` for the prompt that is closest to the paper's.

    Input columns:
        - phrases (`List[Dict[str, str]]`): The phrases, each with `functionality`, `text` and an
            empty `verdict`.
        - messages (`List[Dict[str, str]]`): Optional. The conversation, for `ask_about_leaks`.
        - outcome (`str`): Optional. Rows with an outcome other than `pending` cost no call.

    Output columns:
        - phrases (`List[Dict[str, str]]`): The same phrases with their `verdict`.
        - outcome (`str`): `pending`, or the reason the row is rejected for.
        - outcome_detail (`str`): What exactly was wrong, empty for a live row.
        - rejected_by (`str`): The name of the step that rejected the row, empty for a live row.
        - usage (`List[Dict[str, Any]]`): Calls and tokens per Task so far.
        - model_name (`str`): The model that gave the verdicts.

    Categories:
        - critique

    References:
        - [System Message Generation for User Preferences using Open-Source Models](https://arxiv.org/abs/2502.11330)

    Examples:
        Verify two phrases:

        ```python
        from sysgen_distilabel.llms import SimulatedLLM
        from sysgen_distilabel.tasks import VerifyFunctionalities

        task = VerifyFunctionalities(llm=SimulatedLLM())
        task.load()
        phrases = [
            {"functionality": "Role", "text": "You are a patient tutor.", "verdict": ""},
            {"functionality": "Style", "text": "Be brief.", "verdict": ""},
        ]
        row = next(task.process([{"phrases": phrases}]))[0]
        print([phrase["verdict"] for phrase in row["phrases"]])
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

    verdict_per: Literal["functionality", "phrase"] = Field(
        default="functionality", description="Whether a verdict covers a functionality or a phrase."
    )

    votes: PositiveInt = Field(default=1, description="How many verdicts to take of each phrase.")
    ask_about_leaks: bool = Field(
        default=False, description="Whether the conversation is shown, to find phrases that leak its answers."
    )
    prompts: PromptVersion = Field(default="careful", description="Which version of the prompt to use.")

    phase: ClassVar[int] = 3
    sampling: ClassVar[dict[str, Any]] = {"temperature": 0.7, "max_new_tokens": 256}

    @property
    def templates(self) -> tuple[str, ...]:
        """The files that its prompts are made of."""
        return (f"{self._template}.jinja2",)

    @property
    def samples_per_round(self) -> int:
        """The votes, if there are several."""
        return self.votes if self.votes > 1 else super().samples_per_round

    @property
    def inputs(self) -> "StepColumns":
        """The phrases, the conversation if it is shown, and the row's state if it has one."""
        return {PHRASES: True, MESSAGES: False, OUTCOME: False}

    @property
    def own_outputs(self) -> list[str]:
        """The phrases again, with verdicts, and what share of several votes calls them Good."""
        return [PHRASES, *([GOOD_SHARES] if self.votes > 1 else [])]

    def is_open(self, row: Row) -> bool:
        """Whether the row has no system message yet."""
        return needs_system_message(row)

    async def answer(self, row: Row, ask: Asker) -> Row:
        """Take one verdict, or several side by side."""
        if self.votes == 1:
            return await super().answer(row, ask)
        prompt = self._with_format(self.format_input(row), row)
        voted = await gather_usable(self.answer_once(prompt, n, row, ask) for n in range(self.votes))
        votes = list(zip(*(outputs[PHRASES] for outputs in voted), strict=True))
        return {
            PHRASES: [{**same[0], "verdict": _decide([p["verdict"] for p in same])} for same in votes],
            GOOD_SHARES: [sum(p["verdict"] == Verdict.GOOD for p in same) / len(same) for same in votes],
        }

    @property
    def _template(self) -> str:
        return "paper/verify_functionalities" if self.prompts == "paper" else "verify_functionalities"

    def format_input(self, input: Row) -> "ChatType":
        """The zero-shot prompt with the plain and the annotated system message."""
        phrases = input[PHRASES]
        messages = (input.get(MESSAGES) or []) if self.ask_about_leaks else []
        return render_prompt(
            self._template,
            phrases=phrases,
            plain=" ".join(phrase["text"] for phrase in phrases),
            per_phrase=self.verdict_per == "phrase",
            messages=messages,
            about_leaks=bool(messages),
            as_json="json" in self._formats and "regex" not in self._formats,
            fence=fence_for([*(phrase["text"] for phrase in phrases), *(m["content"] for m in messages)]),
        )

    def structured_format(self, row: Row, formats: frozenset[str]) -> dict[str, Any] | None:
        """The lines the prompt asks for as a regular expression, or else a JSON object."""
        keys = self._keys(row[PHRASES]) if self.verdict_per == "phrase" else list(FUNCTIONALITIES)
        if "regex" in formats:
            return {"format": "regex", "schema": verdict_regex(keys)}
        return {"format": "json", "schema": verdict_schema(keys)} if "json" in formats else None

    def format_output(self, output: str | None, input: Row | None = None) -> Row:
        """The phrases with the verdicts of the reply.

        Raises:
            RowRejected: if a phrase gets no readable verdict.
        """
        phrases = (input or {})[PHRASES]
        keys = self._keys(phrases)
        verdicts = read_verdicts(output or "", dict.fromkeys(keys))
        if missing := [key for key in dict.fromkeys(keys) if key not in verdicts]:
            detail = f"no verdict for {', '.join(missing)} in: {' '.join((output or '').split())[:200]}"
            raise RowRejected(Outcome.UNREADABLE_VERDICT, detail)
        return {
            PHRASES: [
                {**phrase, "verdict": verdicts[key].value} for phrase, key in zip(phrases, keys, strict=True)
            ]
        }

    def _keys(self, phrases: list[dict[str, str]]) -> list[str]:
        """For each phrase, the name its verdict goes by."""
        if self.verdict_per == "phrase":
            return [str(number) for number in range(1, len(phrases) + 1)]
        return [phrase["functionality"] for phrase in phrases]

    def _sample_input(self) -> "ChatType":
        return self.format_input({PHRASES: [{"functionality": "Role", "text": "<PLACEHOLDER_PHRASE>"}]})


def _decide(votes: list[str]) -> str:
    """Good by more than half of the votes, else the more frequent of the other two, Bad if they are equal."""
    if 2 * votes.count(Verdict.GOOD) > len(votes):
        return Verdict.GOOD.value
    more_none = votes.count(Verdict.NONE) > votes.count(Verdict.BAD)
    return Verdict.NONE.value if more_none else Verdict.BAD.value
