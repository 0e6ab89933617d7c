"""Writes the annotated system message of a conversation (phase 1)."""

from __future__ import annotations

from dataclasses import replace
from random import Random
from typing import Final

from sysgen_distilabel.functionalities import FUNCTIONALITIES, Functionality
from sysgen_distilabel.inputs.tool_schemas import name_tools
from sysgen_distilabel.llms.simulation.observation import Length, Observation, observe
from sysgen_distilabel.llms.simulation.phrasebook import load_phrasebook
from sysgen_distilabel.llms.simulation.prompt_reader import GenerateRequest, TaggedPhrase

_LANGUAGES: Final = {
    "english": "en",
    "german": "de",
    "spanish": "es",
    "french": "fr",
    "korean": "ko",
    "japanese": "ja",
    "chinese": "zh",
}
_STYLES: Final[dict[str, Length]] = {"novice": "long", "intermediate": "any", "expert": "short"}
_LONGER: Final = (Functionality.CONTENT, Functionality.ACTION, Functionality.BACKGROUND)
_MOST_PHRASES: Final = 4
_FEWEST: Final = 3
_SECOND_PHRASE: Final = 0.2
_OTHER_ORDER: Final = 0.3


def write_system_message(request: GenerateRequest, random: Random) -> list[TaggedPhrase]:
    """Choose functionalities the way the paper's models do, or as asked for, and a sentence for each."""
    seen = _heed(observe(request.turns), request)
    length = request.conditions.get("Length", "")
    chosen = _choose_functionalities(seen, random)
    if wanted := request.conditions.get("Functionalities"):
        chosen = [name for name in FUNCTIONALITIES if name in wanted.split(", ")]
    elif length == "short":
        chosen = chosen[:_FEWEST]
    phrases = [
        phrase for functionality in chosen for phrase in _write_phrases(functionality, seen, random, length)
    ]
    if (persona := request.conditions.get("User")) and Functionality.BACKGROUND in chosen:
        phrases.append(TaggedPhrase(Functionality.BACKGROUND, f"User: {persona}."))
    if random.random() < _OTHER_ORDER:
        random.shuffle(phrases)
    return phrases


def _heed(seen: Observation, request: GenerateRequest) -> Observation:
    """What is noticed, with the language, the user's level and the tools that the prompt names."""
    wanted, tools = request.conditions, name_tools(request.tools)
    if "Language" in wanted:
        seen = seen.speak(load_phrasebook(_LANGUAGES.get(wanted["Language"].lower(), "en")))
    if "Expertise" in wanted:
        seen = replace(seen, length=_STYLES[wanted["Expertise"]])
    if tools or "Tool" in wanted.get("Functionalities", "").split(", "):
        seen = replace(seen, tool=tools[0] if tools else seen.tool or "search")
    return seen


def _choose_functionalities(seen: Observation, random: Random) -> list[Functionality]:
    drawn = {f for f in FUNCTIONALITIES if f.frequency and random.random() < f.frequency}
    if seen.tool:
        drawn.add(Functionality.TOOL)
    if seen.shape != "any":
        drawn.add(Functionality.FORMAT)
    if len(drawn) < _FEWEST:
        drawn.update(FUNCTIONALITIES[:_FEWEST])
    return [name for name in FUNCTIONALITIES if name in drawn]


def _write_phrases(
    functionality: Functionality, seen: Observation, random: Random, length: str
) -> list[TaggedPhrase]:
    templates = seen.book.templates(functionality.lower(), _kind_for(functionality, seen))
    repeatable = functionality in (Functionality.CONTENT, Functionality.ACTION) and len(templates) > 1
    count = 2 if repeatable and random.random() < _SECOND_PHRASE else 1
    if length == "long" and functionality in _LONGER:
        count = min(_MOST_PHRASES, len(templates))
    return [
        TaggedPhrase(functionality, seen.fill(template, random))
        for template in random.sample(templates, count)
    ]


def _kind_for(functionality: Functionality, seen: Observation) -> str:
    if functionality is Functionality.FORMAT:
        return seen.shape
    if functionality is Functionality.STYLE:
        return seen.length
    if functionality is Functionality.BACKGROUND and seen.several_turns:
        return "several_turns"
    return seen.domain
