"""Spanish sentences about responses."""

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
        "un": 1, "una": 1, "uno": 1, "un solo": 1, "una sola": 1, "dos": 2, "tres": 3, "cuatro": 4,
        "cinco": 5, "seis": 6, "siete": 7, "ocho": 8, "nueve": 9, "diez": 10, "doce": 12, "quince": 15,
        "veinte": 20, "treinta": 30, "cuarenta": 40, "cincuenta": 50, "sesenta": 60, "setenta": 70,
        "ochenta": 80, "noventa": 90, "cien": 100, "doscientas": 200, "doscientos": 200,
    },
    languages={
        "español": "es", "castellano": "es", "inglés": "en", "francés": "fr", "alemán": "de",
        "italiano": "it", "portugués": "pt", "ruso": "ru", "japonés": "ja", "coreano": "ko", "chino": "zh",
        "árabe": "ar",
    },
)  # fmt: skip
_ANSWER: Final = r"(?:(?:tus?|sus?|cada|todas|las?|el|toda|los) )*(?:respuestas?|mensajes?|salidas?)"
_ADVERB: Final = r"(?:(?:siempre|solo|sólo|únicamente|exclusivamente|solamente|por favor) )*"
_BIND: Final = r"(?:(?:por favor,?|siempre|debes|debe|tienes que|hay que) )*"
_WRITE: Final = (
    r"(?:responde[r]?|responda|contesta[r]?|conteste|escribe|escriba|escribir|redacta|habla|da|devuelve)"
)
_SAY: Final = rf"{_BIND}{_WRITE}(?: {_ANSWER})? {_ADVERB}"
_TAIL: Final = rf"(?:,? (?:siempre|en total|como máximo|por respuesta|en {_ANSWER}|sin excepción))*"
_UNITS: Final = {
    Unit.WORDS: r"palabras?",
    Unit.CHARACTERS: r"caracteres",
    Unit.SENTENCES: r"(?:frases?|oraci(?:ón|ones))(?: cortas?| breves?)?",
    Unit.PARAGRAPHS: r"párrafos?",
    Unit.LINES: r"líneas?",
    Unit.BULLETS: r"(?:viñetas?|puntos con viñetas?)",
}
_RELATION: Final = (
    r"(?:(?P<most>como máximo|máximo(?: de)?|un máximo de|no más de|hasta|a lo sumo)"
    r"|(?P<below>menos de)|(?P<least>al menos|como mínimo|un mínimo de|no menos de)"
    r"|(?P<above>más de)|(?P<exactly>exactamente))"
)
_QUANTITY: Final = (
    rf"(?:(?:entre |de )?(?P<low>{_WORDS.number}) (?:y|a) (?P<high>{_WORDS.number})|(?:{_RELATION}"
    rf" )?(?P<number>{_WORDS.number}))"
    rf" {groups(_UNITS)}"
)
_IN_PARAGRAPH: Final = groups({unit: _UNITS[unit] for unit in (Unit.WORDS, Unit.SENTENCES)})
_LIST: Final = rf"(?P<words>{QUOTED}(?:(?:, | y | o | ni ){QUOTED})*)"
_NO: Final = (
    r"(?:(?:no|nunca|jamás) (?:uses|use|utilices|utilice|emplees|incluyas|incluya|escribas|usar|digas)"
    r"|(?:está|queda) prohibido (?:usar|utilizar|emplear|incluir|escribir))"
)
_USE: Final = r"(?:usa|use|utiliza|utilice|incluye|incluya|emplea)"
_BEGIN: Final = r"(?:comienza|empieza|inicia|comience|empiece)"
_FINISH: Final = r"(?:termina|acaba|finaliza|concluye|termine|cierra)"
_EXACT: Final = r"(?:con|por) (?:la (?:frase|palabra) |las palabras )?"
_SIGNS: Final = {
    r"comas?": Constraint("punctuation:no_comma", {}),
    r"(?:emojis?|emoticonos)": none_of(Unit.EMOJIS),
    r"(?:signos de )?exclamaci(?:ón|ones)": no_signs("!¡"),
    r"signos de interrogación": no_signs("?¿"),
    r"(?:punto y coma|puntos y comas)": no_signs(";"),
    r"(?:encabezados|títulos markdown)": none_of(Unit.HEADINGS),
    r"viñetas": none_of(Unit.BULLETS),
    r"(?:dígitos|cifras)": NO_DIGITS,
    r"(?:enlaces|urls?)": Constraint("sysgen:no_links", {}),
    r"(?:formato )?markdown": Constraint("sysgen:no_markdown", {}),
}
SPANISH_RULES: Final[tuple[Rule, ...]] = (
    _WORDS.speak(rf"{_SAY}en (?:idioma )?{_WORDS.language}{_TAIL}"),
    _WORDS.speak(
        rf"{_ANSWER} (?:debe|deben|tiene que|tienen que) (?:ser|estar|escribirse) (?:escritas? )?{_ADVERB}"
        rf"en {_WORDS.language}"
    ),
    _WORDS.count(rf"{_SAY}(?:en |con |usando )?{_QUANTITY}{_TAIL}"),
    _WORDS.count(rf"{_BIND}{_USE} {_ADVERB}{_QUANTITY}{_TAIL}"),
    _WORDS.count(rf"{_BIND}(?:limita|restringe|limite) {_ANSWER} (?P<limit>a) {_QUANTITY}{_TAIL}"),
    _WORDS.count(rf"{_BIND}mant(?:én|enga) {_ANSWER} (?:en |por debajo de |con )?{_QUANTITY}{_TAIL}"),
    _WORDS.count(
        rf"{_ANSWER} (?:debe|deben|tiene que|tienen que) {_ADVERB}(?:tener|contener|ser de)"
        rf" {_QUANTITY}{_TAIL}"
    ),
    _WORDS.count(rf"{_BIND}(?P<limit>no (?:superes|excedas|sobrepases)) (?:las |los )?{_QUANTITY}{_TAIL}"),
    _WORDS.count(
        rf"{_BIND}(?P<negated>{_NO}) (?:(?P<above>más de)|(?P<below>menos de)) (?P<number>{_WORDS.number})"
        rf" {groups(_UNITS)}{_TAIL}"
    ),
    _WORDS.count(
        rf"{_ANSWER} no (?P<limit>(?:debe|deben|puede|pueden) (?:superar|exceder|sobrepasar))"
        rf" (?:las |los )?(?P<number>{_WORDS.number}) {groups(_UNITS)}{_TAIL}"
    ),
    _WORDS.count_in_paragraphs(
        rf"cada párrafo (?:debe|tiene que) (?:tener|contener) {_RELATION} (?P<number>{_WORDS.number})"
        rf" {_IN_PARAGRAPH}"
    ),
    _WORDS.count(rf"{_QUANTITY}{_TAIL}"),
    rule(rf"{_SAY}(?:(?:en|con|como) )?(?:formato |un objeto )?json(?: válido)?{_TAIL}", JSON),
    rule(
        rf"{_BIND}(?:{_USE}|crea|cree|presenta) (?:siempre )?una tabla con las columnas"
        rf" (?P<columns>{QUOTED}(?:(?:, | y ){QUOTED})*|{NAMES})",
        read_columns,
    ),
    rule(
        rf"{_SAY}(?:en|con|usando) (?:forma de )?(?:viñetas|una lista con viñetas){_TAIL}", some(Unit.BULLETS)
    ),
    rule(rf"{_SAY}(?:en|con|como) una lista numerada{_TAIL}", some(Unit.NUMBERED)),
    rule(rf"{_SAY}(?:en|con|como) una tabla(?: (?:de |en )?markdown)?{_TAIL}", TABLE),
    rule(rf"{_SAY}(?:todo )?en minúsculas{_TAIL}", Constraint("change_case:lowercase", {})),
    rule(rf"{_SAY}(?:todo )?en mayúsculas{_TAIL}", Constraint("change_case:all_caps", {})),
    rule(rf"{_NO} (?:nunca )?(?:la palabra|las palabras|la expresión) {_LIST}{_TAIL}", read_forbidden),
    rule(rf"evita(?:r)? (?:usar )?(?:la palabra|las palabras|la expresión) {_LIST}{_TAIL}", read_forbidden),
    rule(
        rf"{_BIND}{_USE} {_ADVERB}(?:la palabra|las palabras|la frase) (?P<words>{QUOTED}(?: y"
        rf" {QUOTED})*){_TAIL}",
        read_required,
    ),
    rule(rf"{_BIND}{_BEGIN} (?:{_ANSWER} )?{_ADVERB}{_EXACT}(?P<words>{QUOTED}){_TAIL}", read_start),
    rule(rf"{_BIND}{_FINISH} (?:{_ANSWER} )?{_ADVERB}{_EXACT}(?P<words>{QUOTED}){_TAIL}", read_end),
    rule(
        rf"{_BIND}{_FINISH} {_ANSWER} {_ADVERB}con una pregunta", Constraint("sysgen:ends_with_question", {})
    ),
    rule(
        rf"(?:{_NO}|evita(?: usar)?) la primera persona",
        Constraint("sysgen:no_first_person", {"language": "es"}),
    ),
    *(
        rule(rf"{_BIND}(?:{_NO}|evita(?:r)?(?: usar| el uso de)?|sin|{_WRITE} sin) {pattern}{_TAIL}", sign)
        for pattern, sign in _SIGNS.items()
    ),
)
