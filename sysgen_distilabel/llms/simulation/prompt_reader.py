"""Reads a chat the way a model would: which of the Tasks' prompts it is, and what it is about."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

from sysgen_distilabel.functionalities import FUNCTIONALITIES, Functionality

_TO_GENERATE: Final = "## [Annotated System Message]"
_TO_VERIFY: Final = "## [Verdicts]"
_TO_COMPARE: Final = ("## [Better Response]", "(Respond with 1 or 2)")
_TO_ALIGN: Final = "## [Alignment Verdicts]"
_TO_CONFLICT: Final = "## [Conflicting User Turn]"
_TO_REWRITE: Final = "## [Rewritten User Turn]"
_TO_SCORE: Final = "## [Score]"
_TO_TRANSLATE: Final = "## [Translation]"
_TO_CHECK: Final = "## [Verdict per Criterion]"
_TO_COMPARE_MEANING: Final = "## [Same Meaning]"
_TO_EQUATE: Final = "## [Equivalence Verdict]"
_TO_TELL_COHERENCE: Final = "## [Coherence Verdicts]"
_TURN_TO_JUDGE: Final = re.compile(r"^- (Turn \d+)$", re.MULTILINE)
_TO_PROPOSE: Final = "## [Proposed Checks]"
_FUNCTIONALITIES: Final = "## [Functionalities]"
_CRITERION: Final = re.compile(r"^(\w+)\. ", re.MULTILINE)

_KEYS_TO_JUDGE: Final = "\n## [To Judge]\n"
_KEY_TO_JUDGE: Final = re.compile(r"^- (\w+)$", re.MULTILINE)

_MARK: Final = re.compile(r"\n(?:## \[(?P<section>[^\]\n]+)\]|(?P<fence>~{4,})(?: (?P<role>\w+))?)(?=\n|$)")
_PHRASE: Final = re.compile(
    rf"^(?P<number>\d+\. )?<<(?P<name>{'|'.join(FUNCTIONALITIES)})>>(?P<text>.*?)<</(?P=name)>>$",
    re.MULTILINE | re.DOTALL,
)
_CONDITION: Final = re.compile(r"^- (?P<name>\w+): (?P<value>.*?)\. ", re.MULTILINE)


class Turn(NamedTuple):
    """One message of a conversation."""

    role: str
    content: str


class TaggedPhrase(NamedTuple):
    """One phrase the verifier is shown."""

    functionality: Functionality
    text: str


@dataclass(frozen=True, slots=True)
class GenerateRequest:
    """Phase 1: write an annotated system message for the conversation.

    Attributes:
        turns: the conversation.
        conditions: what the system message has to be like, by name, such as `Length`.
        tools: JSON of the tools the assistant has, empty if it has none.
    """

    turns: list[Turn]
    conditions: dict[str, str] = field(default_factory=dict)
    tools: str = ""


@dataclass(frozen=True, slots=True)
class ConflictRequest:
    """Go on with the conversation by a user turn that conflicts with the system message."""

    turns: list[Turn]


@dataclass(frozen=True, slots=True)
class RewriteRequest:
    """Rewrite a user turn so that it fits the answers of the conversation in front of it."""

    turns: list[Turn]
    turn: str


@dataclass(frozen=True, slots=True)
class VerifyRequest:
    """Phase 3: give a verdict per functionality, or per phrase if the phrases are numbered."""

    phrases: list[TaggedPhrase]
    per_phrase: bool


@dataclass(frozen=True, slots=True)
class CompareRequest:
    """A judge's prompt: which of two responses is better."""

    first: str
    second: str


@dataclass(frozen=True, slots=True)
class AlignRequest:
    """A judge's prompt: a verdict for the system message as a whole and for each functionality named."""

    keys: list[str]


@dataclass(frozen=True, slots=True)
class ScoreRequest:
    """A benchmark: give the response a score from 1 to 5."""

    response: str


@dataclass(frozen=True, slots=True)
class CheckRequest:
    """A benchmark: say yes or no to each criterion, which are known by their ids."""

    response: str
    criteria: list[str]


@dataclass(frozen=True, slots=True)
class TranslateRequest:
    """Translate a text."""

    text: str


@dataclass(frozen=True, slots=True)
class CoherenceRequest:
    """Say of each of these turns whether it fits those in front of it."""

    keys: list[str]


@dataclass(frozen=True, slots=True)
class EquateRequest:
    """Say whether a new answer comes to the same as the original one."""

    original: str
    aligned: str


@dataclass(frozen=True, slots=True)
class MeaningRequest:
    """Say whether a check of a program asks for what an instruction asks for."""

    phrase: str
    check: str


@dataclass(frozen=True, slots=True)
class ProposeRequest:
    """Propose the checks of a program for an instruction."""

    phrase: str


@dataclass(frozen=True, slots=True)
class ChatRequest:
    """Anything else: answer the last user turn."""

    turns: list[Turn]


Request = (
    GenerateRequest
    | VerifyRequest
    | ConflictRequest
    | RewriteRequest
    | CompareRequest
    | AlignRequest
    | ScoreRequest
    | CheckRequest
    | TranslateRequest
    | CoherenceRequest
    | EquateRequest
    | MeaningRequest
    | ProposeRequest
    | ChatRequest
)


def read_turns(messages: str | Sequence[Mapping[str, Any]]) -> list[Turn]:
    """The chat with the text of each message; parts that are no text are left out."""
    if isinstance(messages, str):
        return [Turn("user", messages)]
    return [Turn(str(message["role"]), _read_content(message.get("content"))) for message in messages]


def read_request(turns: list[Turn]) -> Request:
    """Tell the prompts apart by their headings and take out what they are about.

    Only headings outside the fences count, so nothing a user writes can pass for the prompt
    around it.
    """
    prompt = turns[-1].content if turns else ""
    if prompt.endswith(_TO_COMPARE):
        return _read_compare_request(prompt) or ChatRequest(turns)
    if [turn.role for turn in turns] == ["system", "user"] and _FUNCTIONALITIES in turns[0].content:
        if prompt.endswith(_TO_GENERATE):
            history = _read_history(prompt)
            return _read_generate_request(prompt, history) if history else ChatRequest(turns)
        if prompt.endswith(_TO_VERIFY):
            return _read_verify_request(prompt)
        if prompt.endswith(_TO_ALIGN):
            return AlignRequest(_KEY_TO_JUDGE.findall(prompt.rpartition(_KEYS_TO_JUDGE)[2]))
    if len(turns) == 2 and prompt.endswith(_TO_TELL_COHERENCE):
        return CoherenceRequest(_TURN_TO_JUDGE.findall(prompt.rpartition(_KEYS_TO_JUDGE)[2]))
    if len(turns) == 2 and prompt.endswith(_TO_CONFLICT):
        history = _read_history(prompt)
        return ConflictRequest(history) if history else ChatRequest(turns)
    if len(turns) == 2 and prompt.endswith(_TO_TRANSLATE):
        texts = [block.text for block in _blocks(prompt) if block.section == "Text to Translate"]
        return TranslateRequest(texts[0]) if texts else ChatRequest(turns)
    if len(turns) == 2 and prompt.endswith(_TO_REWRITE):
        turn = [block.text for block in _blocks(prompt) if block.section == "Turn to Rewrite"]
        return RewriteRequest(_read_history(prompt), turn[0]) if turn else ChatRequest(turns)
    return _read_benchmark_request(turns) or ChatRequest(turns)


class _Block(NamedTuple):
    section: str
    role: str
    text: str


def _read_history(prompt: str) -> list[Turn]:
    return [
        Turn(block.role, block.text) for block in _blocks(prompt) if block.section == "Conversational History"
    ]


def _read_generate_request(prompt: str, history: list[Turn]) -> GenerateRequest:
    tools = "".join(block.text for block in _blocks(prompt) if block.section == "Tools")
    # No fence comes after the conditions, so nothing a user writes can pass for one.
    unfenced = prompt.rpartition("~~~~\n")[2]
    conditions = unfenced.partition("## [Conditions]\n")[2]
    found = {match["name"]: match["value"] for match in _CONDITION.finditer(conditions)}
    return GenerateRequest(history, found, tools)


def _read_verify_request(prompt: str) -> VerifyRequest:
    annotated = "\n".join(
        block.text for block in _blocks(prompt) if block.section == "Annotated System Message"
    )
    matches = list(_PHRASE.finditer(annotated))
    return VerifyRequest(
        phrases=[TaggedPhrase(Functionality(match["name"]), match["text"]) for match in matches],
        per_phrase=any(match["number"] for match in matches),
    )


def _read_compare_request(prompt: str) -> CompareRequest | None:
    """The two responses, if the prompt is one of a judge and does not merely end like one."""
    sides: dict[str, list[str]] = {"1": [], "2": []}
    for block in _blocks(prompt):
        if block.role == "assistant" and block.section.removeprefix("Assistant ")[:-1] == "Response ":
            sides.setdefault(block.section[-1], []).append(block.text)
    if not (sides["1"] and sides["2"]):
        return None
    return CompareRequest("\n".join(sides["1"]), "\n".join(sides["2"]))


def _read_benchmark_request(
    turns: list[Turn],
) -> ScoreRequest | CheckRequest | EquateRequest | MeaningRequest | ProposeRequest | None:
    """The question to a judge of a benchmark or about a check, if the chat is one."""
    if [turn.role for turn in turns] != ["system", "user"]:
        return None
    prompt = turns[1].content
    if not prompt.endswith((_TO_SCORE, _TO_CHECK, _TO_EQUATE, _TO_COMPARE_MEANING, _TO_PROPOSE)):
        return None
    texts = {block.section: block.text for block in _blocks(prompt)}
    if "Response" in texts and "Rubric" in texts:
        return ScoreRequest(texts["Response"])
    if "Original Answer" in texts and "New Answer" in texts:
        return EquateRequest(texts["Original Answer"], texts["New Answer"])
    if prompt.endswith(_TO_COMPARE_MEANING) and "Instruction" in texts and "Check" in texts:
        return MeaningRequest(texts["Instruction"], texts["Check"])
    if prompt.endswith(_TO_PROPOSE) and "Instruction" in texts:
        return ProposeRequest(texts["Instruction"])
    if "Last Response" in texts and "Criteria" in texts:
        return CheckRequest(texts["Last Response"], _CRITERION.findall(texts["Criteria"]))
    return None


def _blocks(prompt: str) -> Iterator[_Block]:
    """The fenced blocks with the heading they stand under; a fence is closed by its own length only."""
    text, section, place = f"\n{prompt}\n", "", 0
    while mark := _MARK.search(text, place):
        place = mark.end()
        if mark["section"]:
            section = mark["section"]
            continue
        end = text.find(f"\n{mark['fence']}\n", place)
        if end < 0:
            return
        yield _Block(section, mark["role"] or "", text[place + 1 : end])
        place = end + len(mark["fence"]) + 1


def _read_content(content: Any) -> str:
    if isinstance(content, list):
        return "\n".join(str(part["text"]) for part in content if "text" in part)
    return content if isinstance(content, str) else ""
