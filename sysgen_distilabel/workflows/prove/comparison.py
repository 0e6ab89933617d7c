"""What came out of a proof: shares of followed messages per arm, each against the original data."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import Final

from sysgen_distilabel.measures.intervals import Estimate, estimate_share
from sysgen_distilabel.measures.paired import Difference, adjust_for_many, compare_paired, is_noise

UNSEEN_ROLE: Final = ""
"""Where the system message stands in unseen tasks, which have none."""


@dataclass(frozen=True, slots=True)
class Graded:
    """One answer of one model.

    Attributes:
        arm: what the model was trained on.
        seed: of its training.
        test: name of the test.
        role: `native`, `folded`, or `UNSEEN_ROLE`.
        prompt: id of the prompt.
        group: kind of the prompt, empty if there are no kinds.
        score: 1 if the system message was followed, or the question answered right, else 0.
    """

    arm: str
    seed: int
    test: str
    role: str
    prompt: str
    score: float
    group: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the table.

    Attributes:
        test: name of the test.
        role: where the system message stood.
        group: kind of prompts, empty for all.
        arm: what the model was trained on.
        seeds: the share of followed messages of each seed, in their order.
        followed: the share over prompts, each the mean of its seeds; between 0 and 1.
        against: the difference to the arm compared with; `None` for that arm itself.
        p: the p-value of the difference, adjusted for all arms of the same test, role and group.
    """

    test: str
    role: str
    group: str
    arm: str
    seeds: list[float]
    followed: Estimate
    against: Difference | None = None
    p: float | None = None

    @property
    def verdict(self) -> str:
        """`better`, `worse`, `within noise`, or empty where nothing is compared."""
        if self.against is None or self.p is None:
            return ""
        if is_noise(self.p):
            return "within noise"
        return "better" if (self.against.estimate.mean or 0) > 0 else "worse"


def compare_arms(graded: Iterable[Graded], against: str) -> list[Line]:
    """The lines of the table: by test, role and group, all prompts first, with the arms in their order.

    Differences are of the same prompts; the interval is over prompts and says nothing about other seeds,
    whose spread stands beside it.

    Args:
        graded: every answer.
        against: the arm that the others are compared with.
    """
    cells: dict[tuple[str, str, str], list[Graded]] = defaultdict(list)
    graded = list(graded)
    groups: dict[str, set[str]] = defaultdict(set)
    for each in graded:
        groups[each.test].add(each.group)
    for each in graded:
        for group in ("", each.group) if each.group and len(groups[each.test]) > 1 else ("",):
            cells[each.test, each.role, group].append(each)
    tests, roles = (list(dict.fromkeys(place[at] for place in cells)) for at in (0, 1))
    places = sorted(cells, key=lambda place: (tests.index(place[0]), roles.index(place[1]), place[2]))
    return [line for place in places for line in _compare(place, cells[place], against)]


def _compare(place: tuple[str, str, str], answers: Sequence[Graded], against: str) -> list[Line]:
    test, role, group = place
    arms = list(dict.fromkeys(each.arm for each in answers))
    shares = {arm: _share([each for each in answers if each.arm == arm]) for arm in arms}
    differences = {
        arm: difference
        for arm in arms
        if arm != against
        and against in shares
        and (difference := compare_paired(shares[arm], shares[against])) is not None
    }
    adjusted = dict(zip(differences, adjust_for_many([each.p for each in differences.values()]), strict=True))
    return [
        Line(
            test, role, group, arm,
            _by_seed([each for each in answers if each.arm == arm]),
            estimate_share(shares[arm].values()),
            differences.get(arm),
            adjusted.get(arm),
        )
        for arm in arms
    ]  # fmt: skip


def _share(answers: Sequence[Graded]) -> dict[str, float]:
    """The mean over the seeds, by prompt."""
    prompts: dict[str, list[float]] = defaultdict(list)
    for each in answers:
        prompts[each.prompt].append(each.score)
    return {prompt: fmean(scores) for prompt, scores in prompts.items()}


def _by_seed(answers: Sequence[Graded]) -> list[float]:
    seeds: dict[int, list[float]] = defaultdict(list)
    for each in answers:
        seeds[each.seed].append(each.score)
    return [fmean(seeds[seed]) for seed in sorted(seeds)]


def choose_best(lines: Sequence[Line], among: Sequence[str]) -> str:
    """The trained arm that follows most in the first test and role."""
    first = [line for line in lines if line.arm in among and not line.group]
    head = [line for line in first if (line.test, line.role) == (first[0].test, first[0].role)]
    return max(head, key=lambda line: line.followed.mean or 0.0).arm


def tabulate(lines: Sequence[Line]) -> list[list[str]]:
    """The table as text, its head first: shares and differences in per cent and points of it."""
    head = [
        "test",
        "system message",
        "prompts",
        "arm",
        "followed, % (95 %)",
        "seeds",
        "against original",
        "p",
        "",
    ]
    return [head, *(_row(line) for line in lines)]


def _row(line: Line) -> list[str]:
    against = to_percent(line.against.estimate, "+") if line.against else ""
    return [
        line.test,
        line.role,
        line.group or "all",
        line.arm,
        to_percent(line.followed),
        " ".join(f"{100 * share:.1f}" for share in line.seeds),
        against,
        "" if line.p is None else f"{line.p:.3f}",
        line.verdict,
    ]


def to_percent(estimate: Estimate, sign: str = "") -> str:
    """A share as `17.0 (14.3 to 20.1)`, in per cent; with the sign `+` it is a difference, in points."""
    mean, low, high = (100 * (value or 0.0) for value in (estimate.mean, estimate.low, estimate.high))
    return f"{mean:{sign}.1f} ({low:{sign}.1f} to {high:{sign}.1f})"
