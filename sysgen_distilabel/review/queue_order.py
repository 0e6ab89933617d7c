"""Which rows to look at first: those where a look is likely to change something."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from statistics import median
from typing import Any, Final

from sysgen_distilabel.columns import (
    ALIGNED_MESSAGES,
    GOOD_SHARES,
    MESSAGES,
    OUTCOME,
    PHRASES,
    SYSTEM_MESSAGE,
    TAG_DEFECTS,
)
from sysgen_distilabel.functionalities import is_kept
from sysgen_distilabel.outcome import Outcome
from sysgen_distilabel.review.judged import judges_disagree

NEAR_LIMIT: Final = "near_limit"
REPAIRED_TAGS: Final = "repaired_tags"
JUDGES_DISAGREE: Final = "judges_disagree"
ODD_LENGTH: Final = "odd_length"

_WEIGHTS: Final = {NEAR_LIMIT: 0.4, REPAIRED_TAGS: 0.2, JUDGES_DISAGREE: 0.2, ODD_LENGTH: 0.2}
_WORTH_NAMING: Final = 0.5
_FAR_OUT: Final = 6.0
"""Deviations from the median, in units of the usual one, that count as fully odd."""


@dataclass(frozen=True, slots=True)
class Risk:
    """How likely it is that a row needs a correction.

    Attributes:
        score: from 0 to 1; it orders rows and is no probability.
        reasons: what speaks for a look.
    """

    score: float
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Lengths:
    """The lengths of a row on a logarithmic scale.

    Attributes:
        system_message: that of the system message.
        ratio: that of the aligned to the original response; `None` without an aligned response.
    """

    system_message: float
    ratio: float | None


class Norms:
    """What lengths are usual: median and median deviation.

    Args:
        lengths: those of all rows.
    """

    def __init__(self, lengths: Iterable[Lengths]) -> None:
        known = list(lengths)
        self._system_message = _centre([one.system_message for one in known])
        self._ratio = _centre([one.ratio for one in known if one.ratio is not None])

    def oddness(self, lengths: Lengths) -> float:
        """How far out a row is, from 0 to 1."""
        odd = _deviation(lengths.system_message, self._system_message)
        if lengths.ratio is not None:
            odd = max(odd, _deviation(lengths.ratio, self._ratio))
        return min(1.0, odd / _FAR_OUT)


def measure_lengths(row: Mapping[str, Any]) -> Lengths:
    """The lengths of a row."""
    aligned = _count_answers(row.get(ALIGNED_MESSAGES) or ())
    original = _count_answers(row.get(MESSAGES) or ())
    ratio = math.log((aligned + 1) / (original + 1)) if aligned else None
    return Lengths(math.log(len(row.get(SYSTEM_MESSAGE) or "") + 1), ratio)


def assess(row: Mapping[str, Any], lengths: Lengths, norms: Norms) -> Risk:
    """Rate a row by what can be told without a person.

    Args:
        row: the row.
        lengths: its lengths.
        norms: what is usual for rows like it.
    """
    found = {
        NEAR_LIMIT: _nearness(row),
        REPAIRED_TAGS: _tag_trouble(row.get(TAG_DEFECTS) or ()),
        JUDGES_DISAGREE: max(judges_disagree(row), _split_votes(row.get(GOOD_SHARES) or ())),
        ODD_LENGTH: norms.oddness(lengths),
    }
    score = sum(_WEIGHTS[reason] * amount for reason, amount in found.items())
    return Risk(round(score, 2), tuple(reason for reason, amount in found.items() if amount >= _WORTH_NAMING))


def draw(source_id: str) -> float:
    """A number from 0 to 1 that is the same for a row each time: the order `random`."""
    digest = hashlib.sha256(source_id.encode("utf-8", "surrogatepass")).digest()
    return round(int.from_bytes(digest[:4], "big") / 2**32, 4)


def _nearness(row: Mapping[str, Any]) -> float:
    """One divided by the number of verdicts that carry the row's outcome; 0 if all phrases are Good."""
    verdicts = [phrase["verdict"] for phrase in row[PHRASES]]
    good = sum(map(is_kept, verdicts))
    if good == len(verdicts):
        return 0.0
    is_rejected = row.get(OUTCOME) == Outcome.EVERY_PHRASE_REJECTED or not good
    return 1 / (len(verdicts) if is_rejected else good)


def _split_votes(shares: Iterable[float]) -> float:
    """How much the verdicts of several samples differ: 1 where half of them call a phrase Good."""
    return max((1 - abs(2 * share - 1) for share in shares), default=0.0)


def _tag_trouble(defects: Iterable[str]) -> float:
    """1 if a tag was mended by guess, a half if something was dropped."""
    kinds = {"repaired" if "(repaired)" in defect.partition(":")[0] else "dropped" for defect in defects}
    return 1.0 if "repaired" in kinds else 0.5 if kinds else 0.0


def _count_answers(messages: Iterable[Mapping[str, str]]) -> int:
    return sum(len(message["content"]) for message in messages if message["role"] == "assistant")


def _centre(values: list[float]) -> tuple[float, float]:
    if not values:
        return 0.0, 0.0
    middle = median(values)
    return middle, median(abs(value - middle) for value in values)


def _deviation(value: float, centre: tuple[float, float]) -> float:
    middle, usual = centre
    # Where most rows have one length there is no scale; a tenth of a factor e then counts as usual.
    return abs(value - middle) / max(usual, 0.1)
