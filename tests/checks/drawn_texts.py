"""Draws texts in which a regular expression finds something, to hold quick looks against it."""

import random
import re
from re import _constants as code
from re import _parser as parser

_SIGNS = {
    code.CATEGORY_SPACE: " ",
    code.CATEGORY_DIGIT: "7",
    code.CATEGORY_WORD: "w",
    code.CATEGORY_NOT_SPACE: "x",
    code.CATEGORY_NOT_DIGIT: "x",
    code.CATEGORY_NOT_WORD: "-",
}


def draw_texts(pattern: re.Pattern[str], number: int) -> list[str]:
    """So many texts in which the pattern finds something; the same each time."""
    chance, tree = random.Random(0), parser.parse(pattern.pattern, getattr(pattern, "flags", 0))
    texts = ("".join(_draw(tree, chance)) for _ in range(50 * number))
    return [text for text in texts if pattern.search(text)][:number]


def _draw(items, chance):
    for kind, value in items:
        if kind is code.LITERAL:
            yield chr(value)
        elif kind is code.NOT_LITERAL or kind is code.ANY:
            yield chance.choice("x ")
        elif kind is code.IN:
            yield _draw_sign(value, chance)
        elif kind is code.BRANCH:
            yield from _draw(chance.choice(value[1]), chance)
        elif kind is code.SUBPATTERN:
            yield from _draw(value[3], chance)
        elif kind in (code.MAX_REPEAT, code.MIN_REPEAT):
            least, most, inner = value
            for _ in range(chance.randint(least, min(most, least + 2))):
                yield from _draw(inner, chance)


def _draw_sign(choices, chance):
    if choices[0][0] is code.NEGATE:
        return chance.choice("x ")
    kind, value = chance.choice(choices)
    if kind is code.RANGE:
        return chr(chance.randint(*value))
    return _SIGNS[value] if kind is code.CATEGORY else chr(value)
