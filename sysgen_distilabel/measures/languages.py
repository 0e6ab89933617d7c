"""A rough guess at the language of a text, from its script and its commonest words."""

from __future__ import annotations

import re
from collections import Counter
from typing import Final

_LOOKED_AT: Final = 1500
_LEAST_LETTERS: Final = 8

_SCRIPTS: Final = {
    "Korean": re.compile(r"[\uac00-\ud7af\u1100-\u11ff]"),
    "Japanese": re.compile(r"[\u3040-\u30ff]"),
    "Chinese": re.compile(r"[\u3400-\u9fff]"),
    "Arabic script": re.compile(r"[\u0600-\u06ff]"),
    "Hebrew": re.compile(r"[\u0590-\u05ff]"),
    "Cyrillic script": re.compile(r"[\u0400-\u04ff]"),
    "Greek": re.compile(r"[\u0370-\u03ff]"),
    "Hindi or another Devanagari language": re.compile(r"[\u0900-\u097f]"),
    "Thai": re.compile(r"[\u0e00-\u0e7f]"),
}
_COMMON_WORDS: Final = {
    "English": "the of and to is in that it what how you for with are this on be a an i",
    "German": "der die das und ist nicht ein eine wie ich zu mit den von für auf es sich im dem",
    "French": "le la les et est un une des que pour dans je vous comment du en ce pas qui au",
    "Spanish": "el los las y es una que para en cómo por con del se lo qué un al su más",
    "Portuguese": "os as é uma que para em como não com do da um se dos mais por no na ao",
    "Italian": "il gli e è una che per di come non con del della si un sono nel alla lo più",
    "Dutch": "de het een en is van ik niet dat te hoe met voor op zijn wat er aan ook als",
    "Polish": "i w na jest nie się do to jak z że co dla od czy po ale przez są o",
    "Turkish": "ve bir bu için ne ile da de mi çok olarak daha gibi en ben var değil ya",
    "Vietnamese": "và là của có không một cho các được trong với như này những để người tôi bạn đã khi",
    "Indonesian": "yang dan di untuk dengan ini apa bagaimana dari tidak dalam saya pada itu ada atau akan",
}
_WORD_SETS: Final = {language: frozenset(words.split()) for language, words in _COMMON_WORDS.items()}
_WORD: Final = re.compile(r"[^\W\d_]+")
_CODE: Final = re.compile(r"```.*?(?:```|\Z)|`[^`\n]*`|https?://\S+", re.DOTALL)

UNKNOWN: Final = "not recognised"


def guess_language(text: str) -> str:
    """The English name of the language or script, or `not recognised`; code is not looked at."""
    prose = _CODE.sub(" ", text[:_LOOKED_AT]).lower()
    words = _WORD.findall(prose)
    letters = sum(map(len, words))
    for name, script in _SCRIPTS.items():
        share = len(script.findall(prose)) / max(letters, 1)
        # A few kana among many Chinese characters make Japanese; other scripts have to prevail.
        if share > (0.05 if name == "Japanese" else 0.3):
            return name
    scores = Counter({name: sum(word in common for word in words) for name, common in _WORD_SETS.items()})
    (best, score), (_, second) = scores.most_common(2)
    if letters < _LEAST_LETTERS or score == second:
        return UNKNOWN
    return best
