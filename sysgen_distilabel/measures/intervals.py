"""Means with bootstrap intervals, the same ones each time, and shares with Wilson's."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from statistics import NormalDist
from typing import Final

RESAMPLES: Final = 2_000
CONFIDENCE: Final = 0.95
_FEW_VALUES: Final = 50
_MANY_VALUES: Final = 20_000


@dataclass(frozen=True, slots=True)
class Estimate:
    """A mean and how far it can be trusted.

    Attributes:
        mean: the mean of the values, `None` if there are none.
        low: lower end of the interval, `None` without values.
        high: its upper end.
        number: how many values there are.
    """

    mean: float | None
    low: float | None
    high: float | None
    number: int

    def as_dict(self) -> dict[str, float | int | None]:
        """The fields, for JSON."""
        return asdict(self)


def estimate_mean(values: Iterable[float]) -> Estimate:
    """The mean of independent values with its percentile bootstrap interval, the same one each time.

    Of more than 20,000 values the means of the resamples are as good as normally distributed, and
    the interval is that of the normal distribution.

    Args:
        values: one per row, session or instance; what is drawn anew is one of them.
    """
    import numpy as np

    sample = np.asarray(list(values), dtype=float)
    if not sample.size:
        return Estimate(None, None, None, 0)
    tail = (1 - CONFIDENCE) / 2
    random = np.random.default_rng(0)
    different, counts = np.unique(sample, return_counts=True)
    if different.size <= _FEW_VALUES:  # drawing how often each comes up is the same, and quick
        draws = random.multinomial(sample.size, counts / sample.size, size=RESAMPLES)
        means = draws @ different / sample.size
    elif sample.size > _MANY_VALUES:
        spread = sample.std() / sample.size**0.5
        reach = NormalDist().inv_cdf(1 - tail) * float(spread)
        mean = float(sample.mean())
        return Estimate(mean, mean - reach, mean + reach, int(sample.size))
    else:
        means = np.array([random.choice(sample, sample.size).mean() for _ in range(RESAMPLES)])
    low, high = np.quantile(means, [tail, 1 - tail])
    return Estimate(float(sample.mean()), float(low), float(high), int(sample.size))


def estimate_share(values: Iterable[float]) -> Estimate:
    """The mean of independent values from 0 to 1 with Wilson's score interval.

    It has a width also where every value is the same, such as 0 of 8, where a bootstrap has none. Of
    values that are all 0 or 1 it is Wilson's own (Wilson, 1927); where there are others, such as the half
    of a tie, their variance takes the place of that of a share.

    Args:
        values: one per row or prompt.
    """
    import numpy as np

    sample = np.asarray(list(values), dtype=float)
    number = int(sample.size)
    if not number:
        return Estimate(None, None, None, 0)
    z = NormalDist().inv_cdf(0.5 + CONFIDENCE / 2)
    mean, extra = float(sample.mean()), z * z / number
    centre = (mean + extra / 2) / (1 + extra)
    reach = z * ((float(sample.var()) + extra / 4) / number) ** 0.5 / (1 + extra)
    low, high = max(centre - reach, 0.0), min(centre + reach, 1.0)
    return Estimate(mean, min(low, mean), max(high, mean), number)  # rounding could leave the mean outside
