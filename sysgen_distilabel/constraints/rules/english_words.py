"""What English sentences about responses are made of: who is bound, what is meant, numbers, the end."""

from __future__ import annotations

import re
from typing import Final

_ONES: Final = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen"
    " seventeen eighteen nineteen"
)
_TENS: Final = "twenty thirty forty fifty sixty seventy eighty ninety"
_VALUES: Final = {
    **{name: number for number, name in enumerate(_ONES.split())},
    **{name: 10 * number for number, name in enumerate(_TENS.split(), start=2)},
    "a": 1, "single": 0, "and": 0,
}  # fmt: skip
_SCALES: Final = {"hundred": 100, "dozen": 12}
_ONE: Final = "|".join(sorted(_ONES.split(), key=len, reverse=True))
_BELOW_HUNDRED: Final = rf"(?:(?:{_TENS.replace(' ', '|')})(?:[ -](?:{_ONE}))?|{_ONE})"
NUMBER: Final = (
    rf"(?:\d{{1,3}},\d{{3}}|\d{{1,5}}|(?:(?:a|{_BELOW_HUNDRED}) )?hundred(?: and {_BELOW_HUNDRED})?"
    rf"|(?:a|{_BELOW_HUNDRED}) dozen|a single|{_BELOW_HUNDRED}|a)(?![\w.,]*\d)"
)


def to_int(text: str) -> int:
    """The number that a match of `NUMBER` says."""
    if text[0].isdigit():
        return int(text.replace(",", ""))
    total = 0
    for word in re.split(r"[ -]", text.lower()):
        scale = _SCALES.get(word)
        total = max(total, 1) * scale if scale else total + _VALUES[word]
    return total


_ANSWERS: Final = r"(?:answers?|responses?|repl(?:y|ies)|messages?|outputs?|completions?)"
ANSWER: Final = (
    rf"(?:it|everything|(?:(?:your|the|every|each|all|any|entire|whole|full|final|complete|of|single)"
    rf" )*{_ANSWERS})"
)
OWN_ANSWER: Final = (
    r"(?:(?:(?:your|every|each|all) )+(?:answers?|responses?|repl(?:y|ies))|the (?:answer|response|reply))"
)
"""What declares how it is, as "Every answer ends with …": a message may be the user's."""
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
    r"(?:,? (?:nothing longer|at all times|always|every time|each time|without (?:any )?exceptions?"
    r"|in all cases|no matter what|overall|in total|total|throughout|altogether|please|only"
    rf"|(?:in|for|per|across|throughout) {ANSWER}))*"
)
"""Words behind an instruction that make it no less binding, and limit it to no part of the response."""
