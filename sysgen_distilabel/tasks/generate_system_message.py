"""Phase 1: write an annotated system message for a conversation."""

from typing import TYPE_CHECKING, Any, ClassVar, Final

from pydantic import Field, PositiveInt

from sysgen_distilabel.checks.check_table import Subject, policies_of
from sysgen_distilabel.checks.finders import PHRASE_FINDERS
from sysgen_distilabel.checks.findings import find_to_ask_again
from sysgen_distilabel.columns import (
    ANNOTATED_SYSTEM_MESSAGE,
    CANDIDATES,
    CONDITIONS,
    EXPERTISE,
    MESSAGES,
    ORIGINAL_SYSTEM_MESSAGE,
    OUTCOME,
    PERSONA,
    TAG_DEFECTS,
    TOOLS,
    WANTED_FUNCTIONALITIES,
    WANTED_LANGUAGE,
    WANTED_LENGTH,
)
from sysgen_distilabel.errors import ReplyUnusable
from sysgen_distilabel.functionalities import FUNCTIONALITIES, Functionality
from sysgen_distilabel.measures.languages import guess_language, name_language
from sysgen_distilabel.outcome import Outcome
from sysgen_distilabel.prompts import add_section, fence_for, render_prompt
from sysgen_distilabel.prompts.demonstrations import (
    FILES,
    PromptVersion,
    choose_demonstrations,
    load_demonstrations,
)
from sysgen_distilabel.replies.annotation import DefectKind, Phrase, find_cut, note_cut, parse_annotated
from sysgen_distilabel.replies.grammars import (
    MAX_LENGTH,
    MAX_PHRASES,
    phrases_schema,
    tagged_message_grammar,
    tagged_message_regex,
)
from sysgen_distilabel.replies.json_phrases import tag_json_phrases
from sysgen_distilabel.rows import Row, has_tools, needs_system_message
from sysgen_distilabel.tasks.asker import Asker, gather_usable
from sysgen_distilabel.tasks.base import SysGenTask

if TYPE_CHECKING:
    from distilabel.typing import ChatType, StepColumns

_EXPERTISE: Final = {
    "novice": "The user is new to the subject: terms have to be explained and steps have to be small.",
    "intermediate": "The user knows the basics of the subject and wants to put them to use.",
    "expert": "The user is at home in the subject: precision counts, and basics are left out.",
}
_LENGTHS: Final = {
    "short": "The phrases have 50 words at most, taken together.",
    "medium": "The phrases have 50 to 120 words, taken together.",
    "long": "The phrases have 120 to 250 words, taken together.",
}

_TELLING: Final = 150
"""Characters that tell a language; more of them cost time."""

_WITHOUT_PHRASE: Final = 100
"""Counts for more defects than a reply of 512 tokens has room for."""


class GenerateSystemMessage(SysGenTask):
    """Write a system message for a conversation, its phrases tagged with eight functionalities.

    Phase 1 of SysGen (§3.1): the generator sees the whole conversation, the answers included, and
    three annotated demonstrations. It writes in the conversation's language and uses the
    functionalities the conversation gives ground for. The annotated text is kept as it came;
    `FilterTags` reads it. A reply that was cut off, or runs in a loop and is checked for that, is kept too:
    `tag_defects` says where what is complete of it ends.

    Attributes:
        repair: whether a reply that `FilterTags(repair=True)` can mend counts as usable when
            `max_attempts` allows another one.
        conditioned: whether the conditions and the tools of a row go into the prompt. Where no row
            has any, the prompt is the same as without.
        max_phrases: phrases a reply has at most, where the engine keeps to a grammar or a regex.
        max_phrase_length: characters of a phrase at most, in the same way.
        show_existing: show the generator the system message that the input has, as the application's present
            one whose facts must survive.
        prompts: `careful`, or `paper` for the prompt that is closest to the paper's: the same three
            demonstrations for every row, and no last line that says what to write.
        candidates: how many samples to take, more than 1 in place of `max_attempts`. The one with
            the fewest defects in its tags becomes the annotated system message, the first of equals;
            with conditions a functionality that is lacking or not wanted counts as a defect. All of
            them go into a column `candidates`, a list of `text` and `score`, which is minus the
            defects.

    Input columns:
        - messages (`List[Dict[str, str]]`): The conversation: user and assistant turns, each with
            `role` and `content`.
        - original_system_message (`str`): Optional. The system message that the input came with.
        - outcome (`str`): Optional. Rows with an outcome other than `pending` cost no call.
        - wanted_functionalities (`List[str]`): Optional. The functionalities to use, and no others.
        - persona (`str`): Optional. The user to write for.
        - expertise (`str`): Optional. How much the user knows: novice, intermediate or expert.
        - wanted_length (`str`): Optional. The length to write: short, medium or long.
        - wanted_language (`str`): Optional. The language to write in.
        - tools (`str`): Optional. Schemas of the tools the assistant has, as JSON.

    Output columns:
        - annotated_system_message (`str`): The tagged text as the generator wrote it.
        - tag_defects (`List[str]`): Where the text was cut off or began to run in a loop, mostly empty.
        - outcome (`str`): `pending`, or the reason the row is rejected for.
        - outcome_detail (`str`): What exactly was wrong, empty for a live row.
        - rejected_by (`str`): The name of the step that rejected the row, empty for a live row.
        - usage (`List[Dict[str, Any]]`): Calls and tokens per Task so far.
        - model_name (`str`): The model that wrote the text.

    Categories:
        - text-generation

    References:
        - [System Message Generation for User Preferences using Open-Source Models](https://arxiv.org/abs/2502.11330)

    Examples:
        Write a system message for one conversation:

        ```python
        from sysgen_distilabel.llms import SimulatedLLM
        from sysgen_distilabel.tasks import GenerateSystemMessage

        task = GenerateSystemMessage(llm=SimulatedLLM())
        task.load()
        messages = [
            {"role": "user", "content": "Write a Python function that reverses a string."},
            {"role": "assistant", "content": "def reverse(text): return text[::-1]"},
        ]
        row = next(task.process([{"messages": messages}]))[0]
        print(row["annotated_system_message"])
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

    repair: bool = Field(default=False, description="Whether a reply that can be mended counts as usable.")
    conditioned: bool = Field(default=False, description="Whether conditions and tools go into the prompt.")
    show_existing: bool = Field(
        default=False, description="Whether the system message of the input is shown to the generator."
    )
    prompts: PromptVersion = Field(default="careful", description="Which version of the prompt to use.")
    candidates: PositiveInt = Field(default=1, description="How many samples to choose from.")

    max_phrases: PositiveInt = Field(default=MAX_PHRASES, description="Phrases of a reply at most.")
    max_phrase_length: PositiveInt = Field(default=MAX_LENGTH, description="Characters of a phrase at most.")

    phase: ClassVar[int] = 1
    sampling: ClassVar[dict[str, Any]] = {"temperature": 0.7, "max_new_tokens": 512}

    @property
    def templates(self) -> tuple[str, ...]:
        """The files that its prompts are made of."""
        own = ["generate_system_message.jinja2", "reminder.jinja2"]
        if self.prompts == "paper":
            own = ["paper/generate_system_message.jinja2"]
        return (
            *own,
            FILES[self.prompts],
            *["present_system_message.jinja2"] * self.show_existing,
            *["conditions.jinja2"] * self.conditioned,
        )

    @property
    def inputs(self) -> "StepColumns":
        """The conversation, and the row's state and conditions if it has any."""
        return {
            MESSAGES: True,
            **dict.fromkeys((ORIGINAL_SYSTEM_MESSAGE, OUTCOME, *CONDITIONS, TOOLS), False),
        }

    @property
    def own_outputs(self) -> list[str]:
        """The annotated text, and the texts it was chosen from."""
        return [ANNOTATED_SYSTEM_MESSAGE, TAG_DEFECTS, *([CANDIDATES] if self.candidates > 1 else [])]

    @property
    def samples_per_round(self) -> int:
        """The candidates, if there are several."""
        return self.candidates if self.candidates > 1 else super().samples_per_round

    def is_open(self, row: Row) -> bool:
        """Whether the row has no system message yet."""
        return needs_system_message(row)

    async def answer(self, row: Row, ask: Asker) -> Row:
        """Take one sample, or all candidates side by side and choose among those that came."""
        if self.candidates == 1:
            return await super().answer(row, ask)
        prompt = self._with_format(self.format_input(row), row)
        replies = await gather_usable(
            self.answer_once(prompt, attempt, row, ask) for attempt in range(self.candidates)
        )
        texts = [_complete_part(reply) for reply in replies]
        scores = [-self._count_defects(text, row) for text in texts]
        candidates = [
            {"text": text, "score": float(score)} for text, score in zip(texts, scores, strict=True)
        ]
        return {ANNOTATED_SYSTEM_MESSAGE: texts[scores.index(max(scores))], CANDIDATES: candidates}

    def _count_defects(self, text: str, row: Row) -> int:
        """Defects of the tags and breaches of the row's conditions; without a valid phrase the most."""
        annotation = parse_annotated(text, repair=self.repair)
        if not annotation.phrases:
            return _WITHOUT_PHRASE
        defects = sum(not defect.repaired for defect in annotation.defects)
        wanted = set(row.get(WANTED_FUNCTIONALITIES) or ()) if self.conditioned else set()
        used = {str(phrase.functionality) for phrase in annotation.phrases}
        return defects + (len(wanted ^ used) if wanted else 0)

    def format_input(self, input: Row) -> "ChatType":
        """The three-shot prompt with the conversation between fences it cannot close."""
        messages, of_paper = input[MESSAGES], self.prompts == "paper"
        asked = "\n".join(message["content"] for message in messages if message["role"] == "user")
        language = "" if of_paper else guess_language(asked[:_TELLING])
        choice = (asked, language, self.conditioned and has_tools(input))
        shown = load_demonstrations("paper") if of_paper else choose_demonstrations(*choice)
        prompt = render_prompt(
            "paper/generate_system_message" if of_paper else "generate_system_message",
            demonstrations=shown,
            messages=messages,
            fence=fence_for([message["content"] for message in messages]),
        )
        original = (input.get(ORIGINAL_SYSTEM_MESSAGE) or "") if self.show_existing else ""
        if original.strip():
            prompt = add_section(
                prompt, "present_system_message", original=original, fence=fence_for([original])
            )
        if self.conditioned and any(input.get(column) for column in (*CONDITIONS, TOOLS)):
            prompt = add_section(prompt, "conditions", **_describe_conditions(input))
        if of_paper:
            return prompt
        asked_for = input.get(WANTED_LANGUAGE) if self.conditioned else ""
        spoken = asked_for or (name_language(language) if language else "")
        return add_section(prompt, "reminder", language=spoken, as_json=self._writes_json)

    def structured_format(self, row: Row, formats: frozenset[str]) -> dict[str, Any] | None:
        """A grammar of every legal annotated system message within the bounds, else a regex, else JSON.

        JSON is asked for with the prompts `careful` alone: those of the paper ask for tags.
        """
        kind = next((kind for kind in ("grammar", "regex") if kind in formats), None)
        if kind is None and not self._writes_json:
            return None
        wanted = row.get(WANTED_FUNCTIONALITIES) if self.conditioned else None
        allowed = wanted or [name for name in FUNCTIONALITIES if self.prompts == "paper" or _fits(name, row)]
        if kind is None:
            return {"format": "json", "schema": phrases_schema(self.max_phrases, allowed)}
        write = tagged_message_grammar if kind == "grammar" else tagged_message_regex
        schema = write(self.max_phrases, self.max_phrase_length, allowed)
        return {"format": kind, "schema": schema}

    @property
    def _writes_json(self) -> bool:
        """Whether the engine keeps to JSON and to nothing closer to the tags."""
        only_json = "json" in self._formats and not {"grammar", "regex"} & self._formats
        return only_json and self.prompts != "paper"

    def format_output(self, output: str | None, input: Row | None = None) -> Row:
        """The annotated text as it came, or with the tags that stand for what came as JSON."""
        text = output or ""
        return {ANNOTATED_SYSTEM_MESSAGE: tag_json_phrases(text) if self._writes_json else text}

    def salvage(self, reply: ReplyUnusable) -> Row:
        """The text with a note where what is complete of it ends."""
        in_loop = reply.outcome is Outcome.DEGENERATE_REPLY
        tagged = tag_json_phrases(reply.text) if self._writes_json else reply.text
        end = reply.end if tagged == reply.text else len(tagged)
        cut = note_cut(tagged, end, DefectKind.LOOP if in_loop else DefectKind.TRUNCATED)
        return {ANNOTATED_SYSTEM_MESSAGE: tagged, TAG_DEFECTS: [str(cut)]}

    def is_usable(self, outputs: Row) -> bool:
        """Whether the text holds a valid phrase."""
        return bool(self._read_phrases(outputs))

    def find_faults(self, outputs: Row, row: Row) -> list[dict[str, Any]]:
        """What the checks that ask again find in the phrases."""
        policies = policies_of(self.checks, Subject.PHRASES)
        if not any(policy.asks_again for policy in policies.values()):
            return []
        phrases = [
            {"functionality": phrase.functionality.value, "text": phrase.text, "verdict": ""}
            for phrase in self._read_phrases(outputs)
        ]
        return find_to_ask_again(row, phrases, policies, PHRASE_FINDERS)

    def _read_phrases(self, outputs: Row) -> tuple[Phrase, ...]:
        return parse_annotated(_complete_part(outputs), repair=self.repair).phrases

    def _sample_input(self) -> "ChatType":
        messages = [
            {"role": "user", "content": "<PLACEHOLDER_USER_TURN>"},
            {"role": "assistant", "content": "<PLACEHOLDER_ASSISTANT_TURN>"},
        ]
        return self.format_input({MESSAGES: messages})


def _fits(functionality: Functionality, row: Row) -> bool:
    """Whether a row has what a phrase of the functionality is about: Tool is for rows with tools."""
    return functionality is not Functionality.TOOL or has_tools(row)


def _complete_part(outputs: Row) -> str:
    """The text up to where it was cut."""
    text: str = outputs[ANNOTATED_SYSTEM_MESSAGE]
    return text[: find_cut(outputs.get(TAG_DEFECTS, ()))]


def _describe_conditions(row: Row) -> dict[str, Any]:
    """The variables of the template `conditions`."""
    tools = row.get(TOOLS) or ""
    return {
        "tools": tools,
        "fence": fence_for([tools]),
        "wanted": row.get(WANTED_FUNCTIONALITIES) or [],
        "persona": " ".join((row.get(PERSONA) or "").split()).rstrip("."),
        "expertise": row.get(EXPERTISE) or "",
        "expertise_meanings": _EXPERTISE,
        "length": row.get(WANTED_LENGTH) or "",
        "length_meanings": _LENGTHS,
        "language": row.get(WANTED_LANGUAGE) or "",
    }
