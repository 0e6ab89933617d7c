"""English sentences that limit the number of words, sentences, paragraphs, bullet points and the like."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from sysgen_distilabel.constraints.rules.counts import (
    ROUGH,
    Relation,
    Unit,
    count,
    count_between,
    count_in_paragraphs,
)
from sysgen_distilabel.constraints.rules.english_words import ANSWER, BIND, NUMBER, OWN_ANSWER, TAIL, to_int
from sysgen_distilabel.constraints.rules.rule import Masked, Rule, rule
from sysgen_distilabel.constraints.verifiers import Constraint

_UNITS: Final = {
    Unit.WORDS: r"words?",
    Unit.CHARACTERS: r"characters?",
    Unit.SENTENCES: r"sentences?",
    Unit.PARAGRAPHS: r"paragraphs?(?:,? (?:separated|divided) by (?:an? )?(?:blank|empty) lines?)?",
    Unit.LINES: r"lines?(?: of text)?",
    Unit.BULLETS: r"(?:bullet(?:ed)?[ -](?:points?|items?)|bullets?)",
    Unit.NUMBERED: r"(?:numbered (?:items?|points?|steps?)|items? in a numbered list)",
    Unit.HEADINGS: r"(?:markdown )?head(?:ing|er)s?",
    Unit.EMOJIS: r"emoji(?:s|es)?",
    Unit.PLACEHOLDERS: (
        r"placeholders?(?:,? (?:in|within|represented by|marked (?:by|with)) square brackets"
        r"(?:,? such as \[[\w ]+\](?:(?:,|,? or|,? and) \[[\w ]+\])*)?)?"
    ),
}
_RELATIONS: Final = {
    Relation.MOST: (
        r"(?:at (?:the )?(?:very )?most|no(?:t)? more than|no(?:t)? longer than|no(?:t)? over|up to"
        r"|fit (?:in|into)|within(?: (?:a|the) limit of)?"
        r"|(?:a |the )?(?:hard )?max(?:imum)?(?: length)?(?: of|:)?|(?:a |the )?(?:hard )?limit of"
        r"|not exceed(?:ing)?|only up to)"
    ),
    Relation.BELOW: r"(?:under|below|fewer than|less than|shorter than)",
    Relation.LEAST: (
        r"(?:at (?:the )?(?:very )?least|no(?:t)? (?:fewer|less) than|no shorter than"
        r"|(?:a |the )?min(?:imum)?(?: length)?(?: of|:)?)"
    ),
    Relation.ABOVE: r"(?:more than|over|longer than)",
    Relation.EXACTLY: r"(?:exactly|precisely|only|just|no more and no less than)",
}
_AFTER: Final = {
    Relation.MOST: r"(?:or (?:less|fewer)|and no more|, no more|(?:at )?max(?:imum)?|at (?:the )?most|tops)",
    Relation.LEAST: r"(?:or more|(?:at )?min(?:imum)?|at least)",
}
_ADJECTIVE: Final = r"(?:(?:short|brief|concise|complete|full|simple|well-formed|clear) )?"


def _alternatives(names: dict[Relation, str] | dict[Unit, str], suffix: str = "") -> str:
    return "|".join(f"(?P<{name.value}{suffix}>{pattern})" for name, pattern in names.items())


_UNIT: Final = f"(?:{_alternatives(_UNITS)})"
_QUANTITY: Final = (
    rf"(?:(?P<low>{NUMBER}) ?(?:to|(?<=[\d ])[-–]) ?(?P<high>{NUMBER})"  # noqa: RUF001
    rf"|{_RELATIONS[Relation.LEAST]} (?P<low3>{NUMBER}) (?:and|but) {_RELATIONS[Relation.MOST]}"
    rf" (?P<high3>{NUMBER})"
    rf"|(?P<between>between |from )(?P<low2>{NUMBER}) (?:and|to) (?P<high2>{NUMBER})"
    rf"|(?:(?:{_alternatives(_RELATIONS)}) )?(?:a total of )?(?P<number>{NUMBER})"
    rf"(?: (?:{_alternatives(_AFTER, '_after')}))?)"
    rf"[ -]{_ADJECTIVE}{_UNIT}(?: ?(?:{_alternatives(_AFTER, '_behind')}))?"
)
_ITEMS: Final = _QUANTITY.replace(_UNIT, r"(?P<numbered>items?|entries|points?|steps?)")
_LONG: Final = r"(?: long| in length| of text)?"
_SHORT: Final = r"(?:(?:short|brief|concise|succinct|tight|crisp)(?:,| and| but|:| -)* ?)?"
_VERB: Final = r"(?:answer|respond|reply|write|speak|explain|reason)"
_SAY: Final = (
    rf"(?:keep|limit|restrict|cap|confine|hold) (?:(?:the )?length of )?(?:{ANSWER}|yourself)"
    r"(?: length)?(?: to be)?"
)
_MUST: Final = (
    rf"{ANSWER}(?: length)? (?:must|should|shall|will|is to|are to|needs? to|ha(?:s|ve) to)"
    r"(?: always| only)?(?: (?:be|contain|have|consist of|comprise|stay|remain|include|use|span|fit|run"
    r"|be kept|be limited to))?"
)
_GIVE: Final = (
    r"(?:use|give|provide|write|include|produce|offer|output|return|list|stick to|stay|limit yourself to"
    r"|answer|respond|reply)"
)


def _read(match: re.Match[str], masked: Masked) -> Iterator[Constraint]:
    found = match.groupdict()
    unit = next(unit for unit in Unit if found.get(unit.value))
    low, high = (
        next((found[name + end] for end in ("", "2", "3") if found.get(name + end)), None)
        for name in ("low", "high")
    )
    if low and high:
        yield from count_between(to_int(low), to_int(high), unit)
        return
    said = [
        relation
        for relation in Relation
        for suffix in ("", "_after", "_behind")
        if found.get(f"{relation.value}{suffix}")
    ]
    relation = _settle(said, found, unit)
    if relation is not None:
        yield from count(relation, to_int(found["number"]), unit)


def _settle(said: list[Relation], found: dict[str, str | None], unit: Unit) -> Relation | None:
    """The relation that is meant, if there is one and only one."""
    if len(said) > 1:
        return None
    if found.get("turned"):
        return said[0].denied if said else None
    if found.get("negated"):
        return Relation.MOST if not said or said == [Relation.ABOVE] else None
    if said:
        return said[0] if said[0] is not Relation.EXACTLY or _is_exact(found, unit) else None
    if found.get("limit"):
        return Relation.MOST
    if unit in _LOOSE:
        return Relation.LEAST if found["number"] == "a" else None
    if unit is Unit.WORDS and to_int(str(found["number"])) == 1:
        return Relation.EXACTLY
    return None if unit in ROUGH else Relation.EXACTLY


def _is_exact(found: dict[str, str | None], unit: Unit) -> bool:
    """Whether "only" or "just" is meant as a number: of words it may as well be "about"."""
    said = (found.get("exactly") or "").lower()
    return unit not in ROUGH or said not in ("only", "just")


_LOOSE: Final = frozenset({Unit.HEADINGS, Unit.EMOJIS, Unit.PLACEHOLDERS})
"""Units of which "include two" leaves open whether there may be more."""
_TO: Final = r"(?:(?P<limit>to|at)(?: be)? )?"
_MORE: Final = (
    r"(?:exceed(?:ing)?|go(?:ing)? over|go beyond|go above|surpass|(?:write|writing|use"
    r"|using|give|answer with"
    r"|respond with|reply with|include|produce|provide|be) (?:more|longer) than|be over)"
)
_MUST_NOT: Final = r"(?:(?:must|should|may) (?:not|never)|shall not|cannot|can't|mustn't|shouldn't)"
_NEVER: Final = r"(?:never|do not|don't|avoid|(?:you )?(?:must|should|may|shall) (?:not|never)|you cannot)"
_BY: Final = r"(?: (?:only|just|briefly|concisely))?(?: (?:with|in|using))?"
_TURN: Final = r"(?P<turned>write|use|give|go|include|produce|provide|(?:answer|respond|reply)(?: with| in)?)"
_DECLARED: Final = (
    rf"{OWN_ANSWER} (?:is|are|has|have|contains?|consists? of|comprises?|spans?|uses?|stays?)"
    r"(?: always| only)?"
)
_BANNED: Final = (
    r"(?:is|are) (?:forbidden|banned|prohibited|unacceptable|not (?:acceptable|allowed|permitted))"
)
_LIMIT_IS: Final = (
    r"(?P<limit>(?:word|length|sentence|answer|response|reply|character) (?:limit|cap|maximum)"
    rf"|max(?:imum)? (?:answer |response |reply )?length)(?: is|:| of| for {ANSWER}:?)?"
)
_LENGTH_IS: Final = r"(?:(?:word|sentence) count|(?:answer |response |reply )?length)(?: is|:| must be)?"
_SHAPE: Final = rf"(?:format|write|structure|present|compose|give) {ANSWER} (?:as|in|with|using)"
_COUNTED_FIRST: Final = (
    f"(?:{_alternatives({unit: _UNITS[unit] for unit in (Unit.BULLETS, Unit.HEADINGS, Unit.EMOJIS)})})"
)
COUNT_RULES: Final[tuple[Rule, ...]] = tuple(
    rule(pattern, _read)
    for pattern in (
        rf"{BIND}{_SAY} {_SHORT}{_TO}(?:in )?{_QUANTITY}{_LONG}{TAIL}",
        rf"{BIND}{_VERB}(?: {ANSWER})?{_BY} {_QUANTITY}{_LONG}{TAIL}",
        rf"{BIND}{_MUST} {_SHORT}{_QUANTITY}{_LONG}{TAIL}",
        rf"{BIND}{ANSWER} {_MUST_NOT} (?P<negated>{_MORE}|have more than|contain more than)"
        rf" {_QUANTITY}{_LONG}{TAIL}",
        rf"{BIND}(?:aim|strive) for (?=at|no|a max)(?:{_QUANTITY}){TAIL}",
        rf"{BIND}{_GIVE} {_QUANTITY}{_LONG}{TAIL}",
        rf"{BIND}{_NEVER} (?P<negated>{_MORE}) {_QUANTITY}{_LONG}{TAIL}",
        rf"{BIND}{_NEVER} {_TURN} {_QUANTITY}{_LONG}{TAIL}",
        rf"{BIND}{_NEVER} let (?:an? )?{ANSWER} (?P<negated>exceed|(?:go|run) over|(?:be|get) longer than)"
        rf" {_QUANTITY}{TAIL}",
        rf"{ANSWER} (?:(?:of|with) )?(?P<negated>more than|over|longer than|exceeding)"
        rf" {_QUANTITY}{_LONG} {_BANNED}",
        rf"{BIND}{_NEVER} (?:send|write|give|produce) (?:an? )?{ANSWER}"
        rf" (?P<negated>of more than|longer than|over|exceeding) {_QUANTITY}{_LONG}{TAIL}",
        rf"{BIND}(?:split|divide|break)(?: up)? {ANSWER}(?: up)? into {_QUANTITY}{TAIL}",
        rf"{_DECLARED} {_QUANTITY}{_LONG}{TAIL}",
        rf"{BIND}(?:write|give|provide|produce) an? (?:short |brief |concise )?(?P<number>{NUMBER})-{_UNIT}"
        r" (?:answer|response|reply)",
        rf"{BIND}(?P<limit>limit|restrict) {_COUNTED_FIRST} to (?P<number>{NUMBER}){TAIL}",
        rf"{BIND}{_QUANTITY}{_LONG}{TAIL}",
        rf"{_LIMIT_IS} {_QUANTITY}{TAIL}",
        rf"{_LENGTH_IS} {_QUANTITY}{_LONG}{TAIL}",
        rf"{BIND}{_SHAPE} (?:a list of )?{_QUANTITY}{TAIL}",
        rf"{BIND}(?:{_SHAPE}|{_VERB}{_BY}|{_GIVE}) an? (?:numbered|ordered) list (?:with|of) {_ITEMS}{TAIL}",
    )
)

_EACH: Final = r"(?:(?:each|every|all|your|any|individual) )?(?:of your )?"
_BE: Final = (
    r"(?:(?:must|should|shall|needs? to|ha(?:s|ve) to) (?:be|have|contain|stay)|has|have|contains?|is|are)"
)
_SO_LONG: Final = r"(?: each| long| in length)?"
_MOST_OF: Final = rf"(?:{_RELATIONS[Relation.MOST]}|(?P<below>{_RELATIONS[Relation.BELOW]}))"
_MOST_WORDS: Final = rf"{_MOST_OF} (?P<number>{NUMBER}) words?{_SO_LONG}"
_WORDS_OR_SENTENCES: Final = r"(?:(?P<words>words?)|(?P<sentences>sentences?))"
_MANY: Final = rf"(?P<number>{NUMBER}) {_WORDS_OR_SENTENCES}{_SO_LONG}"
_LIMIT: Final = rf"(?:{_MOST_OF}|(?P<least>{_RELATIONS[Relation.LEAST]})|(?P<exactly>exactly)) {_MANY}"
_LONGER: Final = r"(?:exceed|(?:be|have|contain|run) (?:longer|more) than|go over)"
_MAY: Final = r"(?:may|must|should|can|shall)"


def _read_sentence_length(match: re.Match[str], masked: Masked) -> Iterator[Constraint]:
    number = to_int(match["number"]) - bool(match.groupdict().get("below"))
    if number > 0:
        yield Constraint("length_constraints:sentence_length", {"max_words": number})


def _read_paragraph(match: re.Match[str], masked: Masked) -> Iterator[Constraint]:
    given = match.groupdict()
    said = next((relation for relation in Relation if given.get(relation.value)), Relation.MOST)
    unit = Unit.SENTENCES if given["sentences"] else Unit.WORDS
    yield from count_in_paragraphs(said, to_int(match["number"]), unit)


_OF_SENTENCES: Final = (
    rf"{BIND}(?:keep|limit|restrict) {_EACH}sentences? (?:{_SHORT}|to )?{_MOST_WORDS}{TAIL}",
    rf"{BIND}(?:limit|restrict) {_EACH}sentences? to (?P<number>{NUMBER}) words?{_SO_LONG}{TAIL}",
    rf"{BIND}{_EACH}sentences? {_BE} {_MOST_WORDS}{TAIL}",
    rf"{BIND}{_EACH}sentences? {_MUST_NOT} {_LONGER} (?P<number>{NUMBER}) words?{_SO_LONG}{TAIL}",
    rf"{BIND}no sentence {_MAY} {_LONGER} (?P<number>{NUMBER}) words?{_SO_LONG}{TAIL}",
    rf"{BIND}(?:write|use) {_EACH}sentences of {_MOST_WORDS}{TAIL}",
    rf"{BIND}(?:{_GIVE} )?{_MOST_WORDS} (?:in (?:each|every)|per) sentence",
)
_OF_PARAGRAPHS: Final = (
    rf"{BIND}(?:keep|limit|restrict) {_EACH}paragraphs? (?:{_SHORT}|to )?{_LIMIT}{TAIL}",
    rf"{BIND}(?:limit|restrict) {_EACH}paragraphs? to {_MANY}{TAIL}",
    rf"{BIND}(?:write|use) {_EACH}paragraphs of {_LIMIT}{TAIL}",
    rf"{BIND}{_EACH}paragraphs? {_BE} {_LIMIT}{TAIL}",
    rf"{BIND}{_EACH}paragraphs? {_MUST_NOT} {_LONGER} {_MANY}{TAIL}",
    rf"{BIND}no paragraph {_MAY} {_LONGER} {_MANY}{TAIL}",
    rf"{BIND}(?:{_GIVE} )?{_LIMIT} (?:in (?:each|every)|per|a) paragraph",
)
PART_RULES: Final[tuple[Rule, ...]] = (
    *(rule(pattern, _read_sentence_length) for pattern in _OF_SENTENCES),
    *(rule(pattern, _read_paragraph) for pattern in _OF_PARAGRAPHS),
)
