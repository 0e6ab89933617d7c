"""Marks, or rejects, the rows whose responses do not follow their system message."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, Final, Literal

from pydantic import Field

from sysgen_distilabel.checks.findings import Action, Finding, describe, note
from sysgen_distilabel.columns import (
    ALIGNED_MESSAGES,
    ALIGNMENT_JUDGEMENTS,
    CHECKED,
    CONSTRAINTS,
    FINDINGS,
    OUTCOME,
    PHRASES,
    STATE,
)
from sysgen_distilabel.constraints.check_responses import find_broken, find_uncompiled
from sysgen_distilabel.functionalities import kept_phrases
from sysgen_distilabel.outcome import Outcome
from sysgen_distilabel.replies.judgements import OVERALL, UNREADABLE, Alignment
from sysgen_distilabel.replies.verdicts import read_labels
from sysgen_distilabel.response_turns import Turns, find_answers
from sysgen_distilabel.rows import Row, is_rejected, reject
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

_NAME: Final = "alignment"
_PROGRAM: Final = "program"
"""What stands for the judge where no engine was asked."""


class CheckAlignment(JudgeTask):
    """Check whether the responses of a conversation follow its system message, phrase by phrase.

    Each phrase is checked by the cheapest means that can tell: one that `CompileConstraints` has made a
    constraint of by its program, in every turn; all others by one question to the judge, which gives a
    verdict for each functionality on the conversation as a whole. Where programs check every phrase, nothing
    is asked. A verdict of `unknown`, or one that cannot be read, is noted and never held against a row.

    It comes after the last phase. The engine may be another than the one that answered; a model that judges
    its own responses is lenient.

    Attributes:
        policy: `mark` notes what is broken, `reject` also rejects the row.
        turns: `last` looks at the last answer alone, where the earlier ones did not know the system message.

    Input columns:
        - aligned_messages (`List[Dict[str, str]]`): The system message and the regenerated turns.
        - phrases (`List[Dict[str, str]]`): Optional. The phrases with their verdicts; without them the system
            message is judged as a whole.
        - constraints (`List[Dict[str, str]]`): Optional. What programs check, from `CompileConstraints`.
        - outcome (`str`): Optional. Only accepted rows, and rows without an outcome, are looked at.

    Output columns:
        - alignment_judgements (`List[Dict[str, str]]`): The `verdict` (`aligned`, `not_aligned`, `unknown` or
            `unreadable`) for each `functionality`, or for `Overall`, the `response` judged, the `judge`,
            `program` if no engine was asked, and why a verdict is missing (`detail`).
        - checked (`List[str]`): The checks that have looked at the row, with `alignment` if there is a
            verdict other than `unreadable`.
        - findings (`List[Dict[str, Any]]`): For each broken phrase, or functionality, `check`, `phase`,
            `functionality`, `phrase`, `turn` (0 for the conversation as a whole), `kind`, `evidence` and
            `action`.
        - outcome (`str`): As it was, or `not_aligned`.
        - outcome_detail (`str`): What exactly was broken, empty for a live row.
        - rejected_by (`str`): The name of the step that rejected the row, empty for a live row.
        - usage (`List[Dict[str, Any]]`): Calls and tokens per Task so far.

    Categories:
        - critique
        - filtering

    References:
        - [System Message Generation for User Preferences using Open-Source Models](https://arxiv.org/abs/2502.11330)

    Examples:
        Check one response:

        ```python
        from sysgen_distilabel.llms import SimulatedLLM
        from sysgen_distilabel.tasks import CheckAlignment

        task = CheckAlignment(llm=SimulatedLLM())
        task.load()
        messages = [
            {"role": "system", "content": "Be brief."},
            {"role": "user", "content": "What is a hash table?"},
            {"role": "assistant", "content": "Buckets, found by hash."},
        ]
        phrases = [{"functionality": "Style", "text": "Be brief.", "verdict": "Good"}]
        row = next(task.process([{"aligned_messages": messages, "phrases": phrases}]))[0]
        print(row["alignment_judgements"], row["findings"])
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
    turns: Turns = Field(default="all", description="Whether all answers are checked or the last one alone.")

    phase: ClassVar[int] = 4

    @property
    def templates(self) -> tuple[str, ...]:
        """The files that its prompts are made of."""
        return (ALIGNMENT_TEMPLATE,)

    @property
    def inputs(self) -> "StepColumns":
        """The aligned conversation, and what is known of its system message."""
        return {ALIGNED_MESSAGES: True, PHRASES: False, CONSTRAINTS: False, OUTCOME: False}

    @property
    def own_outputs(self) -> list[str]:
        """The verdicts, what was found, and the state of the row."""
        return [ALIGNMENT_JUDGEMENTS, CHECKED, FINDINGS, *STATE]

    def is_judged(self, row: Row) -> bool:
        """Whether the row has come through the last phase, or there are no phases."""
        return not is_rejected(row)

    async def judge(self, row: Row, ask: Asker) -> Row:
        """Let programs look, and ask about the phrases that they do not check."""
        broken = self._find_broken(row)
        judged, detail = await self._ask_about_rest(row, ask)
        findings = [*broken, *self._note_judged(row, judged)]
        verdicts = self._combine(row, broken, judged, detail)
        return self._settle(row, verdicts, findings)

    def unjudged(self, row: Row, detail: str) -> Row:
        """Every verdict unreadable."""
        return {ALIGNMENT_JUDGEMENTS: [self._judgement(key, "", detail) for key in self._all_keys(row)]}

    def format_input(self, input: Row) -> "ChatType":
        """The question about the phrases that no program checks, with the whole system message."""
        system, *conversation = input[ALIGNED_MESSAGES]
        if self.turns == "last":
            asked = [place for place, turn in enumerate(conversation) if turn["role"] == "user"]
            conversation = conversation[asked[-1] :]
        return ask_alignment(system["content"], _kept(input), conversation, self._keys(input))

    def structured_format(self, row: Row, formats: frozenset[str]) -> dict[str, Any] | None:
        """The lines the prompt asks for as a regular expression, or else a JSON object."""
        return alignment_format(self._keys(row), formats)

    def _keys(self, row: Row) -> list[str]:
        """What the judge gives verdicts on; nothing if programs check every phrase."""
        phrases = _kept(row)
        return (
            keys_to_judge(find_uncompiled(phrases, row.get(CONSTRAINTS) or []))[1:] if phrases else [OVERALL]
        )

    def _all_keys(self, row: Row) -> list[str]:
        return keys_to_judge(phrases)[1:] if (phrases := _kept(row)) else [OVERALL]

    async def _ask_about_rest(self, row: Row, ask: Asker) -> tuple[dict[str, Alignment], str]:
        if not (keys := self._keys(row)):
            return {}, ""
        found, detail = await self.ask_verdict(
            self.format_input(row), row, ask, lambda reply: read_labels(reply, keys, Alignment) or None
        )
        return found or {}, detail or f"{Outcome.UNREADABLE_VERDICT}: no line for it"

    def _find_broken(self, row: Row) -> list[dict[str, Any]]:
        """What programs find, as entries of the column `findings`."""
        aligned, constraints = row[ALIGNED_MESSAGES], row.get(CONSTRAINTS) or []
        of = {phrase["text"]: phrase for phrase in _kept(row)}
        numbered = list(enumerate(find_answers(aligned), start=1))
        return [
            self._note(
                Finding("broken_constraint", entry["verifier"], turn=turn), of.get(entry["phrase"], {})
            )
            for turn, place in (numbered if self.turns == "all" else numbered[-1:])
            for entry in find_broken(aligned[place]["content"], constraints)
        ]

    def _note_judged(self, row: Row, judged: Mapping[str, Alignment]) -> list[dict[str, Any]]:
        """What the judge finds: of a functionality with several phrases it is not known which is broken."""
        texts: defaultdict[str, list[str]] = defaultdict(list)
        for phrase in find_uncompiled(_kept(row), row.get(CONSTRAINTS) or []):
            texts[phrase["functionality"]].append(phrase["text"])
        return [
            self._note(
                Finding("judged", str(self.llm.model_name)),
                {"functionality": "" if key == OVERALL else key, "text": " ".join(texts[key])},
            )
            for key, label in judged.items()
            if label is Alignment.NOT_ALIGNED
        ]

    def _note(self, found: Finding, phrase: Mapping[str, str]) -> dict[str, Any]:
        action = Action.REJECTED if self.policy == "reject" else Action.MARKED
        return note(_NAME, found, action, self.phase, phrase)

    def _combine(
        self, row: Row, broken: Sequence[Mapping[str, Any]], judged: Mapping[str, Alignment], detail: str
    ) -> list[dict[str, str]]:
        """One verdict per functionality: not aligned if a program or the judge says so."""
        against, asked = {found["functionality"] for found in broken}, set(self._keys(row))
        verdicts = []
        for key in self._all_keys(row):
            label = judged.get(key) if key in asked else Alignment.ALIGNED
            if key in against:
                label = Alignment.NOT_ALIGNED
            judge = str(self.llm.model_name) if key in asked else _PROGRAM
            verdicts.append(self._judgement(key, label.code if label else "", detail, judge))
        return verdicts

    def _judgement(self, key: str, verdict: str, detail: str, judge: str = "") -> dict[str, str]:
        return {
            "response": "aligned",
            "functionality": key,
            "verdict": verdict or UNREADABLE,
            "judge": judge or str(self.llm.model_name),
            "detail": "" if verdict else detail,
        }

    def _settle(self, row: Row, verdicts: list[dict[str, str]], findings: list[dict[str, Any]]) -> Row:
        others = [entry for entry in row[ALIGNMENT_JUDGEMENTS] if entry["response"] != "aligned"]
        is_checked = any(entry["verdict"] != UNREADABLE for entry in verdicts)
        settled = {
            ALIGNMENT_JUDGEMENTS: [*others, *verdicts],
            CHECKED: list(dict.fromkeys([*row[CHECKED], *([_NAME] if is_checked else [])])),
            FINDINGS: [*row[FINDINGS], *findings],
        }
        if findings and self.policy == "reject":
            detail = describe(findings[0]).partition(": ")[2]
            return reject({**row, **settled}, Outcome.NOT_ALIGNED, detail, str(self.name))
        return settled

    def _sample_input(self) -> "ChatType":
        answer = {"role": "assistant", "content": "<PLACEHOLDER_RESPONSE>"}
        user = {"role": "user", "content": "<PLACEHOLDER_USER_TURN>"}
        system = {"role": "system", "content": "<PLACEHOLDER_SYSTEM_MESSAGE>"}
        return self.format_input({ALIGNED_MESSAGES: [system, user, answer]})


def _kept(row: Row) -> list[dict[str, str]]:
    """The phrases that are in the system message."""
    return kept_phrases(row.get(PHRASES) or [])
