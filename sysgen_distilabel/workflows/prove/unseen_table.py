"""What the unseen tasks of a proof say: a table with the mean over tasks (the paper's Table 11)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from statistics import fmean
from typing import Any, Final

from sysgen_distilabel.workflows.prove.comparison import Line, to_percent
from sysgen_distilabel.workflows.prove.recipe import AGAINST, ProveArm

HOW_UNSEEN: Final = (
    "Right: per cent of the questions of a task of lm-evaluation-harness that are answered right, by the"
    " metric its leaderboards use, with the model's chat template and the shots that the task states."
    " Intervals, p and verdicts are as above. “all tasks” is the mean of the tasks, as the paper's Avg, and"
    " has no test."
)
_HEAD: Final = ["task", "arm", "right, % (95 %)", "seeds", "against original", "p", ""]


def average(lines: Sequence[Line]) -> dict[str, float]:
    """The mean of the tasks by arm, each task counting alike; between 0 and 1."""
    arms = dict.fromkeys(line.arm for line in lines)
    return {arm: fmean(line.followed.mean or 0.0 for line in lines if line.arm == arm) for arm in arms}


def tabulate_unseen(lines: Sequence[Line]) -> list[list[str]]:
    """The table as text, its head first; the mean over tasks is its end."""
    means = average(lines)
    rows = [
        [
            line.test,
            line.arm,
            to_percent(line.followed),
            " ".join(f"{100 * share:.1f}" for share in line.seeds),
            to_percent(line.against.estimate, "+") if line.against else "",
            "" if line.p is None else f"{line.p:.3f}",
            line.verdict,
        ]
        for line in lines
    ]
    for arm, mean in means.items():
        change = f"{100 * (mean - means[AGAINST]):+.1f}" if arm != AGAINST else ""
        rows.append(["all tasks", arm, f"{100 * mean:.1f}", "", change, "", ""])
    return [_HEAD, *rows]


def conclude_unseen(lines: Sequence[Line]) -> Iterator[str]:
    """What training on the system messages costs, or does not, against the original data."""
    ours = [line for line in lines if line.arm == ProveArm.SYSGEN and line.verdict]
    if not ours:
        return
    means = average(lines)
    change = 100 * (means[ProveArm.SYSGEN] - means[AGAINST])
    told = [f"{line.test} {line.verdict}" for line in ours if line.verdict != "within noise"]
    said = [
        f"unseen tasks: {ProveArm.SYSGEN} against the original data {change:+.1f} points on average",
        *told,
    ]
    if len(told) < len(ours):
        said.append("the others within noise" if told else "all within noise")
    yield f"{'; '.join(said)}."


def describe_unseen(lines: Sequence[Line]) -> dict[str, Any]:
    """The means for `prove.json`: of each arm, and their change against checkpoint and original data."""
    means = average(lines)
    change = {
        str(other): {arm: mean - means[other] for arm, mean in means.items() if arm != other}
        for other in (ProveArm.BASE, AGAINST)
        if other in means
    }
    return {"mean": means, "change": change}
