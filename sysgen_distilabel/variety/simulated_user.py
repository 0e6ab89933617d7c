"""A simulated user who goes on with a conversation: turns by persona and topic, some adversarial."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from random import Random
from typing import Any, Final

import yaml

from sysgen_distilabel.measures.languages import guess_language
from sysgen_distilabel.measures.words import runs, split_words

PERSONAS: Final = ("curious", "impatient", "sceptical", "chatty")
_FILE: Final = Path(__file__).with_name("follow_ups.yaml")
_QUOTED: Final = 5
"""Words in a row that a turn may not share with the system message."""
_TOPIC_WORD: Final = re.compile(r"[^\W\d_]{5,}")
_NO_TOPIC: Final = frozenset(
    {"about", "after", "again", "answer", "before", "could", "describe", "different", "every",
     "explain", "first", "given", "great", "little", "other", "please", "question", "should", "tell",
     "their", "there", "these", "thing", "think", "three", "through", "using", "want", "what", "when",
     "where", "which", "while", "would", "write", "your"}
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class UserTurn:
    """One turn of the simulated user.

    Attributes:
        text: what the user says.
        is_adversarial: whether it asks to drop the way of answering that the system message asks for.
    """

    text: str
    is_adversarial: bool


def write_turns(
    system_message: str, request: str, number: int, seed: str = "", adversarial_share: float = 0.2
) -> list[UserTurn]:
    """So many follow-up turns to a first one; the same arguments give the same turns.

    The turns speak of the topic of the request in its language (English where no other is known), in the
    manner of one persona. None quotes the system message: an adversarial one asks in general terms to
    answer in another way than before.

    Args:
        system_message: what must not be quoted.
        request: the first user turn.
        number: of turns.
        seed: other seeds, such as the id of a row, give other turns.
        adversarial_share: how often a turn is adversarial, from 0 to 1; never the first of them.
    """
    random = Random(
        int.from_bytes(blake2b(f"{seed}\0{request}".encode(errors="surrogatepass")).digest(), "big")
    )
    book = _book(guess_language(request))
    persona, topic = random.choice(PERSONAS), find_topic(request)
    plain = _shuffled(book["plain"][persona] + book["plain"]["any"], number, random)
    against = _shuffled(book["adversarial"], number, random)
    turns = []
    for place in range(number):
        is_adversarial = place > 0 and random.random() < adversarial_share
        texts = [
            text.format(topic=topic or book["this"])
            for text in (against if is_adversarial else plain)[place:]
        ]
        text = next((text for text in texts if not quotes(text, system_message)), book["more"])
        turns.append(UserTurn(text, is_adversarial))
    return turns


def find_topic(request: str) -> str:
    """The word that a request is about: the longest of its most frequent ones, empty if it has none."""
    words = [word for word in _TOPIC_WORD.findall(request) if word.lower() not in _NO_TOPIC]
    nouns = re.findall(r"(?<=[^.!?] )[A-ZÄÖÜ][a-zäöüß]{3,}", request)  # German writes them with a capital
    words = [word for word in nouns if word.lower() not in _NO_TOPIC] or words
    counts = Counter(word.lower() for word in words)
    return max(words, key=lambda word: (counts[word.lower()], len(word)), default="")


def quotes(text: str, system_message: str) -> bool:
    """Whether a text has five words in a row from the system message."""
    return bool(runs(split_words(text), _QUOTED) & runs(split_words(system_message), _QUOTED))


def _shuffled(texts: Sequence[str], number: int, random: Random) -> list[str]:
    """All texts in a random order, over and over until there are enough."""
    order: list[str] = []
    while len(order) < number + len(texts):
        order += random.sample(texts, len(texts))
    return order


def _book(language: str) -> dict[str, Any]:
    books: dict[str, dict[str, Any]] = yaml.safe_load(_FILE.read_text(encoding="utf-8"))
    return books.get(language, books["en"])
