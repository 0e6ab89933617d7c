"""The figures of a review as text and tables, formatted for people."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from sysgen_distilabel.functionalities import Functionality
from sysgen_distilabel.report.figures import paper_figures as paper
from sysgen_distilabel.report.page.page_tables import format_percent, format_thousands, share

Figures = Mapping[str, Any]

_UNITS: Final = {
    "functionalities": "functionality of each word",
    "verdicts": "verdict on each phrase",
    "preferred_response": "preferred response",
}


def describe_review(review: Figures) -> str:
    """How much was answered by how many, and what came of it, in a sentence or two."""
    if not review["answers"]:
        return "Nobody has submitted an answer yet."
    people, records = (
        _some(review["annotators"], "person has", "people have"),
        _some(review["records"], "record"),
    )
    text = f"{people} answered {records}"
    text += f" ({_some(review['answers'], 'answer')}, {_some(review['comments'], 'comment')})."
    text += f" {_some(review['corrected'], 'record differs', 'records differ')} from what the models wrote."
    if review["superseded"]:
        text += f" Of an earlier version: {_some(review['superseded'], 'record')}."
    if preferred := review["preferred_response"]:
        votes = ", ".join(f"{name} {format_thousands(number)}" for name, number in preferred.items())
        text += f" Preferred responses: {votes}."
    return text


def make_review_tables(report: Figures) -> dict[str, Any]:
    """What page and card say of the review; all of it empty if there was none."""
    review = report.get("review")
    if not review:
        return {"review": "", "verifier": [], "agreement": []}
    return {
        "review": describe_review(review),
        "verifier": tabulate_verifier(review),
        "agreement": tabulate_agreement(review),
    }


def tabulate_agreement(review: Figures) -> list[list[str]]:
    """Krippendorff's alpha for each question that at least two people answered."""
    return [
        [
            _UNITS[name],
            "all equal" if one["alpha"] is None else f"{one['alpha']:.3f}",
            format_thousands(one["units"]),
        ]
        for name, one in review["agreement"].items()
        if one["units"]
    ]


def tabulate_verifier(review: Figures) -> list[list[str]]:
    """How often people give the verifier's verdict, per functionality, beside the paper's Table 10."""
    counts = review["verifier"]["functionalities"]
    table = [
        [
            name,
            format_thousands(one["verdicts"]),
            share(one["equal"], one["verdicts"]),
            f"{paper.JUDGE_AGREEMENT.get(Functionality(name), '-')} %",
        ]
        for name, one in counts.items()
    ]
    if counts:
        total = sum(one["verdicts"] for one in counts.values())
        average = format_percent(review["verifier"]["average"])
        table.append(["average", format_thousands(total), average, f"{paper.JUDGE_AGREEMENT_AVERAGE} %"])
    return table


def _some(number: int, one: str, many: str = "") -> str:
    return f"{format_thousands(number)} {one if number == 1 else many or f'{one}s'}"
