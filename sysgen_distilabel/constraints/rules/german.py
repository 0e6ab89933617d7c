"""German sentences about responses."""

from __future__ import annotations

from typing import Final

from sysgen_distilabel.constraints.rules.counts import Unit, none_of, some
from sysgen_distilabel.constraints.rules.readers import (
    JSON,
    NAMES,
    NO_DIGITS,
    TABLE,
    groups,
    no_signs,
    read_columns,
    read_end,
    read_forbidden,
    read_required,
    read_start,
)
from sysgen_distilabel.constraints.rules.rule import QUOTED, Rule, rule
from sysgen_distilabel.constraints.rules.vocabulary import Vocabulary
from sysgen_distilabel.constraints.verifiers import Constraint

_WORDS: Final = Vocabulary(
    numbers={
        "ein": 1, "einem": 1, "einen": 1, "eine": 1, "einer": 1, "zwei": 2, "drei": 3, "vier": 4, "fünf": 5,
        "sechs": 6, "sieben": 7, "acht": 8, "neun": 9, "zehn": 10, "elf": 11, "zwölf": 12, "fünfzehn": 15,
        "zwanzig": 20, "dreißig": 30, "vierzig": 40, "fünfzig": 50, "sechzig": 60, "siebzig": 70,
        "achtzig": 80, "neunzig": 90, "hundert": 100, "einhundert": 100, "zweihundert": 200,
    },
    languages={
        "deutsch": "de", "englisch": "en", "französisch": "fr", "spanisch": "es", "italienisch": "it",
        "portugiesisch": "pt", "russisch": "ru", "polnisch": "pl", "japanisch": "ja", "koreanisch": "ko",
        "chinesisch": "zh", "arabisch": "ar",
    },
)  # fmt: skip
_ANSWER: Final = (
    r"(?:(?:deine?r?|jede[rnm]?|die|alle|ihre?r?|eure?|die gesamten?|jeweils) )*(?:antwort(?:en)?|ausgaben?)"
)
_ADVERB: Final = (
    r"(?:(?:immer|stets|nur|ausschließlich|grundsätzlich|unbedingt|bitte|dabei|ausnahmslos"
    r"|durchgehend|durchgängig) )*"
)
_BIND: Final = r"(?:(?:bitte|immer|stets|du (?:musst|sollst)|sie müssen) )*"
_WRITE: Final = (
    rf"{_BIND}(?:antworte|beantworte (?:alles|jede frage|alle fragen)|schreibe?|formuliere"
    rf"|verfasse|gib|sprich)(?:n sie| sie)?(?: {_ANSWER})? {_ADVERB}"
)
_TAIL: Final = rf"(?:,? (?:immer|insgesamt|lang|in {_ANSWER}|pro {_ANSWER}|aus|an|sein|ohne ausnahme))*"
_UNITS: Final = {
    Unit.WORDS: r"wörtern?|wort",
    Unit.CHARACTERS: r"zeichen",
    Unit.SENTENCES: r"(?:kurzen? |vollständigen? )?s[äa]tz(?:en?)?",
    Unit.PARAGRAPHS: r"abs[äa]tz(?:en?)?",
    Unit.LINES: r"zeilen?",
    Unit.BULLETS: r"(?:stichpunkten?|aufzählungspunkten?|spiegelstrichen?)",
}
_UNIT: Final = groups(_UNITS)
_RELATION: Final = (
    r"(?:(?P<most>höchstens|maximal|nicht (?:mehr|länger) als|bis zu)|(?P<below>weniger als|unter)"
    r"|(?P<least>mindestens|wenigstens|nicht weniger als)|(?P<above>mehr als)|(?P<exactly>genau|exakt))"
)
_QUANTITY: Final = (
    rf"(?:(?:zwischen )?(?P<low>{_WORDS.number}) (?:und|bis) (?P<high>{_WORDS.number})|(?:{_RELATION}"
    rf" )?(?P<number>{_WORDS.number}))"
    rf"[ -]{_UNIT}"
)
_LIST: Final = rf"(?P<words>{QUOTED}(?:(?:, | und | oder ){QUOTED})*)"
_USE: Final = r"(?:verwende|benutze|nutze|gebrauche|schreibe?|nenne)(?:n sie| sie)?"
_IN: Final = r"(?:in|auf|im|als|mit)"
_SIGNS: Final = {
    r"kommas?|kommata": Constraint("punctuation:no_comma", {}),
    r"emojis?": none_of(Unit.EMOJIS),
    r"ausrufezeichen": no_signs("!"),
    r"fragezeichen": no_signs("?"),
    r"semikolons?|strichpunkte": no_signs(";"),
    r"(?:markdown-)?überschriften": none_of(Unit.HEADINGS),
    r"aufzählungspunkte|stichpunkte": none_of(Unit.BULLETS),
    r"ziffern": NO_DIGITS,
    r"links|url(?:s)?": Constraint("sysgen:no_links", {}),
    r"(?:kein )?markdown(?:-formatierung)?": Constraint("sysgen:no_markdown", {}),
}
_LIMIT: Final = rf"{_RELATION} (?P<number>{_WORDS.number})"
_IN_PARAGRAPH: Final = groups({unit: _UNITS[unit] for unit in (Unit.WORDS, Unit.SENTENCES)})
GERMAN_RULES: Final[tuple[Rule, ...]] = (
    _WORDS.count_in_paragraphs(
        rf"{_BIND}(?:schreibe?|{_USE})(?:n sie)? absätze von {_LIMIT} {_IN_PARAGRAPH}"
    ),
    _WORDS.count_in_paragraphs(
        rf"jeder absatz (?:hat|enthält|umfasst|besteht aus|darf|muss|soll) {_LIMIT} {_IN_PARAGRAPH}"
        r"(?: haben| enthalten| umfassen)?"
    ),
    _WORDS.count_in_paragraphs(rf"(?:{_BIND}{_USE} )?{_LIMIT} {_IN_PARAGRAPH} (?:pro|je) absatz"),
    _WORDS.speak(rf"{_WRITE}(?:auf|in) {_WORDS.language}{_TAIL}"),
    _WORDS.speak(
        rf"(?:{_ANSWER} (?:muss|müssen|soll|sollen) {_ADVERB}auf {_WORDS.language}"
        r"(?: verfasst| geschrieben| formuliert)?(?: sein| werden)?)"
    ),
    _WORDS.count(rf"{_WRITE}(?:mit |in |aus )?{_QUANTITY}{_TAIL}"),
    _WORDS.count(rf"{_BIND}{_USE} {_ADVERB}{_QUANTITY}{_TAIL}"),
    _WORDS.count(
        rf"{_BIND}(?:halte|fasse)(?:n sie| sie)? {_ANSWER} (?:kurz: )?(?:auf |bei )?{_QUANTITY}{_TAIL}"
    ),
    _WORDS.count(
        rf"{_BIND}(?:beschränke|begrenze)(?:n sie| sie)? (?:dich|sich|{_ANSWER}) (?P<limit>auf)"
        rf" {_QUANTITY}{_TAIL}"
    ),
    _WORDS.count(
        rf"{_ANSWER} (?:darf|dürfen|muss|müssen|soll|sollen) {_ADVERB}(?:aus )?{_QUANTITY}"
        r"(?: lang)?(?: umfassen| enthalten| haben| bestehen| sein)?"
    ),
    _WORDS.count(rf"{_ANSWER} (?:besteht|bestehen) {_ADVERB}aus {_QUANTITY}"),
    _WORDS.count(rf"{_ANSWER} (?:hat|haben|umfasst|umfassen|enthält|enthalten) {_ADVERB}{_QUANTITY}"),
    _WORDS.count(
        rf"{_BIND}(?:gliedere|teile|unterteile|strukturiere)(?:n sie| sie)? {_ANSWER} in {_QUANTITY}(?: auf)?"
    ),
    _WORDS.count(rf"{_QUANTITY}{_TAIL}"),
    rule(rf"{_WRITE}(?:{_IN} )?(?:gültige[ms]? )?json(?:-format|-objekt)?{_TAIL}", JSON),
    rule(
        rf"{_WRITE}{_IN} (?:stichpunkten|aufzählungspunkten|(?:einer )?aufzählung){_TAIL}", some(Unit.BULLETS)
    ),
    rule(rf"{_WRITE}(?:als|in) (?:eine[r]? )?nummerierte[rn]? liste{_TAIL}", some(Unit.NUMBERED)),
    rule(
        rf"{_WRITE}(?:als|in|mit) (?:eine[r]? )?(?:markdown-)?tabelle{_TAIL}",
        TABLE,
    ),
    rule(
        rf"{_BIND}(?:erstelle|verwende|schreibe?)(?:n sie)? (?:immer )?eine (?:markdown-)?tabelle mit den"
        rf" spalten (?P<columns>{QUOTED}(?:(?:, | und ){QUOTED})*|{NAMES})",
        read_columns,
    ),
    rule(
        rf"{_WRITE}(?:alles )?{_ADVERB}(?:in kleinbuchstaben|klein)", Constraint("change_case:lowercase", {})
    ),
    rule(rf"{_WRITE}(?:alles )?{_ADVERB}in großbuchstaben", Constraint("change_case:all_caps", {})),
    rule(
        rf"{_BIND}{_USE} (?:niemals|nie|nicht) (?:das wort|die wörter|die worte|den ausdruck) {_LIST}",
        read_forbidden,
    ),
    rule(rf"{_BIND}vermeide(?:n sie| sie)? (?:das wort|die wörter|den ausdruck) {_LIST}", read_forbidden),
    rule(
        rf"{_BIND}{_USE} {_ADVERB}(?:das wort|die wörter|den ausdruck) (?P<words>{QUOTED}(?:"
        rf" und {QUOTED})*){_TAIL}",
        read_required,
    ),
    rule(
        rf"{_BIND}beginne(?:n sie| sie)? {_ANSWER} {_ADVERB}mit (?:dem satz |den worten |dem"
        rf" wort )?(?P<words>{QUOTED})",
        read_start,
    ),
    rule(
        rf"{_BIND}(?:beende|schließe)(?:n sie| sie)? {_ANSWER} {_ADVERB}mit (?:dem satz |den"
        rf" worten |dem wort )?(?P<words>{QUOTED})(?: ab)?",
        read_end,
    ),
    rule(
        rf"{_BIND}(?:beende|schließe)(?:n sie| sie)? {_ANSWER} {_ADVERB}mit einer (?:rück)?frage(?: ab)?",
        Constraint("sysgen:ends_with_question", {}),
    ),
    rule(
        rf"{_BIND}(?:{_USE}|schreibe?(?:n sie)?) nicht in der (?:ich-form|ersten person)",
        Constraint("sysgen:no_first_person", {"language": "de"}),
    ),
    *(
        rule(
            rf"{_BIND}(?:{_USE} (?:niemals |nie )?(?:keine?)?|vermeide(?:n sie| sie)?|verzichte(?:n"
            rf" sie| sie)? auf|keine?) ?(?:{pattern}){_TAIL}",
            sign,
        )
        for pattern, sign in _SIGNS.items()
    ),
)
