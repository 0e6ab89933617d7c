"""French sentences that say in which language to answer."""

from __future__ import annotations

from typing import Final

from sysgen_distilabel.constraints.rules.rule import Rule
from sysgen_distilabel.constraints.rules.vocabulary import Vocabulary

_WORDS: Final = Vocabulary(
    numbers={},
    languages={"français": "fr", "anglais": "en", "espagnol": "es", "allemand": "de", "italien": "it"},
)
_WRITE: Final = r"(?:réponds|répondez|écris|écrivez|rédige|rédigez)"
FRENCH_RULES: Final[tuple[Rule, ...]] = (
    _WORDS.speak(rf"{_WRITE} (?:(?:toujours|uniquement|exclusivement|seulement) )*en {_WORDS.language}"),
)
