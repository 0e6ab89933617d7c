"""Adds up the verdicts on whether responses follow their system messages."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from sysgen_distilabel.functionalities import FUNCTIONALITIES
from sysgen_distilabel.measures.intervals import estimate_share
from sysgen_distilabel.replies.judgements import OVERALL, UNREADABLE, Alignment


class AlignmentSummary:
    """The verdicts of one judge, as a whole or on one functionality.

    Shares are of the verdicts that could be read, `unknown` among them; an unreadable one is
    counted by its reason.
    """

    def __init__(self) -> None:
        self.verdicts: Counter[str] = Counter()
        self.unreadable: Counter[str] = Counter()

    def add(self, judgement: Mapping[str, str]) -> None:
        """Count one entry of the column `alignment_judgements`."""
        if judgement["verdict"] == UNREADABLE:
            self.unreadable[judgement["detail"].partition(":")[0]] += 1
        else:
            self.verdicts[judgement["verdict"]] += 1

    def summarise(self) -> dict[str, Any]:
        """The figures for JSON: counts, and the share of each verdict with its interval."""
        scored = sum(self.verdicts.values())
        counts = {label.code: self.verdicts[label.code] for label in Alignment}
        return {
            "judged": scored + sum(self.unreadable.values()),
            "verdicts": counts,
            "unreadable": dict(self.unreadable.most_common()),
            "shares": {
                code: estimate_share([1.0] * count + [0.0] * (scored - count)).as_dict()
                for code, count in counts.items()
            },
        }


def summarise_alignment(rows: Iterable[Iterable[Mapping[str, str]]]) -> dict[str, dict[str, Any]]:
    """The figures by response (`aligned` or `original`), then as a whole and by functionality.

    Args:
        rows: for each row its `alignment_judgements`.
    """
    summaries: dict[str, dict[str, AlignmentSummary]] = {}
    for judgements in rows:
        for judgement in judgements:
            of_response = summaries.setdefault(judgement["response"], {})
            of_response.setdefault(judgement["functionality"], AlignmentSummary()).add(judgement)
    order = [OVERALL, *map(str, FUNCTIONALITIES)]
    return {
        response: {key: of_response[key].summarise() for key in order if key in of_response}
        for response, of_response in summaries.items()
    }
