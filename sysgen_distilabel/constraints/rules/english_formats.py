"""English sentences about the shape of a response: JSON, lists, tables, code, letter case, language."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Final

from sysgen_distilabel.constraints.rules.counts import Unit, none_of, some
from sysgen_distilabel.constraints.rules.english_words import ANSWER, BIND, NUMBER, TAIL, to_int
from sysgen_distilabel.constraints.rules.readers import NAMES, read_columns
from sysgen_distilabel.constraints.rules.rule import QUOTED, Masked, Rule, rule, speak
from sysgen_distilabel.constraints.verifiers import Constraint

_LANGUAGES: Final = {
    "english": "en", "spanish": "es", "portuguese": "pt", "brazilian portuguese": "pt", "arabic": "ar",
    "hindi": "hi", "french": "fr", "russian": "ru", "german": "de", "japanese": "ja", "italian": "it",
    "korean": "ko", "vietnamese": "vi", "polish": "pl", "ukrainian": "uk", "thai": "th", "finnish": "fi",
    "bulgarian": "bg", "hebrew": "he", "chinese": "zh", "simplified chinese": "zh", "mandarin": "zh",
    "mandarin chinese": "zh", "traditional chinese": "zh",
}  # fmt: skip
"""The languages that a verifier can tell and that people name so in a system message."""
_LANGUAGE: Final = (
    r"(?:(?:simple|plain|formal|clear|fluent|standard|proper|polite|professional|natural|idiomatic|everyday"
    r"|correct|british|american|modern)(?:,| and)? )*"
    rf"(?P<language>{'|'.join(sorted(_LANGUAGES, key=len, reverse=True))})(?: language)?"
)
_WHATEVER: Final = (
    r"(?:,? (?:only|exclusively|regardless of (?:the )?(?:input |user's |question's )?language(?: of the"
    r" (?:question|user|input)| the user (?:uses|writes in|speaks))?"
    r"|(?:no matter|whatever) (?:what |which )?language the user (?:uses|writes in|speaks)))?"
)
_WRITE: Final = r"(?:respond|reply|answer|write|speak|communicate|converse)(?: to (?:the user|users|me))?"
_SAY: Final = r"(?:respond|reply|answer|write|return|output|produce|format|give|provide|present|structure)"
_BY: Final = r"(?: only| always| exclusively| strictly| solely)*(?: (?:with|in|as|using))?(?: only| just)?"
_WHOLE: Final = rf"{BIND}{_SAY}(?: {ANSWER})?{_BY}"
_MUST_BE: Final = rf"{BIND}{ANSWER} (?:must|should|shall|has to|have to|needs? to) (?:always |only )?be"
_NO: Final = (
    r"(?:do not|don't|never|avoid|refrain from|you must not|you must never) (?:ever"
    r" )?(?:use|using|include|including|write|writing|add|adding)(?: any)?"
)
_WITHOUT: Final = (
    rf"(?:{_NO}|{_WRITE} without(?: using| any)?|no|without(?: using)?(?: any)?|use no|include no)"
)
_A: Final = r"(?:an? |one |the )?(?:single |valid |well-formed |raw |pure |strict )*"


def _say_language(match: re.Match[str], masked: Masked) -> Iterator[Constraint]:
    yield speak(_LANGUAGES[" ".join(match["language"].lower().split())])


def _keys(match: re.Match[str], masked: Masked) -> Iterator[Constraint]:
    if keys := masked.read(match["keys"]):
        yield Constraint("sysgen:json_keys", {"keys": keys})


def _schema(match: re.Match[str], masked: Masked) -> Iterator[Constraint]:
    """A schema that is written out; it is read as JSON or not at all."""
    text = re.sub(r"⟦(\d+)⟧", lambda mark: f'"{masked.quoted[int(mark[1])]}"', match["schema"])
    try:
        schema = json.loads(text)
    except ValueError:
        return
    if isinstance(schema, dict) and schema.get("type") == "object":
        yield Constraint("sysgen:json_schema", {"schema": schema})


def _table_size(match: re.Match[str], masked: Masked) -> Iterator[Constraint]:
    rows = to_int(match["rows"]) if match["rows"] else 1
    columns = to_int(match["cols"]) if match["cols"] else 2
    if rows and columns:
        yield Constraint("detectable_format:table", {"min_rows": rows, "min_cols": columns})


def _level(match: re.Match[str], masked: Masked) -> Iterator[Constraint]:
    level = int(match["level"]) if match["level"] else len(match["marks"])
    if 1 <= level <= 6:
        yield Constraint("detectable_format:heading_depth", {"levels": [level]})


def _code(match: re.Match[str], masked: Masked) -> Iterator[Constraint]:
    language = (match["code"] or "").strip().lower()
    verifier = "sysgen:only_code" if match["only"] or match["alone"] else "sysgen:code_block"
    yield Constraint(verifier, {"code_language": language})


def _tag(match: re.Match[str], masked: Masked) -> Iterator[Constraint]:
    yield Constraint("sysgen:wrapped_in_tag", {"tag": match["tag"]})


_LIST_OF_QUOTED: Final = rf"{QUOTED}(?:(?:, and |,? and |, ){QUOTED})*"
_KEY_WORDS: Final = (
    r"(?:the )?(?:following )?(?:top-level )?(?:keys?|fields?|properties|attributes)(?: named| called)?:?"
)
_JSON: Final = rf"(?:{_A}JSON(?:[ -]format(?:ted)?)?(?: objects?| array| format| text| data)?)"
_CODE: Final = (
    r"(?:(?P<code>python|javascript|typescript|java|rust|go|sql|bash|json|yaml|html|css|c"
    r"|ruby|php|kotlin|swift)"
    r" )?"
)
_BULLETED: Final = (
    r"(?:(?:a )?bullet(?:ed|-point|ed-point)?[ -](?:points?|list|lists|format)(?: list| format)?|bullets)"
)
_NUMBERED: Final = r"(?:(?:a |an )?(?:numbered|ordered)[ -]lists?(?: format)?)"
_NOTHING_BUT: Final = r"(?:(?: only| exclusively) (?:with|in|using|as)|(?: with| in)? nothing but)"
_LOWER: Final = r"(?:lowercase|lower case|lower-case|small)(?: letters)?"
_UPPER: Final = r"(?:(?:uppercase|upper case|upper-case|capital)(?: letters)?|capitals|(?:all[ -])?caps)"
_ALL: Final = r"(?: in| entirely| only| all| exclusively| completely)*"
_LOWERCASE: Final = Constraint("change_case:lowercase", {})
_CAPITALS: Final = Constraint("change_case:all_caps", {})
_PLAIN_TEXT: Final = Constraint("sysgen:no_markdown", {})

FORMAT_RULES: Final[tuple[Rule, ...]] = (
    rule(rf"{BIND}{_WRITE}{_BY} {_LANGUAGE}{_WHATEVER}{TAIL}", _say_language),
    rule(
        rf"{BIND}(?:use|speak|write) (?:only |exclusively )?{_LANGUAGE}{_WHATEVER}(?: only)?{TAIL}",
        _say_language,
    ),
    rule(rf"{BIND}{_SAY} {ANSWER} (?:only )?in {_LANGUAGE}{_WHATEVER}{TAIL}", _say_language),
    rule(
        rf"{_MUST_BE}(?: written| given| provided)?(?: only| entirely| exclusively)? in"
        rf" {_LANGUAGE}{_WHATEVER}{TAIL}",
        _say_language,
    ),
    rule(
        rf"(?:the )?(?:language of {ANSWER}|(?:response|answer|output) language)(?: is|:| must"
        rf" be) {_LANGUAGE}",
        _say_language,
    ),
    rule(
        rf"(?:{_WHOLE}|{_MUST_BE}) {_JSON}(?:,? and nothing else|,? with no (?:other|additional|extra) text"
        rf"|,? without any (?:other|additional|extra) text"
        rf"|(?: only)?,? (?:with no|no|without(?: any)?) text before or after(?: it)?"
        rf"| only)?{TAIL}",
        Constraint("detectable_format:json_format", {}),
    ),
    rule(
        rf"(?:{_WHOLE}|{_MUST_BE}) {_JSON} (?:with|that has|containing|that contains|having) "
        rf"(?:exactly )?(?:the )?(?:{NUMBER} )?{_KEY_WORDS}"
        rf" (?P<keys>{_LIST_OF_QUOTED}){TAIL}",
        _keys,
    ),
    rule(
        rf"(?:{_WHOLE}|{_MUST_BE}) {_JSON} (?:with (?:this|the following)|that (?:matches"
        rf"|follows|conforms to|fits) (?:this|the following))"
        r" (?:JSON )?schema:? ?(?P<schema>\{.*\})",
        _schema,
    ),
    rule(
        rf"(?:{_WHOLE}|{_SAY} the results? (?:in|as)|{BIND}(?:use|include)|{_MUST_BE}(?: in| presented as)?)"
        rf" {_A}(?:markdown )?table "
        rf"(?:with|that has|having) "
        rf"(?:the )?(?:following )?columns?(?: headers?| titles?| named)?:? "
        rf"(?P<columns>{_LIST_OF_QUOTED}|{NAMES}){TAIL}",
        read_columns,
    ),
    rule(
        rf"{BIND}(?:include|use|add|provide|give) (?:a|at least one|one) (?:markdown )?table"
        rf"(?: (?:with|of) (?:at least (?P<rows>{NUMBER}) rows)?(?: and )?(?:(?:at least"
        rf" )?(?P<cols>{NUMBER}) columns)?)?{TAIL}",
        _table_size,
    ),
    rule(
        rf"(?:{_WHOLE}|{_MUST_BE}(?: in| presented as| formatted as)?) (?:a |the form of a"
        rf" )?(?:markdown )?table"
        rf"(?: (?:with|of) (?:at least (?P<rows>{NUMBER}) rows)?(?: and )?(?:(?:at least"
        rf" )?(?P<cols>{NUMBER}) columns)?)?{TAIL}",
        _table_size,
    ),
    rule(
        rf"{BIND}{_SAY}{_NOTHING_BUT} {_BULLETED}{TAIL}",
        Constraint("sysgen:only_list", {"list_style": "bullet"}),
    ),
    rule(
        rf"{BIND}{_SAY}{_NOTHING_BUT} {_NUMBERED}{TAIL}",
        Constraint("sysgen:only_list", {"list_style": "numbered"}),
    ),
    rule(rf"(?:{_WHOLE}|{BIND}use|{_MUST_BE}(?: in| formatted as)?) {_NUMBERED}{TAIL}", some(Unit.NUMBERED)),
    rule(rf"(?:{_WHOLE}|{BIND}use|{_MUST_BE}(?: in| formatted as)?) {_BULLETED}{TAIL}", some(Unit.BULLETS)),
    rule(rf"{_WITHOUT} (?:{_BULLETED}|bulleted lists){TAIL}", none_of(Unit.BULLETS)),
    rule(rf"{_WITHOUT} {_NUMBERED}{TAIL}", none_of(Unit.NUMBERED)),
    rule(rf"{BIND}(?:use|include|add) (?:markdown )?head(?:ing|er)s?{TAIL}", some(Unit.HEADINGS)),
    rule(rf"{_WITHOUT} (?:markdown )?head(?:ing|er)s?{TAIL}", none_of(Unit.HEADINGS)),
    rule(
        rf"{BIND}(?:use|include) (?:markdown )?(?:(?:level[ -](?P<level>[1-6])|h(?=[1-6]))|"
        rf"(?P<marks>#{{1,6}}))"
        rf" ?(?:markdown )?head(?:ing|er)s?{TAIL}",
        _level,
    ),
    rule(
        rf"{BIND}{_SAY}(?P<only> only| exclusively|(?: with| in)? nothing but)? (?:with )?"
        rf"(?:a|one)(?P<alone> single)? (?:fenced )?{_CODE}code block"
        rf"(?: and nothing else)?{TAIL}",
        _code,
    ),
    rule(
        rf"{BIND}{_SAY}(?P<only> only| exclusively)(?: with| in)? {_CODE}code in a(?P<alone>)(?: single)?"
        rf" (?:fenced )?code block(?:,? (?:no|without(?: any)?) (?:explanations?|other text))?{TAIL}",
        _code,
    ),
    rule(
        rf"{BIND}(?:wrap|enclose|put|place) {ANSWER} (?:in|inside|within)(?P<only>) "
        rf"(?P<alone>a)(?: single)? (?:fenced )?{_CODE}"
        rf"code block{TAIL}",
        _code,
    ),
    rule(
        rf"{BIND}(?:include|give|provide|add) (?:a|at least one)(?P<only>)(?P<alone>) (?:fenced"
        rf" |markdown )?{_CODE}(?:fenced )?code block{TAIL}",
        _code,
    ),
    rule(
        rf"{BIND}(?:wrap|enclose|put|place|surround) {ANSWER} (?:in|inside|with|within|between) "
        rf"(?:<(?P<tag>[A-Za-z][\w-]*)>(?: and </(?P=tag)>|</(?P=tag)>)?)(?: (?:xml |html )?tags?)?{TAIL}",
        _tag,
    ),
    rule(
        rf"{BIND}(?:wrap|put|enclose|surround) {ANSWER} (?:in|with|within|inside) double quot"
        rf"(?:ation marks|es){TAIL}",
        Constraint("startend:quotation", {}),
    ),
    rule(rf"{BIND}(?:{_WRITE}|keep)(?: {ANSWER})?{_ALL} {_LOWER}(?: only)?{TAIL}", _LOWERCASE),
    rule(rf"{_MUST_BE}(?: written)?{_ALL} {_LOWER}(?: only)?{TAIL}", _LOWERCASE),
    rule(rf"{BIND}use (?:only |exclusively )?{_LOWER}(?: only)?{TAIL}", _LOWERCASE),
    rule(rf"{_WITHOUT} {_UPPER}{TAIL}", Constraint("change_case:lowercase", {})),
    rule(rf"{BIND}(?:{_WRITE}|keep)(?: {ANSWER})?{_ALL} {_UPPER}(?: only)?{TAIL}", _CAPITALS),
    rule(rf"{_MUST_BE}(?: written)?{_ALL} {_UPPER}(?: only)?{TAIL}", _CAPITALS),
    rule(rf"{BIND}use (?:only |exclusively ){_UPPER}{TAIL}", _CAPITALS),
    rule(
        rf"{BIND}(?:{_WRITE}|format|return|output)(?: {ANSWER})?(?: only)? (?:in|as|using) plain text"
        rf"(?: only|,? (?:without(?: any)?|with no|no|not) markdown(?: formatting)?)?{TAIL}",
        _PLAIN_TEXT,
    ),
    rule(
        rf"{BIND}use plain text(?: only)?(?:,? (?:without(?: any)?|no|not) markdown(?: formatting)?)?{TAIL}",
        _PLAIN_TEXT,
    ),
)
