"""How much a system message explains an answer: what its likelihood gains by the message."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

from sysgen_distilabel.replies.composition import find_phrases

_SEPARATORS: Final = " \n"


class Likelihood(NamedTuple):
    """How likely a model finds an answer.

    Attributes:
        log_probability: natural logarithm, summed over its tokens.
        tokens: how many tokens it has.
    """

    log_probability: float
    tokens: int


def lift_per_token(with_message: Likelihood, without: Likelihood) -> float:
    """What a token of an answer gains by a message, on average, in nats; 0 for an empty answer.

    It is `(log p(A | S, Q) - log p(A | Q)) / tokens`.
    """
    return (with_message.log_probability - without.log_probability) / max(with_message.tokens, 1)


def leave_out(message: str, phrases: Sequence[str]) -> list[str]:
    """The message without one of its phrases at a time.

    Raises:
        ValueError: if the message was not composed of these phrases.
    """
    places = find_phrases(message, phrases)
    ends = [start for start, _ in places[1:]] + [len(message)]
    return [
        (message[:start] + message[end:]).strip(_SEPARATORS)
        for (start, _), end in zip(places, ends, strict=True)
    ]


def with_answer(prompt: Sequence[Mapping[str, Any]], answer: str, message: str = "") -> list[dict[str, Any]]:
    """A conversation that ends with the answer, under the message if there is one."""
    system = [{"role": "system", "content": message}] if message else []
    return [*system, *map(dict, prompt), {"role": "assistant", "content": answer}]
