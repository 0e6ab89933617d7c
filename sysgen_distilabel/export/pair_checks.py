"""Counts what preference pairs are made of, in the tokens of the model to train."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from hashlib import blake2b
from itertools import takewhile
from typing import Any, Final

from jinja2 import TemplateError

from sysgen_distilabel.export.trained_chat import Chat
from sysgen_distilabel.measures.languages import guess_language

_IMBALANCED: Final = 2
"""How many times as long one answer is as the other, for the pair to teach length."""


@dataclass(slots=True)
class PairCounts:
    """What there is among pairs that teaches something else than to follow a system message, or nothing.

    Attributes:
        pairs: all of them.
        ties: pairs with the same answer twice.
        near_ties: pairs whose answers are the same but for their last token.
        duplicates: pairs that are there already.
        prompts_differ: pairs whose prompt has other tokens in front of the one answer than of the other.
        chosen_longer: pairs whose chosen answer is more than twice as long.
        rejected_longer: the same of the rejected one.
        languages_differ: pairs whose answers are in different languages.
        chosen_tokens: tokens of all chosen answers.
        rejected_tokens: tokens of all rejected ones.
    """

    pairs: int = 0
    ties: int = 0
    near_ties: int = 0
    duplicates: int = 0
    prompts_differ: int = 0
    chosen_longer: int = 0
    rejected_longer: int = 0
    languages_differ: int = 0
    chosen_tokens: int = 0
    rejected_tokens: int = 0

    def add(self, other: PairCounts) -> None:
        """Take in the figures of other pairs."""
        for name, number in asdict(other).items():
            setattr(self, name, getattr(self, name) + number)

    def lines(self) -> dict[str, int]:
        """What was found, for people; nothing that was found nowhere."""
        return {_FOUND[name]: number for name, number in asdict(self).items() if name in _FOUND and number}


_FOUND: Final = {
    "ties": "have the same answer twice",
    "near_ties": "have answers that are the same but for their last token",
    "duplicates": "are there already",
    "prompts_differ": "have a prompt whose tokens depend on the answer",
    "chosen_longer": "have a chosen answer more than twice as long as the rejected one",
    "rejected_longer": "have a rejected answer more than twice as long as the chosen one",
    "languages_differ": "have answers in different languages",
}


def check_pair(chat: Chat, row: Mapping[str, Any]) -> PairCounts:
    """What one pair adds to the counts, duplicates aside.

    Args:
        chat: the template that the model is trained with, and its tokenizer.
        row: a row with `prompt`, `chosen` and `rejected`, each a list of messages.
    """
    chosen, rejected = ("".join(turn["content"] for turn in row[name]) for name in ("chosen", "rejected"))
    first, second = chat.encode([chosen, rejected])["input_ids"]
    languages = guess_language(chosen), guess_language(rejected)
    is_tie = chosen == rejected
    return PairCounts(
        pairs=1,
        ties=is_tie,
        near_ties=not is_tie and _count_shared(first, second) >= max(len(first), len(second)) - 1 > 0,
        prompts_differ=_differs(chat, row),
        chosen_longer=len(first) > _IMBALANCED * len(second),
        rejected_longer=len(second) > _IMBALANCED * len(first),
        languages_differ=all(languages) and languages[0] != languages[1],
        chosen_tokens=len(first),
        rejected_tokens=len(second),
    )


def digest_pair(row: Mapping[str, Any]) -> int:
    """What is said in a pair, as a number."""
    texts = [turn["content"] for name in ("prompt", "chosen", "rejected") for turn in row[name]]
    said = "\0".join(texts).encode(errors="surrogatepass")
    return int.from_bytes(blake2b(said, digest_size=8).digest(), "big")


def _differs(chat: Chat, row: Mapping[str, Any]) -> bool:
    """Whether the tokens in front of the answers are not those of the prompt alone for both."""
    prompt = row["prompt"]
    try:
        texts = [
            chat.render(prompt, add_generation_prompt=True),
            *(chat.render([*prompt, *row[name]]) for name in ("chosen", "rejected")),
        ]
    except TemplateError:
        return False  # the guard says so
    alone, *both = chat.encode(texts)["input_ids"]
    return _count_shared(*both) < len(alone)


def _count_shared(first: Sequence[int], second: Sequence[int]) -> int:
    """How many tokens two sequences begin with in common."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(first, second, strict=False)))
