"""Writes the annotated system message of a conversation (phase 1)."""

from __future__ import annotations

from random import Random
from typing import Final

from sysgen_distilabel.functionalities import FUNCTIONALITIES, Functionality
from sysgen_distilabel.llms.simulation.observation import Observation, observe
from sysgen_distilabel.llms.simulation.prompt_reader import TaggedPhrase, Turn

_FREQUENCIES: Final = {
    Functionality.ROLE: 0.97,
    Functionality.CONTENT: 0.97,
    Functionality.TASK: 0.97,
    Functionality.ACTION: 0.73,
    Functionality.STYLE: 0.68,
    Functionality.BACKGROUND: 0.64,
    Functionality.FORMAT: 0.59,
}
"""How often a functionality is used: the mean of the paper's three models (Table 6)."""

_FEWEST: Final = 3
_SECOND_PHRASE: Final = 0.2
_OTHER_ORDER: Final = 0.3


def write_system_message(turns: list[Turn], random: Random) -> list[TaggedPhrase]:
    """Choose functionalities the way the paper's models do, and a sentence for each."""
    seen = observe(turns)
    chosen = _choose_functionalities(seen, random)
    phrases = [phrase for functionality in chosen for phrase in _write_phrases(functionality, seen, random)]
    if random.random() < _OTHER_ORDER:
        random.shuffle(phrases)
    return phrases


def _choose_functionalities(seen: Observation, random: Random) -> list[Functionality]:
    drawn = {name for name, frequency in _FREQUENCIES.items() if random.random() < frequency}
    if seen.tool:
        drawn.add(Functionality.TOOL)
    if seen.shape != "any":
        drawn.add(Functionality.FORMAT)
    if len(drawn) < _FEWEST:
        drawn.update(FUNCTIONALITIES[:_FEWEST])
    return [name for name in FUNCTIONALITIES if name in drawn]


def _write_phrases(functionality: Functionality, seen: Observation, random: Random) -> list[TaggedPhrase]:
    templates = seen.book.templates(functionality.lower(), _kind_for(functionality, seen))
    repeatable = functionality in (Functionality.CONTENT, Functionality.ACTION) and len(templates) > 1
    count = 2 if repeatable and random.random() < _SECOND_PHRASE else 1
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
