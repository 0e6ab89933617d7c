"""French sentences that say in which language to answer."""

from __future__ import annotations

from typing import Final

from sysgen_distilabel.constraints.rules.readers import read_language
from sysgen_distilabel.constraints.rules.rule import Rule, rule

_LANGUAGES: Final = {"français": "fr", "anglais": "en", "espagnol": "es", "allemand": "de", "italien": "it"}
_WRITE: Final = r"(?:réponds|répondez|écris|écrivez|rédige|rédigez)"
FRENCH_RULES: Final[tuple[Rule, ...]] = (
    rule(
        rf"{_WRITE} (?:(?:toujours|uniquement|exclusivement|seulement) )*en "
        rf"(?P<language>{'|'.join(_LANGUAGES)})",
        read_language(_LANGUAGES),
    ),
)
