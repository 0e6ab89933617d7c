"""What was measured and judged of responses, as tables and sentences for people."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from sysgen_distilabel.replies.judgements import OVERALL, Alignment, Preference
from sysgen_distilabel.report.figures import paper_figures as paper

Figures = Mapping[str, Any]
Table = list[list[str]]

RESPONSE_HEADS: Final = {
    "metrics": ["", "mean", "95 % interval", *(f"paper, {model}" for model in paper.MODELS)],
    "pairs": [
        "which is better", "judged", "aligned", "tie", "original", "unreadable", "win rate", "95 % interval",
        "contradicts itself", "takes the first", "takes the longer",
    ],
    "ratios": ["length of aligned / original", "pairs", "win rate", "95 % interval"],
    "alignment": ["", "judged", "aligned", "95 % interval", "not aligned", "unknown", "unreadable"],
}  # fmt: skip
"""The heads of the tables, by their names."""

_METRIC_NAMES: Final = {
    "rouge1": "ROUGE-1",
    "rouge2": "ROUGE-2",
    "rougeL": "ROUGE-L",
    "gleu": "GLEU",
    "bertscore": "BERTScore",
    "embedding_similarity": "embedding similarity",
    "length_ratio": "length ratio",
}
_QUESTIONS: Final = {
    "request": "for the request",
    "system_message": "follows the system message",
    "paper": "the paper's question, original first",
}
_ASKED: Final = {
    "request": "which response is better for the request",
    "system_message": "which response follows the system message better",
    "paper": "the paper's question",
}
_MUCH: Final = 0.1
"""How far from an even chance a judge's habit has to be to be pointed out."""
_MANY_FLIPS: Final = 0.25


def tabulate_responses(figures: Figures) -> dict[str, Any]:
    """The tables by name, and `remarks` on how far the judge can be trusted.

    Args:
        figures: see `sysgen_distilabel.report.figures.response_figures.summarise_responses`.
    """
    pairs = figures["pairs"]
    return {
        "metrics": _metrics(figures),
        "pairs": [_pair(question, found) for question, found in pairs.items()],
        "ratios": {
            _QUESTIONS[question]: [_bin(entry) for entry in found["by_length_ratio"]]
            for question, found in pairs.items()
        },
        "alignment": {
            response: [_alignment(key, found) for key, found in of_response.items()]
            for response, of_response in figures["alignment"].items()
        },
        "remarks": [remark for question, found in pairs.items() for remark in _remark(question, found)],
    }


def _metrics(figures: Figures) -> Table:
    table = [_metric(name, estimate) for name, estimate in figures["metrics"].items()]
    if figures["median_length_ratio"] is not None:
        table.append(["length ratio, median", f"{figures['median_length_ratio']:.2f}", "", "", "", ""])
    return table


def _metric(name: str, estimate: Figures) -> list[str]:
    scale, digits = (1, 2) if name == "length_ratio" else (100, 1)
    published = paper.RESPONSE_METRICS.get(name, ("", "", ""))
    mean, low, high = (f"{scale * estimate[part]:.{digits}f}" for part in ("mean", "low", "high"))
    return [_METRIC_NAMES[name], mean, f"{low} to {high}", *map(str, published)]


def _pair(question: str, found: Figures) -> list[str]:
    verdicts = found["verdicts"]
    return [
        _QUESTIONS[question],
        f"{found['judged']:,}",
        *(f"{verdicts[name]:,}" for name in (Preference.ALIGNED, Preference.TIE, Preference.ORIGINAL)),
        f"{sum(found['unreadable'].values()):,}",
        *_share(found["win_rate"]),
        *(_share(found[name])[0] for name in ("flip_rate", "first_chosen", "longer_chosen")),
    ]


def _bin(entry: Figures) -> list[str]:
    name = f"{entry['from']:g} to {entry['below']:g}" if entry["below"] else f"{entry['from']:g} and more"
    return [name, f"{entry['win_rate']['number']:,}", *_share(entry["win_rate"])]


def _alignment(key: str, found: Figures) -> list[str]:
    shares = {label: _share(found["shares"][label.code]) for label in Alignment}
    return [
        "as a whole" if key == OVERALL else key,
        f"{found['judged']:,}",
        *shares[Alignment.ALIGNED],
        shares[Alignment.NOT_ALIGNED][0],
        shares[Alignment.UNKNOWN][0],
        f"{sum(found['unreadable'].values()):,}",
    ]


def _share(estimate: Figures) -> tuple[str, str]:
    """Mean and interval in per cent; empty without values."""
    if estimate["mean"] is None:
        return "", ""
    mean, low, high = (100 * estimate[part] for part in ("mean", "low", "high"))
    return f"{mean:.1f} %", f"{low:.1f} to {high:.1f} %"


def _remark(question: str, found: Figures) -> list[str]:
    """What a reader has to know before believing the win rate."""
    name, remarks = f"Asked {_ASKED[question]}, the judge", []
    flips, first, longer = (found[key]["mean"] for key in ("flip_rate", "first_chosen", "longer_chosen"))
    if flips is not None and flips > _MANY_FLIPS:
        remarks.append(
            f"{name} contradicts itself in {100 * flips:.0f} % of pairs when their order is swapped;"
            " these count as ties."
        )
    if question != "paper" and first is not None and abs(first - 0.5) > _MUCH:
        remarks.append(f"{name} chooses the response shown first in {100 * first:.0f} % of its verdicts.")
    if longer is not None and abs(longer - 0.5) > _MUCH:
        remarks.append(
            f"{name} chooses the longer response in {100 * longer:.0f} % of its verdicts;"
            " see the win rate by length ratio."
        )
    return remarks
