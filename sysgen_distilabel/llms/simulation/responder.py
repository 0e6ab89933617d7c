"""Answers the last user turn of a chat under its system message (phase 4, and any other chat)."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from random import Random
from typing import Final

from sysgen_distilabel.llms.simulation.observation import Length, Observation, Shape, observe
from sysgen_distilabel.llms.simulation.phrasebook import detect_language, load_phrasebook
from sysgen_distilabel.llms.simulation.prompt_reader import Turn

_POINTS: Final[dict[Length, int]] = {"short": 2, "any": 3, "long": 4}
_NO_LETTERS: Final = re.compile("[^a-z]+")
_SKETCHES: Final = {
    "Python": "def handle_{name}(value):\n    if not value:\n        return None\n    return value",
    "JavaScript": "function handle_{name}(value) {{\n  if (!value) return null;\n  return value;\n}}",
    "SQL": "SELECT *\nFROM {name}\nWHERE value IS NOT NULL;",
    "": "handle_{name}(value):\n    if value is empty: stop\n    return value",
}


def respond(turns: list[Turn], random: Random) -> str:
    """Take up the user's own words, in their language, in the form the system message asks for."""
    seen = _observe_request(turns)
    points = _write_points(seen, random)
    if seen.shape == "json":
        return json.dumps(
            {"topic": seen.fill("{topic}", random), "points": points}, ensure_ascii=False, indent=2
        )
    opening = [seen.book.choose(random, "opening", seen.domain)]
    if seen.several_turns:
        opening.insert(0, seen.book.choose(random, "again"))
    parts = [seen.book.between_sentences.join(seen.fill(sentence, random) for sentence in opening)]
    parts += _arrange(points, seen)
    if seen.length != "short":
        parts.append(seen.book.choose(random, "closing"))
    return "\n\n".join(parts)


def _observe_request(turns: list[Turn]) -> Observation:
    """What is asked for in the last user turn; the form is the system message's to say."""
    system = "\n".join(turn.content for turn in turns if turn.role == "system")
    asked = [turn for turn in turns if turn.role == "user"] or turns
    seen = observe([turn._replace(role="user") for turn in asked[-1:]])
    shape, length = _read_wishes(system)
    return replace(seen, shape=shape, length=length, several_turns=len(asked) > 1)


def _read_wishes(system: str) -> tuple[Shape, Length]:
    """The form and the length a system message asks for."""
    book, lower = load_phrasebook(detect_language([system])), system.lower()
    shapes: tuple[Shape, ...] = ("json", "table", "list", "code")
    lengths: tuple[Length, ...] = ("short", "long")
    shape: Shape = next((shape for shape in shapes if book.shows(shape, lower)), "any")
    return shape, next((length for length in lengths if book.shows(length, lower)), "any")


def _write_points(seen: Observation, random: Random) -> list[str]:
    templates = seen.book.templates("point", seen.domain)
    # Steps of a calculation only make sense in their order.
    places = sorted(random.sample(range(len(templates)), min(_POINTS[seen.length], len(templates))))
    return [seen.fill(templates[place], random) for place in places]


def _arrange(points: list[str], seen: Observation) -> list[str]:
    code = [_sketch_code(seen)] if seen.shape == "code" or seen.domain == "code" else []
    if seen.shape == "table":
        header = seen.book.templates("header", "any")[0]
        rows = [
            f"| {header} |",
            "|---|---|",
            *(f"| {i} | {point} |" for i, point in enumerate(points, start=1)),
        ]
        return [*code, "\n".join(rows)]
    if seen.shape == "list":
        return [*code, "\n".join(f"- {point}" for point in points)]
    return [*code, seen.book.between_sentences.join(points)]


def _sketch_code(seen: Observation) -> str:
    names = (_NO_LETTERS.sub("_", word.lower()).strip("_") for word in seen.keywords)
    sketch = _SKETCHES.get(seen.code_language) or _SKETCHES[""]
    return f"```{seen.code_language.lower()}\n{sketch.format(name=next(filter(None, names), 'input'))}\n```"
