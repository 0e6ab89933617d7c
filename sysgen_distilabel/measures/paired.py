"""Two sets of scores of the same prompts: how far they are apart, and whether that is more than chance."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from sysgen_distilabel.measures.intervals import CONFIDENCE, Estimate, estimate_mean

RESAMPLES: Final = 9_999


@dataclass(frozen=True, slots=True)
class Difference:
    """How much one is above the other on the same prompts.

    Attributes:
        estimate: mean of the differences with its interval, over the prompts.
        p: two-sided p-value of a test that flips the signs of the differences at random.
    """

    estimate: Estimate
    p: float


def compare_paired(
    ours: Mapping[str, float], theirs: Mapping[str, float], seed: int = 0
) -> Difference | None:
    """Compare two sets of scores; `None` if they have no prompt in common.

    Args:
        ours: score of each prompt.
        theirs: the same of the other.
        seed: the same seed gives the same p-value.
    """
    import numpy as np
    from scipy.stats import permutation_test

    differences = np.array([score - theirs[name] for name, score in ours.items() if name in theirs])
    if not differences.size:
        return None
    estimate = estimate_mean(differences.tolist())
    moved = differences[differences != 0]  # those that are 0 stay so, whatever their sign
    if moved.size < 2:  # either sign comes as far
        return Difference(estimate, 1.0)
    result = permutation_test(
        (moved,),
        np.mean,
        permutation_type="samples",
        n_resamples=RESAMPLES,
        batch=256,
        random_state=np.random.default_rng(seed),
    )
    return Difference(estimate, float(result.pvalue))


def adjust_for_many(p_values: Sequence[float]) -> list[float]:
    """P-values of several comparisons, after Holm: the chance that any one of them misleads stays small."""
    order = sorted(range(len(p_values)), key=p_values.__getitem__)
    adjusted, highest = [0.0] * len(p_values), 0.0
    for rank, place in enumerate(order):
        highest = max(highest, min(1.0, (len(p_values) - rank) * p_values[place]))
        adjusted[place] = highest
    return adjusted


def is_noise(p: float) -> bool:
    """Whether chance alone gives a difference like this too often to make anything of it."""
    return p >= 1 - CONFIDENCE
