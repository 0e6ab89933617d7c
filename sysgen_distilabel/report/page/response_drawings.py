"""What the plots of judged responses show."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sysgen_distilabel.replies.judgements import Preference
from sysgen_distilabel.report.figures import paper_figures as paper
from sysgen_distilabel.report.page.palette import INK, KEPT, LOST
from sysgen_distilabel.report.page.plot_drawings import Report, explain, start_plot

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_NAMES: Final = {
    "request": "better for\nthe request",
    "system_message": "follows the\nsystem message",
    "paper": "the paper's\nquestion",
}
_PATCHES: Final = {
    Preference.ALIGNED: (KEPT, ""),
    Preference.TIE: ("#8c8c8c", "..."),
    Preference.ORIGINAL: (LOST, "///"),
}
_MARKS: Final = (("o", KEPT), ("s", LOST), ("D", "#8c8c8c"))


def draw_preferences(report: Report) -> Figure | None:
    """How often which response was called better."""
    from matplotlib.lines import Line2D

    pairs = (report.get("responses") or {}).get("pairs") or {}
    judged = {
        question: found["verdicts"] for question, found in pairs.items() if any(found["verdicts"].values())
    }
    if not judged:
        return None
    figure, axes = start_plot(1.2 + 0.55 * len(judged))
    for place, verdicts in enumerate(judged.values()):
        left = 0.0
        for preference, (colour, hatch) in _PATCHES.items():
            width = 100 * verdicts[preference] / sum(verdicts.values())
            axes.barh(place, width, 0.6, left=left, color=colour, hatch=hatch, edgecolor=INK, linewidth=0.5)
            left += width
    marks = []
    if "paper" in judged:
        height, span = list(judged).index("paper") + 0.42, paper.ALIGNED_PREFERRED
        axes.plot([span.least, span.greatest], [height, height], color=INK, marker="|", linewidth=1.5)
        marks = [Line2D([], [], color=INK, marker="|", label="aligned in the paper")]
    axes.set_yticks(range(len(judged)), [_NAMES[question] for question in judged])
    axes.invert_yaxis()
    axes.set_xlim(0, 100)
    axes.set_xlabel("share of readable verdicts, %")
    explain(axes, {f"{preference}": patch for preference, patch in _PATCHES.items()}, *marks)
    return figure


def draw_win_rate_by_length(report: Report) -> Figure | None:
    """The win rate of the aligned response in each bin of the length ratio."""
    pairs = (report.get("responses") or {}).get("pairs") or {}
    scored = {question: found for question, found in pairs.items() if found["win_rate"]["number"]}
    if not scored:
        return None
    figure, axes = start_plot(2.6)
    for number, ((question, found), (marker, colour)) in enumerate(zip(scored.items(), _MARKS, strict=False)):
        bins = list(enumerate(found["by_length_ratio"]))
        known = [(place, entry["win_rate"]) for place, entry in bins if entry["win_rate"]["number"]]
        means = [100 * rate["mean"] for _, rate in known]
        spans = [
            [100 * (rate["mean"] - rate["low"]) for _, rate in known],
            [100 * (rate["high"] - rate["mean"]) for _, rate in known],
        ]
        places = [place + 0.15 * (number - 1) for place, _ in known]
        label = _NAMES[question].replace("\n", " ")
        axes.errorbar(places, means, spans, fmt=marker, color=colour, ecolor=INK, capsize=3, label=label)
    axes.axhline(50, color=INK, linewidth=0.8, linestyle=":")
    names = [
        f"{entry['from']:g}-{entry['below']:g}" if entry["below"] else f"{entry['from']:g}+"
        for _, entry in bins
    ]
    axes.set_xticks(range(len(names)), names)
    axes.set_xlabel("length of aligned / original response")
    axes.set_ylabel("win rate, %")
    axes.set_ylim(-4, 104)
    axes.legend(loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=2, fontsize=8)
    return figure
