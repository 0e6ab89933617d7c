"""English sentences about the words and signs of a response: to use, to avoid, to begin and to end with."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from sysgen_distilabel.constraints.rules.counts import Unit, none_of
from sysgen_distilabel.constraints.rules.english_words import ANSWER, BIND, NUMBER, OWN_ANSWER, TAIL, to_int
from sysgen_distilabel.constraints.rules.readers import (
    read_end,
    read_forbidden,
    read_required,
    read_start,
)
from sysgen_distilabel.constraints.rules.rule import QUOTED, Masked, Rule, rule
from sysgen_distilabel.constraints.verifiers import Constraint

_AVOID: Final = (
    r"(?:(?:do not|don't|never|you must not|you must never|you should never|you should not"
    r"|you may not) (?:ever )?"
    r"(?:use|say|mention|write|include|add|utter|type)|(?:avoid|refrain from)(?: ever)?"
    r"(?: (?:using|saying|mentioning|writing|including|adding))?|(?:use|include|write) no)"
)
_WITHOUT: Final = (
    rf"{BIND}(?:{_AVOID}|no|(?:write|respond|reply|answer) without(?: using)?|without(?: using)?)(?: any)?"
)
_HAS_NO: Final = rf"{ANSWER} (?:must|should|may|shall) (?:not|never) (?:contain|have|include|use)(?: any)?"
_NAMED: Final = (
    r"(?:the )?(?:following )?(?:exact )?(?:words?|keywords?|phrases?|terms?|expressions?|sentences?)?:?"
)
_MARKS: Final = {
    "!": r"exclamation (?:marks?|points?)",
    "?？": r"question marks?",  # noqa: RUF001
    ";": r"semi-?colons?",
    ":": r"colons?",
    "—–": r"(?:em[ -]?)?dash(?:es)?",  # noqa: RUF001
    "()": r"(?:parenthes[ei]s|round brackets)",
    "*": r"asterisks?",
    "…": r"ellips[ei]s",
    "_": r"underscores?",
    "&": r"ampersands?",
    "/": r"slashes",
}
_LINKS: Final = r"(?:(?:hyper)?links?|urls?|links? or urls?|urls? or links?)"
_SIGNS: Final = {
    **{
        pattern: Constraint("sysgen:forbidden_characters", {"characters": signs})
        for signs, pattern in _MARKS.items()
        if signs not in ("…", "—–")  # noqa: RUF001
    },
    r"em[ -]?dashes": Constraint("sysgen:forbidden_characters", {"characters": "—"}),
    r"ellips[ei]s": Constraint("sysgen:forbidden_texts", {"texts": ["...", "…"]}),
    r"commas?": Constraint("punctuation:no_comma", {}),
    r"(?:periods?|full stops?)": Constraint("punctuation:no_period", {}),
    r"(?:emojis?|emoticons? or emojis?|emojis? or emoticons?|emoji characters)": none_of(Unit.EMOJIS),
    r"(?:digits?|numerals|arabic numerals)": Constraint(
        "detectable_content:numeric_inclusion", {"relation": "less than", "num_numbers": 1}
    ),
    _LINKS: Constraint("sysgen:no_links", {}),
    r"(?:the )?first[ -]person(?: pronouns?| singular| voice)?": Constraint(
        "sysgen:no_first_person", {"language": "en"}
    ),
    r"placeholders?": none_of(Unit.PLACEHOLDERS),
    r"markdown(?: (?:formatting|syntax|markup))?": Constraint("sysgen:no_markdown", {}),
}


_SIGN: Final = f"(?:{'|'.join(_SIGNS)})"


def _several(match: re.Match[str], masked: Masked) -> Iterator[Constraint]:
    """The constraints of several signs in a row."""
    for said in re.split(r", (?:or |and )?| or | and ", match["signs"]):
        yield next(sign for pattern, sign in _SIGNS.items() if re.fullmatch(pattern, said, re.IGNORECASE))


def _often(match: re.Match[str], masked: Masked) -> Iterator[Constraint]:
    (word,) = masked.read(match["words"])
    number = {"once": 1, "twice": 2}.get((match["often"] or "").lower()) or to_int(match["number"])
    if not re.fullmatch(r"[\w '-]+", word) or not number:
        return
    said = (match["relation"] or "").lower()
    arguments = {"keyword": word, "frequency": number}
    if said in ("at least", "") and not said.startswith("exactly"):
        yield Constraint("keywords:frequency", {**arguments, "relation": "at least"})
    elif said in ("at most", "no more than", "not more than"):
        yield Constraint(
            "keywords:frequency", {"keyword": word, "frequency": number + 1, "relation": "less than"}
        )
    else:
        yield Constraint("keywords:frequency", {**arguments, "relation": "at least"})
        yield Constraint(
            "keywords:frequency", {"keyword": word, "frequency": number + 1, "relation": "less than"}
        )


def _choose(match: re.Match[str], masked: Masked) -> Iterator[Constraint]:
    options = masked.read(match["words"]) or match["words"].split(", ")
    if len(options) > 1:
        yield Constraint("sysgen:one_of", {"options": options})


_CAPITALS: Final = r"(?-i:[A-Z][A-Z_]+)"
_LIST: Final = rf"(?P<words>{QUOTED}(?:(?:, and |, or |,? and |,? or |, ){QUOTED})*)"
_ALL_OF: Final = rf"(?P<words>{QUOTED}(?:(?:, and |,? and |, ){QUOTED})*)"
_ONE: Final = rf"(?P<words>{QUOTED})"
_BEGIN: Final = r"(?:begin|start|open)"
_FINISH: Final = r"(?:end|finish|close|conclude|sign off)"
_EXACT: Final = (
    r"(?:with |by saying |by writing |with saying )(?:the )?(?:exact )?(?:following )?"
    r"(?:phrases?|words?|sentence|line|text|greeting|question|sign-off)?:? ?"
)
_BANNED: Final = r"(?:is|are) (?:forbidden|banned|prohibited|not (?:allowed|permitted))"
_SAID: Final = (
    rf"(?:words?|sentence|line)(?: of {ANSWER})? (?:must|should|shall|has to|have to)(?: always)? be"
)
_FIRST: Final = rf"the (?:very )?first {_SAID}"
_LAST: Final = rf"the (?:very )?last {_SAID}"
_TIMES: Final = (
    r"(?:(?P<relation>at least|exactly|at most|no more than|not more than|precisely) )?"
    rf"(?:(?P<often>once|twice)|(?P<number>{NUMBER}) times?)"
)
_OR_NOTHING: Final = (
    r"(?:,? and nothing else|,? with no (?:explanation|other text)|,? without (?:any )?explanation)?"
)

_AT_ALL: Final = rf"(?: (?:at all|whatsoever|of any kind|entirely|altogether|anywhere(?: in {ANSWER})?))?"

WORDING_RULES: Final[tuple[Rule, ...]] = (
    rule(rf"{BIND}{_AVOID}(?: any of)? ?{_NAMED} ?{_LIST}{TAIL}", read_forbidden),
    rule(rf"{BIND}{_ONE} (?:must|should) (?:never|not) (?:be used|appear|occur){TAIL}", read_forbidden),
    rule(rf"{_NAMED} ?{_ALL_OF} {_BANNED}{TAIL}", read_forbidden),
    rule(rf"{OWN_ANSWER} (?:begins?|starts?|opens?) {_EXACT}(?P<words>{QUOTED}){TAIL}", read_start),
    rule(rf"{OWN_ANSWER} (?:ends?|closes?|concludes?) {_EXACT}(?P<words>{QUOTED}){TAIL}", read_end),
    rule(rf"{_FIRST} (?P<words>{QUOTED})", read_start),
    rule(rf"{_LAST} (?P<words>{QUOTED})", read_end),
    rule(
        rf"{BIND}(?:include|mention|use|say|contain|work in) (?:the )?(?:words?|keywords?|phrases?|terms?"
        rf"|sentence|disclaimer|line|text):? {_ALL_OF}{TAIL}",
        read_required,
    ),
    rule(rf"{BIND}(?:include|mention) {_ALL_OF} in {ANSWER}", read_required),
    rule(
        rf"{BIND}{ANSWER} (?:must|should) (?:always )?(?:contain|include) {_NAMED} ?{_ALL_OF}{TAIL}",
        read_required,
    ),
    rule(rf"{BIND}(?:use|include|mention|say) {_NAMED} ?{_ONE} {_TIMES}{TAIL}", _often),
    rule(rf"{BIND}{_BEGIN} {ANSWER} {_EXACT}(?P<words>{QUOTED}){TAIL}", read_start),
    rule(rf"{BIND}{_BEGIN} {_EXACT}(?P<words>{QUOTED}){TAIL}", read_start),
    rule(
        rf"{BIND}{ANSWER} (?:must|should|shall|has to|have to) (?:always )?{_BEGIN} {_EXACT}"
        rf"(?P<words>{QUOTED}){TAIL}",
        read_start,
    ),
    rule(rf"{BIND}{_FINISH} {ANSWER} {_EXACT}(?P<words>{QUOTED}){TAIL}", read_end),
    rule(rf"{BIND}{_FINISH} {_EXACT}(?P<words>{QUOTED}){TAIL}", read_end),
    rule(
        rf"{BIND}{ANSWER} (?:must|should|shall|has to|have to) (?:always )?{_FINISH} {_EXACT}"
        rf"(?P<words>{QUOTED}){TAIL}",
        read_end,
    ),
    rule(
        rf"{BIND}{_FINISH}(?: {ANSWER})? (?:with|by asking) (?:a|one) (?:follow-up |relevant "
        rf"|open |open-ended |short |clarifying )?question{TAIL}",
        Constraint("sysgen:ends_with_question", {}),
    ),
    rule(
        r"(?:please |always |you must )*(?:answer|respond|reply)(?: only| exclusively| solely|"
        r" just)+(?: with| using)?"
        rf"(?: either)? (?P<words>{QUOTED}(?:, {QUOTED})*,? or {QUOTED}){_OR_NOTHING}{TAIL}",
        _choose,
    ),
    rule(
        r"(?:please |always |you must )*(?:answer|respond|reply) with"
        rf"(?: either)? (?P<words>{QUOTED}(?:, {QUOTED})*,? or {QUOTED}),? and nothing else{TAIL}",
        _choose,
    ),
    rule(
        r"(?:please |always |you must )*(?:answer|respond|reply)(?: only)? with (?:exactly |only )?one of"
        rf"(?: the following)?:? (?P<words>{QUOTED}(?:, {QUOTED})*,? or {QUOTED}"
        rf"|{_CAPITALS}(?:, {_CAPITALS})+)",
        _choose,
    ),
    rule(
        r"(?:please |always |you must )*(?:(?:only|just) (?:answer|respond|reply)"
        r"|(?:answer|respond|reply)(?: only| exclusively| solely| just)+)(?: with)?(?: either)?"
        rf" (?:a )?(?:simple )?yes or no{_OR_NOTHING}{TAIL}",
        Constraint("sysgen:one_of", {"options": ["yes", "no"]}),
    ),
    rule(
        rf"{BIND}(?:add|include|end with|append) a postscript (?:starting|beginning|that "
        rf"(?:starts|begins)) with (?P<words>{QUOTED}){TAIL}",
        lambda match, masked: [
            Constraint("detectable_content:postscript", {"postscript_marker": masked.read(match["words"])[0]})
        ],
    ),
    rule(
        rf"{BIND}(?:include|add|give|use) a title,? (?:wrapped|enclosed) in double angular"
        rf" brackets(?:,? such as <<[\w ]+>>)?{TAIL}",
        Constraint("detectable_format:title", {}),
    ),
    rule(
        rf"{BIND}(?:(?:never|do not|don't) (?:refer to|speak of|mention) yourself|(?:never|do"
        rf" not|don't) (?:write|speak|answer))"
        rf" in the first[ -]person{TAIL}",
        Constraint("sysgen:no_first_person", {"language": "en"}),
    ),
    rule(
        rf"{BIND}(?:(?:never|do not|don't) (?:share|post|provide)|avoid (?:sharing|posting|providing))"
        rf"(?: any)? {_LINKS}{TAIL}",
        _SIGNS[_LINKS],
    ),
    *(rule(rf"(?:{_WITHOUT}|{_HAS_NO}) {pattern}{_AT_ALL}{TAIL}", sign) for pattern, sign in _SIGNS.items()),
    rule(rf"(?:{_WITHOUT}|{_HAS_NO}) (?P<signs>{_SIGN}(?:(?:, | or | and |,? or ){_SIGN})+){TAIL}", _several),
    rule(rf"(?P<signs>{_SIGN}(?:(?:, | or | and |,? and ){_SIGN})*) {_BANNED}{TAIL}", _several),
)
