"""Plays the judge: which of two responses is better, and whether a system message is followed."""

from __future__ import annotations

from hashlib import blake2b
from random import Random
from typing import Final, Literal

from sysgen_distilabel.llms.simulation.prompt_reader import (
    AlignRequest,
    CoherenceRequest,
    CompareRequest,
    EquateRequest,
)
from sysgen_distilabel.replies.judgements import Alignment, Coherence, Equivalence

JudgeBias = Literal["none", "first", "longer"]
"""What the simulated judge goes by: the texts, the first place, or length alone."""

_SLIPS: Final = 0.1
_SHARES: Final = {Alignment.ALIGNED: 0.85, Alignment.NOT_ALIGNED: 0.127, Alignment.UNKNOWN: 0.023}
"""The mean of the paper's three models (Figure 5)."""
_COHERENT: Final = {Coherence.COHERENT: 0.85, Coherence.NOT_COHERENT: 0.1, Coherence.UNKNOWN: 0.05}
_EQUAL: Final = {Equivalence.SAME: 0.85, Equivalence.DIFFERENT: 0.1, Equivalence.UNKNOWN: 0.05}


def compare(request: CompareRequest, random: Random, bias: JudgeBias) -> str:
    """`1` or `2`.

    Without a bias it is the same response in either order, except for one verdict in ten, which is
    drawn; of two responses of the same length the longer one is the first.
    """
    first, second = request.first, request.second
    if bias == "first":
        return "1"
    if bias == "longer":
        return "1" if len(first) >= len(second) else "2"
    if random.random() < _SLIPS:
        return random.choice(("1", "2"))
    return "1" if _rank(first) >= _rank(second) else "2"


def align(request: AlignRequest, random: Random) -> dict[str, Alignment]:
    """A verdict for each key."""
    drawn = random.choices(list(_SHARES), list(_SHARES.values()), k=len(request.keys))
    return dict(zip(request.keys, drawn, strict=True))


def tell_coherence(request: CoherenceRequest, random: Random) -> dict[str, Coherence]:
    """A verdict for each turn."""
    drawn = random.choices(list(_COHERENT), list(_COHERENT.values()), k=len(request.keys))
    return dict(zip(request.keys, drawn, strict=True))


def equate(request: EquateRequest, random: Random) -> dict[str, Equivalence]:
    """The verdict on a new answer; one that is the original word for word is the same."""
    if request.original.split() == request.aligned.split():
        return {"Answer": Equivalence.SAME}
    return {"Answer": random.choices(list(_EQUAL), list(_EQUAL.values()))[0]}


def _rank(text: str) -> bytes:
    return blake2b(text.encode(errors="surrogatepass"), digest_size=8).digest()
