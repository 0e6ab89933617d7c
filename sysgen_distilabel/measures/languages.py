"""The language of a text, short ones too, and its English name; what is no clear case is not recognised."""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from py3langid.langid import LanguageIdentifier

UNKNOWN: Final = "not recognised"
"""How a language that is not recognised is called where people read it."""

_LOOKED_AT: Final = 500
_CLASSIFIED: Final = 300  # characters: all but code is the same as with 500 of them
_LEAST_LETTERS: Final = 8
_GLANCE: Final = 24  # characters that hold letters enough in nearly any text
_LEAST_PROBABILITY: Final = 0.5  # more than all other languages together

_CODE: Final = re.compile(r"```.*?(?:```|\Z)|`[^`\n]*`|https?://\S+|</?[A-Za-z][^<>]*>", re.DOTALL)
_DENSE_LETTER: Final = re.compile(r"[\u0e00-\u0eff\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_COMMON: Final = "the of and to that for with your you are this what how it from which should every each"
_LESS_TELLING: Final = (
    "have has had he she they their his her them there then if can will would but not when who because"
    " than more"
)
_ENGLISH_ALONE: Final = frozenset(_COMMON.split())
_ENGLISH: Final = _ENGLISH_ALONE.union(_LESS_TELLING.split())
"""With words that make a text English where two of the others do already."""
_WORD: Final = re.compile(r"[^\W\d_]+")
_ASCII_WORD: Final = re.compile("[a-z]+")
_HANGUL: Final = re.compile(r"[\u1100-\u11ff\u3130-\u318f\uac00-\ud7af]")
_KANA: Final = re.compile(r"[\u3041-\u3096\u30a1-\u30fa\u30fc]")
_EAST: Final = re.compile(rf"{_HANGUL.pattern[:-1]}{_KANA.pattern[1:-1]}\u3400-\u4dbf\u4e00-\u9fff]")
_LEAST_SHARE: Final = 0.8
_LEAST_KANA: Final = 0.2
"""Of the letters of Japanese about half are kana; Chinese quotes a few."""
_NO_LANGUAGE: Final = "zxx"  # numbers, markup and identifiers, as the model knows them

_LANGUAGES: Final = """
af=Afrikaans am=Amharic an=Aragonese ar=Arabic as=Assamese az=Azerbaijani ba=Bashkir be=Belarusian
bg=Bulgarian bn=Bengali br=Breton bs=Bosnian ca=Catalan cs=Czech cy=Welsh da=Danish de=German
dz=Dzongkha el=Greek en=English eo=Esperanto es=Spanish et=Estonian eu=Basque fa=Persian fi=Finnish
fo=Faroese fr=French fy=Frisian ga=Irish gd=Gaelic gl=Galician gu=Gujarati ha=Hausa he=Hebrew
hi=Hindi hr=Croatian ht=Haitian hu=Hungarian hy=Armenian id=Indonesian ig=Igbo is=Icelandic
it=Italian ja=Japanese jv=Javanese ka=Georgian kk=Kazakh km=Khmer kn=Kannada ko=Korean ku=Kurdish
ky=Kyrgyz la=Latin lb=Luxembourgish lg=Ganda ln=Lingala lo=Lao lt=Lithuanian lv=Latvian mg=Malagasy
mk=Macedonian ml=Malayalam mn=Mongolian mr=Marathi ms=Malay mt=Maltese my=Burmese ne=Nepali nl=Dutch
no=Norwegian oc=Occitan om=Oromo or=Odia pa=Punjabi pl=Polish ps=Pashto pt=Portuguese qu=Quechua
ro=Romanian ru=Russian rw=Kinyarwanda sa=Sanskrit se=Sami si=Sinhala sk=Slovak sl=Slovenian sn=Shona
so=Somali sq=Albanian sr=Serbian st=Sotho sv=Swedish sw=Swahili ta=Tamil te=Telugu tg=Tajik th=Thai
tk=Turkmen tl=Tagalog tr=Turkish tt=Tatar ug=Uyghur uk=Ukrainian ur=Urdu uz=Uzbek vi=Vietnamese
wa=Walloon xh=Xhosa yo=Yoruba zh=Chinese zu=Zulu
"""
_NAMES: Final = dict(entry.split("=") for entry in _LANGUAGES.split())
_CODES: Final = {name.lower(): code for code, name in _NAMES.items()} | {
    "bokmål": "no", "farsi": "fa", "filipino": "tl", "flemish": "nl", "mandarin": "zh", "valencian": "ca",
}  # fmt: skip


def guess_language(text: str) -> str:
    """The language that most of a text is in.

    Code, addresses and tags are not looked at, nor is more than the first five hundred characters.

    Returns:
        its ISO 639-1 code (`no` for both forms of Norwegian), or nothing where the text is too short
        or no language is more probable than all others together.

    Source:
        the model of py3langid 0.4, a naive Bayes classifier over byte n-grams (Lui and Baldwin, 2012).
    """
    return _guess_beginning(text[: 4 * _LOOKED_AT])


@lru_cache(maxsize=256)  # several checks ask about the same question and the same answer
def _guess_beginning(text: str) -> str:
    prose = _CODE.sub(" ", text)[:_LOOKED_AT]
    if not _has_letters(prose):
        return ""
    if known := "en" if _is_plain_english(prose) else _find_script_language(prose):
        return known
    code, probability = _load_identifier().classify(prose[:_CLASSIFIED])
    return "" if code == _NO_LANGUAGE or probability < _LEAST_PROBABILITY else str(code)


def name_language(code: str) -> str:
    """The English name of a language by its code, `not recognised` for none."""
    return _NAMES.get(code, code or UNKNOWN)


def find_language(name: str) -> str:
    """The code of a language by its English name, as in `Brazilian Portuguese`; else nothing."""
    return next((_CODES[word] for word in _WORD.findall(name.lower()) if word in _CODES), "")


def _is_plain_english(prose: str) -> bool:
    """Whether so many words are the commonest English ones that the slower model need not be asked."""
    lower = prose.lower()
    words = (_ASCII_WORD if lower.isascii() else _WORD).findall(lower)
    common = sum(map(_ENGLISH.__contains__, words))
    return common >= 0.15 * len(words) and len(_ENGLISH_ALONE.intersection(words)) > 1


def _find_script_language(prose: str) -> str:
    """Korean, Japanese or Chinese where most letters are of their scripts, which no other language has."""
    east = len(_EAST.findall(prose))
    if not east or east < _LEAST_SHARE * sum(map(str.isalpha, prose)):
        return ""
    hangul, kana = len(_HANGUL.findall(prose)), len(_KANA.findall(prose))
    if hangul >= _LEAST_SHARE * east:
        return "ko"
    if hangul:
        return ""
    if not kana:
        return "zh"
    return "ja" if kana >= _LEAST_KANA * east else ""


def _has_letters(text: str) -> bool:
    """Whether there are letters enough; one of a dense script says as much as four others."""
    if sum(map(str.isalpha, text[:_GLANCE])) >= _LEAST_LETTERS:
        return True
    found = 0
    for sign in text:
        found += (unicodedata.category(sign)[0] in "LM") + 3 * bool(_DENSE_LETTER.match(sign))
        if found >= _LEAST_LETTERS:
            return True
    return False


@cache
def _load_identifier() -> LanguageIdentifier:
    import numpy as np
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    # Dialects that the model sets beside their language would each take a share of its probability.
    identifier.set_languages([*_NAMES, _NO_LANGUAGE])
    identifier.nb_ptc = np.ascontiguousarray(identifier.nb_ptc)  # else each row of it lies all over memory
    return identifier
