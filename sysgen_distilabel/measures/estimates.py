"""Ratios with bootstrap intervals, and sums of what units such as rows and sessions contribute to them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sysgen_distilabel.measures.intervals import CONFIDENCE, RESAMPLES, Estimate, estimate_share

_DRAWN_AT_ONCE = 1_000_000  # units, so that memory stays bounded


def estimate_ratio(parts: Iterable[tuple[float, float]]) -> Estimate:
    """The ratio of two sums, such as fulfilled over all constraints, with its percentile bootstrap interval.

    A mean is the ratio whose second parts are all 1. Where all units have the same share, from which no
    resample can differ, the interval is that of as many such shares, see `estimate_share`.

    Args:
        parts: numerator and denominator of each unit; units whose denominator is 0 do not count.
    """
    import numpy as np

    pairs = [pair for pair in parts if pair[1]]
    if not pairs:
        return Estimate(None, None, None, 0)
    over, under = np.array(pairs, dtype=float).T
    shares = over / under
    if np.ptp(shares) == 0 and 0 <= shares[0] <= 1:
        return estimate_share(shares)
    random = np.random.default_rng(0)
    draws: list[float] = []
    while len(draws) < RESAMPLES:
        at_once = min(RESAMPLES - len(draws), 1 + _DRAWN_AT_ONCE // len(pairs))
        chosen = random.integers(0, len(pairs), (at_once, len(pairs)))
        draws.extend(over[chosen].sum(axis=1) / under[chosen].sum(axis=1))
    tail = (1 - CONFIDENCE) / 2
    low, high = np.quantile(draws, [tail, 1 - tail])
    return Estimate(float(over.sum() / under.sum()), float(low), float(high), len(pairs))


class Tally:
    """Sums of numerators and denominators per unit, for several figures at once.

    Values of the same unit (the runs of one row, the turns of one session) are added up, so that
    the interval treats them as one.
    """

    def __init__(self) -> None:
        self._parts: dict[str, dict[str, tuple[float, float]]] = {}

    def add(self, figure: str, unit: str, over: float, under: float = 1.0) -> None:
        """Add to a figure what a unit has contributed to it."""
        units = self._parts.setdefault(figure, {})
        before = units.get(unit, (0.0, 0.0))
        units[unit] = (before[0] + over, before[1] + under)

    def estimate(self, figure: str) -> dict[str, Any]:
        """One figure; without a value if nothing was added to it."""
        return estimate_ratio(self._parts.get(figure, {}).values()).as_dict()

    def estimates(self, prefix: str) -> dict[str, Any]:
        """All figures whose name begins so, by the rest of their name, in the order of appearance."""
        names = [name for name in self._parts if name.startswith(prefix)]
        return {name.removeprefix(prefix): self.estimate(name) for name in names}
