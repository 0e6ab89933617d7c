"""Adds up the verdicts on pairs of responses: who wins, and how far the judge can be trusted."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from sysgen_distilabel.measures.intervals import estimate_share
from sysgen_distilabel.replies.judgements import UNREADABLE, Preference

LENGTH_RATIOS: Final = (0.5, 0.8, 1.25, 2.0)
"""The edges of the bins of the length ratio, aligned to original; a bin has its lower edge in it."""

_BINS: Final = tuple(zip((0.0, *LENGTH_RATIOS), (*LENGTH_RATIOS, None), strict=True))
_POINTS: Final = {Preference.ALIGNED.value: 1.0, Preference.TIE.value: 0.5, Preference.ORIGINAL.value: 0.0}


@dataclass(slots=True)
class PairSummary:
    """The verdicts of one judge on one question.

    The win rate is that of the aligned responses, a tie counting half; an unreadable verdict is
    counted by its reason and is in no rate.
    """

    verdicts: Counter[str] = field(default_factory=Counter)
    unreadable: Counter[str] = field(default_factory=Counter)
    _points: list[float] = field(default_factory=list)
    _by_ratio: dict[int, list[float]] = field(default_factory=dict)
    _flips: list[float] = field(default_factory=list)
    _first_chosen: list[float] = field(default_factory=list)
    _longer_chosen: list[float] = field(default_factory=list)

    def add(self, judgement: Mapping[str, str], ratio: float | None) -> None:
        """Count one judgement.

        Args:
            judgement: an entry of the column `pair_judgements`.
            ratio: length of the aligned to that of the original response, `None` if unknown.
        """
        verdict = judgement["verdict"]
        if verdict == UNREADABLE:
            self.unreadable[judgement["detail"].partition(":")[0]] += 1
            return
        self.verdicts[verdict] += 1
        self._points.append(_POINTS[verdict])
        if ratio is not None:
            self._by_ratio.setdefault(bisect_right(LENGTH_RATIOS, ratio), []).append(_POINTS[verdict])
        self._note_bias(judgement["original_first"], judgement["aligned_first"], ratio)

    def _note_bias(self, original_first: str, aligned_first: str, ratio: float | None) -> None:
        places = [original_first == Preference.ORIGINAL]
        chosen = [original_first]
        if aligned_first:
            places.append(aligned_first == Preference.ALIGNED)
            chosen.append(aligned_first)
            self._flips.append(float(original_first != aligned_first))
        # One value per pair, as the two verdicts on it are not independent.
        self._first_chosen.append(sum(places) / len(places))
        if ratio is not None and ratio != 1:
            longer = Preference.ALIGNED if ratio > 1 else Preference.ORIGINAL
            self._longer_chosen.append(sum(choice == longer for choice in chosen) / len(chosen))

    def summarise(self) -> dict[str, Any]:
        """The figures for JSON; rates are shares of 1 with their intervals.

        `flip_rate`: pairs on which the judge contradicts itself in the other order.
        `first_chosen`: verdicts for whichever response was shown first, 0.5 without position bias.
        `longer_chosen`: verdicts for the longer response.
        `by_length_ratio`: the win rate in each bin, from shorter to longer aligned responses.
        """
        return {
            "judged": sum(self.verdicts.values()) + sum(self.unreadable.values()),
            "verdicts": {preference.value: self.verdicts[preference.value] for preference in Preference},
            "unreadable": dict(self.unreadable.most_common()),
            "win_rate": estimate_share(self._points).as_dict(),
            "flip_rate": estimate_share(self._flips).as_dict(),
            "first_chosen": estimate_share(self._first_chosen).as_dict(),
            "longer_chosen": estimate_share(self._longer_chosen).as_dict(),
            "by_length_ratio": [
                {
                    "from": low,
                    "below": high,
                    "win_rate": estimate_share(self._by_ratio.get(place, ())).as_dict(),
                }
                for place, (low, high) in enumerate(_BINS)
            ],
        }


def summarise_pairs(
    rows: Iterable[tuple[Iterable[Mapping[str, str]], float | None]],
) -> dict[str, dict[str, Any]]:
    """The figures of every question.

    Args:
        rows: for each row its `pair_judgements` and its length ratio.
    """
    summaries: dict[str, PairSummary] = {}
    for judgements, ratio in rows:
        for judgement in judgements:
            summaries.setdefault(judgement["question"], PairSummary()).add(judgement, ratio)
    return {question: summary.summarise() for question, summary in summaries.items()}
