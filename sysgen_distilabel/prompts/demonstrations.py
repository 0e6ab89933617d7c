"""The annotated system messages that the generator is shown, and which of them a row is shown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from hashlib import blake2b
from importlib import resources
from typing import Any, Final, Literal

PromptVersion = Literal["careful", "paper"]
"""The prompts of phases 1 and 3: ours, or those that are closest to the paper's."""

FILES: Final[Mapping[PromptVersion, str]] = {
    "careful": "demonstrations.yaml",
    "paper": "paper/demonstrations.yaml",
}

_ANY: Final = "en"


@dataclass(frozen=True, slots=True)
class Demonstration:
    """One annotated system message.

    Attributes:
        text: its phrases with their tags, one per line.
        language: the ISO code of its language.
        tools: whether it is for conversations with tools only.
    """

    text: str
    language: str = _ANY
    tools: bool = False


def choose_demonstrations(asked: str, language: str = "", has_tools: bool = False) -> list[str]:
    """The three texts that a row is shown, out of few fixed triples.

    A row with tools sees a demonstration with a tool, no other row does. A row in a language that there is a
    demonstration in sees one, every other row sees English ones alone.

    Args:
        asked: what the user asks; it decides between triples that suit equally well, so that equal
            conversations share one prompt and one reply.
        language: the ISO code of its language, empty if that is not known.
        has_tools: whether it has tools.
    """
    triples = _find_triples(language, has_tools) or _find_triples(_ANY, has_tools)
    digest = blake2b(asked.encode(errors="surrogatepass"), digest_size=8).digest()
    return [shown.text for shown in triples[int.from_bytes(digest, "big") % len(triples)]]


@cache
def load_demonstrations(version: PromptVersion = "careful") -> list[str]:
    """The texts of all demonstrations of a version of the prompts."""
    if version == "paper":
        return [text.strip() for text in _read(version)]
    return [entry["text"].strip() for entry in _read(version)["demonstrations"].values()]


@cache
def _find_triples(language: str, has_tools: bool) -> list[tuple[Demonstration, ...]]:
    """Those with a demonstration in a language, and with or without one of a tool."""
    suiting = [triple for triple in _load_triples() if any(shown.tools for shown in triple) == has_tools]
    return [triple for triple in suiting if _language_of(triple) == language]


@cache
def _load_triples() -> list[tuple[Demonstration, ...]]:
    content = _read("careful")
    known = {
        name: Demonstration(**{**entry, "text": entry["text"].strip()})
        for name, entry in content["demonstrations"].items()
    }
    return [tuple(known[name] for name in names) for names in content["triples"]]


def _language_of(triple: tuple[Demonstration, ...]) -> str:
    """The language of a triple that is not English, if one of it is not."""
    return next((shown.language for shown in triple if shown.language != _ANY), _ANY)


def _read(version: PromptVersion) -> Any:
    import yaml

    return yaml.safe_load(resources.files(__package__).joinpath(FILES[version]).read_text(encoding="utf-8"))
