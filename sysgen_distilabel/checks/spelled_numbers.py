"""Turns number words of several languages into digits."""

from __future__ import annotations

import re

from sysgen_distilabel.checks.added_number_words import LANGUAGES as ADDED
from sysgen_distilabel.checks.added_number_words import added_words_to_digits
from sysgen_distilabel.checks.answers_extra import import_answers_library
from sysgen_distilabel.checks.hanzi import hanzi_to_digits, korean_to_digits
from sysgen_distilabel.checks.units import magnitudes

_BY_LIBRARY = frozenset({"en", "es", "de", "fr", "it", "pt", "nl", "da"})
_ZEROS = {
    "en": "zero", "es": "cero", "de": "null", "fr": "zéro", "it": "zero", "pt": "zero", "nl": "nul",
    "da": "nul",
}  # fmt: skip
_PARTS = {  # part of one, singular and plural
    "en": {"half": 2, "halves": 2, "third": 3, "thirds": 3, "quarter": 4, "quarters": 4, "fourths": 4,
           "fifth": 5, "fifths": 5, "sixth": 6, "sixths": 6, "eighth": 8, "eighths": 8, "tenth": 10,
           "tenths": 10},
    "de": {"Drittel": 3, "Viertel": 4, "Fünftel": 5, "Sechstel": 6, "Achtel": 8, "Zehntel": 10},
    "fr": {"tiers": 3, "quart": 4, "quarts": 4, "cinquième": 5, "cinquièmes": 5, "sixième": 6,
           "sixièmes": 6, "huitième": 8, "huitièmes": 8},
    "es": {"tercio": 3, "tercios": 3, "cuarto": 4, "cuartos": 4, "quinto": 5, "quintos": 5,
           "cuarta": 4, "cuartas": 4, "tercera": 3, "terceras": 3, "sexto": 6, "sextos": 6, "octavo": 8,
           "octavos": 8},
    "it": {"terzo": 3, "terzi": 3, "quarto": 4, "quarti": 4, "quinto": 5, "quinti": 5, "sesto": 6, "sesti": 6,
           "ottavo": 8, "ottavi": 8},
    "pt": {"terço": 3, "terços": 3, "quarto": 4, "quartos": 4, "quinto": 5, "quintos": 5},
}  # fmt: skip
_ONE = {
    "en": "one|a",
    "de": "ein|eine",
    "fr": "un|une",
    "es": "un|una|uno",
    "it": "un|una|uno",
    "pt": "um|uma",
}
_AND_A_HALF = {  # short texts do not tell Italian from Portuguese
    "en": r"and a half|and one half", "es": "y medi[oa]", "fr": "et demie?", "it": "e m(?:ezz|ei)[oa]",
    "pt": "e m(?:ezz|ei)[oa]",
}  # fmt: skip
_WHOLE_AND_PART = re.compile(r"\b([^\W\d_]+) (?:and|y|e|et) (\d/\d{1,2})\b")
_HALF_SIGNS = ("half", "demi", "medi", "mezz", "mei")

_MAGNITUDE = "|".join(sorted(magnitudes(), key=len, reverse=True))
_KEPT = re.compile(  # the first character finds the places quickly
    rf"([\n0-9](?:(?<=\n)\n*|(?<=[0-9])[0-9.,]{{0,30}}+\s+(?:{_MAGNITUDE})\b))", re.IGNORECASE
)
_MAY_COUNT = {
    "en": re.compile(
        r"\b(?:os*\b|zero|one|two|three|four|five|six|seven|eight|nin|nought|ten|eleven|twel|thir|fif|for|twen"
        r"|hundred|thousand|million|billion|trillion|first|second)"
    )
}
"""How words begin of which the library makes numbers; a quick look that leaves none out."""


def words_to_digits(text: str, language: str, *, short: bool) -> str:
    """The text with the number words of its language as digits; "one" stays, unless the text is short."""
    if language in ("zh", "ja"):
        return hanzi_to_digits(text, short=short)
    if language == "ko":
        return korean_to_digits(text, short=short)
    if language in ADDED:
        return added_words_to_digits(text, language, short=short)
    language = language or "en"
    return _latin(text, language, short=short) if language in _BY_LIBRARY else text


def _latin(text: str, language: str, *, short: bool) -> str:
    alpha2digit = import_answers_library("text_to_num").alpha2digit
    text = _parts_to_digits(text, language)
    if (zero := _ZEROS[language]) in text:
        text = re.sub(rf"\b{zero}\b(?=\s|[.!]|$)", "0", text)
    threshold = 0 if short else 2
    may_count = _MAY_COUNT.get(language)
    pieces = _KEPT.split(text)  # every second one is a line break, or digits with a word that multiplies them
    return "".join(
        piece
        if at % 2 or (may_count and not may_count.search(piece.lower()))
        else alpha2digit(piece, language, threshold=threshold)
        for at, piece in enumerate(pieces)
    )


def _parts_to_digits(text: str, language: str) -> str:
    """Halves, thirds and so on as fractions: "two thirds" as 2/3, "three and a half" as 3 1/2."""
    lower = text.lower()
    if (half := _AND_A_HALF.get(language)) and any(map(lower.__contains__, _HALF_SIGNS)):
        text = re.sub(rf"\b(?:{half})\b", "1/2", text, flags=re.IGNORECASE)
    parts = _PARTS.get(language, {})
    if any(map(text.__contains__, parts)):
        names = "|".join(parts)
        text = re.sub(
            rf"\b([^\W_]+)[ -]({names})\b",
            lambda found: _part(found, parts[found[2]], language),
            text,
        )
        text = _WHOLE_AND_PART.sub(lambda found: _whole_and_part(found, language), text)
    return text


def _whole_and_part(found: re.Match[str], language: str) -> str:
    """ "one and 3/4" as 1 3/4."""
    try:
        whole = import_answers_library("text_to_num").text2num(found[1].lower(), language)
    except ValueError:
        return found[0]
    return f"{whole} {found[2]}"


def _part(found: re.Match[str], denominator: int, language: str) -> str:
    text2num = import_answers_library("text_to_num").text2num
    count = found[1].lower()
    if count in _ONE[language].split("|"):
        return f"1/{denominator}"
    try:
        return f"{int(count) if count.isdecimal() else text2num(count, language)}/{denominator}"
    except ValueError:
        return found[0]
