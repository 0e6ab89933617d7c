# ruff: noqa: RUF001 (signs of other scripts are meant)
"""Brings numbers of any script and spelling into plain digits."""

from __future__ import annotations

import re
import unicodedata

from sysgen_distilabel.checks.signs_in_words import signs_to_digits
from sysgen_distilabel.checks.spelled_numbers import words_to_digits

_SUPERSCRIPTS = {chr(code): plain for code, plain in zip(
    (0x2070, 0xB9, 0xB2, 0xB3, 0x2074, 0x2075, 0x2076, 0x2077, 0x2078, 0x2079, 0x207B),
    "0123456789-", strict=True
)}  # fmt: skip
_SUPERSCRIPT = re.compile(f"[{''.join(_SUPERSCRIPTS)}]+")
_VULGAR = re.compile("[\u00bc-\u00be\u2150-\u215f\u2189]")
_OTHER_DIGIT = re.compile(r"(?![0-9])\d")
_PER_CENT = re.compile(r"\b(?:por ?ciento|pour ?cents?|per ?cento|por ?cento|per ?cent)\b", re.IGNORECASE)
_SIGNS = {"٫": ".", "٬": ",", "٪": "%", "\u2212": "-", "⁄": "/", "∕": "/", "۔": ".", "’": "'"}
_SIGN = re.compile(f"[{''.join(_SIGNS)}]")
_DASH_AS_MINUS = re.compile(r"(?:(?<=[\s(\[=:])|^)[–—](?=\d)")


def to_digits(text: str, language: str, *, short: bool = False) -> str:
    """The text with every number in ASCII digits: other scripts, vulgar fractions, exponents and number
    words.

    Args:
        text: any text.
        language: ISO 639-1, for number words; those of unknown languages stay.
        short: the text is an answer and little else, so that "one" and the like are numbers.
    """
    lower = text.lower()
    if "cent" in lower or "cien" in lower:
        text = _PER_CENT.sub("%", text)
    if not text.isascii():
        text = _DASH_AS_MINUS.sub("-", _to_ascii_digits(text))
    return signs_to_digits(words_to_digits(text, language, short=short), language)


def _to_ascii_digits(text: str) -> str:
    text = _VULGAR.sub(lambda found: f" {unicodedata.normalize('NFKC', found[0]).replace('⁄', '/')}", text)
    text = _SUPERSCRIPT.sub(lambda run: "^" + "".join(_SUPERSCRIPTS[c] for c in run[0]), text)
    text = re.sub("[\u2080-\u2089]+", "", text)  # an index or a base
    text = re.sub("[，、]", ", ", text)  # else it would become a separator of digits
    text = _SIGN.sub(lambda found: _SIGNS[found[0]], unicodedata.normalize("NFKC", text))
    return _OTHER_DIGIT.sub(lambda found: str(unicodedata.decimal(found[0])), text)
