"""What English sentences about responses are made of: who is bound, what is meant, numbers, the end."""

from __future__ import annotations

from typing import Final

_ONES: Final = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen"
    " seventeen eighteen nineteen"
)
_TENS: Final = "twenty thirty forty fifty sixty seventy eighty ninety"
NUMBERS: Final = {
    **{name: number for number, name in enumerate(_ONES.split())},
    **{name: 10 * number for number, name in enumerate(_TENS.split(), start=2)},
    "a single": 1, "a": 1, "hundred": 100, "a hundred": 100, "one hundred": 100, "two hundred": 200,
    "three hundred": 300, "five hundred": 500,
}  # fmt: skip
NUMBER: Final = (
    r"(?:\d{1,3},\d{3}|\d{1,5}|" + "|".join(sorted(NUMBERS, key=len, reverse=True)) + r")(?![\w.,]*\d)"
)


def to_int(text: str) -> int:
    """The number that a match of `NUMBER` says."""
    plain = " ".join(text.lower().split())
    return NUMBERS[plain] if plain in NUMBERS else int(plain.replace(",", ""))


_ANSWERS: Final = r"(?:answers?|responses?|repl(?:y|ies)|messages?|outputs?|completions?)"
ANSWER: Final = (
    rf"(?:it|everything|(?:(?:your|the|every|each|all|any|entire|whole|full|final|complete|of|single)"
    rf" )*{_ANSWERS})"
)
_IN_ALL: Final = rf"(?:in|for|with|throughout|across) (?:(?:all|every|each|any|your|of) )+{_ANSWERS}"
BIND: Final = (
    r"(?:(?:please|always|only|just|exclusively|strictly"
    r"|you (?:must|should|will|shall|are to|need to|have to|are required to)(?: always| only| strictly)?"
    r"|make sure (?:to|that you|you)|be sure to|ensure (?:that you|you|that|to)|see to it that|remember to"
    r"|it is (?:important|essential|required|mandatory) (?:to|that)"
    rf"|{_IN_ALL},?)[ ,]+)*"
)
"""Words in front of an instruction that make it no less binding."""
TAIL: Final = (
    r"(?:,? (?:at all times|always|every time|each time|without (?:any )?exceptions?|in all cases"
    r"|no matter what|overall|in total|total|throughout|altogether|please|only"
    rf"|(?:in|for|per|across|throughout) {ANSWER}))*"
)
"""Words behind an instruction that make it no less binding, and limit it to no part of the response."""
