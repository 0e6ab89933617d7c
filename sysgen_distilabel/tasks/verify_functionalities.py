"""Phase 3: judge whether each phrase serves the functionality it is tagged with."""

from typing import TYPE_CHECKING, Any, ClassVar, Literal

from pydantic import Field

from sysgen_distilabel.columns import OUTCOME, PHRASES
from sysgen_distilabel.errors import RowRejected
from sysgen_distilabel.functionalities import FUNCTIONALITIES
from sysgen_distilabel.outcome import Outcome
from sysgen_distilabel.prompts import fence_for, render_prompt
from sysgen_distilabel.replies.grammars import verdict_regex, verdict_schema
from sysgen_distilabel.replies.verdicts import read_verdicts
from sysgen_distilabel.rows import Row
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

    Input columns:
        - phrases (`List[Dict[str, str]]`): The phrases, each with `functionality`, `text` and an
            empty `verdict`.
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

    phase: ClassVar[int] = 3
    sampling: ClassVar[dict[str, Any]] = {"temperature": 0.7, "max_new_tokens": 256}

    @property
    def templates(self) -> tuple[str, ...]:
        """The files that its prompts are made of."""
        return ("verify_functionalities.jinja2",)

    @property
    def inputs(self) -> "StepColumns":
        """The phrases, and the row's state if it has one."""
        return {PHRASES: True, OUTCOME: False}

    @property
    def own_outputs(self) -> list[str]:
        """The phrases again, with verdicts."""
        return [PHRASES]

    def format_input(self, input: Row) -> "ChatType":
        """The zero-shot prompt with the plain and the annotated system message."""
        phrases = input[PHRASES]
        return render_prompt(
            "verify_functionalities",
            phrases=phrases,
            plain=" ".join(phrase["text"] for phrase in phrases),
            per_phrase=self.verdict_per == "phrase",
            fence=fence_for([phrase["text"] for phrase in phrases]),
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
