"""Scores of SysBench: constraints (CSR), instructions (ISR) and sessions (SSR), and the rounds R1 to R5."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any, Final

from sysgen_distilabel.evaluation.benchmarks.figure_tables import FigureTable, to_figure, to_figures
from sysgen_distilabel.measures.estimates import Tally

Verdict = bool | None
"""Whether a constraint is fulfilled; `None` if the reply of the judge cannot be read."""


TYPES: Final = {
    "动作约束": "action",
    "内容约束": "content",
    "背景约束": "background",
    "角色约束": "role",
    "格式约束": "format",
    "风格约束": "style",
}
"""The six types of constraints, as the data and as the paper calls them."""


@dataclass(frozen=True, slots=True)
class JudgedTurn:
    """One answer of a session and what it should have fulfilled.

    Attributes:
        alignment: whether the user's wish goes with the system message: `align`, `misalign` or `unknown`.
        constraints: type and verdict of each constraint.
    """

    alignment: str
    constraints: tuple[tuple[str, Verdict], ...]


@dataclass(frozen=True, slots=True)
class JudgedSession:
    """One conversation under one system message.

    Attributes:
        session: its id, the same in every run.
        dependent: whether its turns depend on each other, or are parallel.
        turns: in their order.
    """

    session: str
    dependent: bool
    turns: tuple[JudgedTurn, ...]


def score_sysbench(sessions: Iterable[JudgedSession], as_published: bool = False) -> dict[str, Any]:
    """All figures of SysBench, as shares between 0 and 1.

    `csr` is the paper's formula, the mean over turns of the share of fulfilled constraints;
    `csr_pooled` counts all constraints alike, which is what the published tables hold. A turn
    without a constraint counts in no CSR and as fulfilled in ISR, SSR and rounds. What no readable
    verdict settles counts in none of them.

    `ssr` is the mean length of the unbroken run of fulfilled turns from the first one on, over the
    number of turns; `rounds` holds the share of sessions fulfilled up to each turn, `turns` that of
    each turn alone.

    Args:
        sessions: what was judged.
        as_published: count unreadable verdicts as the benchmark's own script does: as not fulfilled in
            CSR and as fulfilled everywhere else. Only so the published figures come out to the digit.
    """
    tally, counts = Tally(), Counter[str]()
    for session in sessions:
        counts["sessions"] += 1
        _count_constraints(session, tally, counts, as_published)
        verdicts = [_judge_turn(turn, as_published) for turn in session.turns]
        _count_turns(session, verdicts, tally, counts)
        _count_rounds(session, verdicts, tally)
    return {
        "csr": tally.estimate("csr"),
        "csr_pooled": tally.estimate("csr_pooled"),
        "isr": tally.estimate("isr"),
        "ssr": tally.estimate("ssr"),
        "rounds": tally.estimates("rounds:"),
        "turns": tally.estimates("turns:"),
        "csr_by_type": dict(sorted(tally.estimates("type:").items())),
        "isr_by_alignment": dict(sorted(tally.estimates("alignment:").items())),
        "ssr_by_kind": tally.estimates("ssr:"),
        "rounds_by_kind": {kind: tally.estimates(f"rounds of {kind}:") for kind in ("dependent", "parallel")},
        **{name: counts[name] for name in ("sessions", "turn_count", "constraints", "unreadable")},
        **{name: counts[name] for name in ("turns_without_constraint", "undecided_turns")},
        "as_published": as_published,
    }


def _count_constraints(
    session: JudgedSession, tally: Tally, counts: Counter[str], as_published: bool
) -> None:
    for turn in session.turns:
        unreadable = sum(verdict is None for _, verdict in turn.constraints)
        counts["constraints"] += len(turn.constraints)
        counts["unreadable"] += unreadable
        known = [
            (kind, bool(verdict)) for kind, verdict in turn.constraints if as_published or verdict is not None
        ]
        for kind, verdict in known:
            tally.add("csr_pooled", session.session, float(verdict))
            tally.add(f"type:{kind}", session.session, float(verdict))
        if known:
            tally.add("csr", session.session, sum(verdict for _, verdict in known) / len(known))


def _judge_turn(turn: JudgedTurn, as_published: bool) -> Verdict:
    """Whether all constraints are fulfilled: unknown only if no readable verdict settles it."""
    verdict = all_of([verdict for _, verdict in turn.constraints])
    return True if verdict is None and as_published else verdict


def _count_turns(
    session: JudgedSession, verdicts: Sequence[Verdict], tally: Tally, counts: Counter[str]
) -> None:
    for number, (turn, verdict) in enumerate(zip(session.turns, verdicts, strict=True), start=1):
        counts["turn_count"] += 1
        counts["turns_without_constraint"] += not turn.constraints
        if verdict is None:
            counts["undecided_turns"] += 1
            continue
        for figure in ("isr", f"alignment:{turn.alignment}", f"turns:R{number}"):
            tally.add(figure, session.session, float(verdict))


def _count_rounds(session: JudgedSession, verdicts: Sequence[Verdict], tally: Tally) -> None:
    kind = "dependent" if session.dependent else "parallel"
    reached = list(accumulate(verdicts, lambda before, now: all_of([before, now])))
    for number, verdict in enumerate(reached, start=1):
        if verdict is not None:
            for figure in (f"rounds:R{number}", f"rounds of {kind}:R{number}"):
                tally.add(figure, session.session, float(verdict))
    if reached and None not in reached:
        for figure in ("ssr", f"ssr:{kind}"):
            tally.add(figure, session.session, sum(map(bool, reached)) / len(reached))


def all_of(verdicts: Sequence[Verdict]) -> Verdict:
    """Whether all are fulfilled; `None` if no readable verdict settles it."""
    if False in verdicts:
        return False
    return None if None in verdicts else True


def tabulate_sysbench(figures: Mapping[str, Any]) -> list[FigureTable]:
    """The figures of SysBench as tables, the headline ones first."""
    names = {"csr_pooled": "CSR pooled", "csr": "CSR", "isr": "ISR", "ssr": "SSR"}
    headline = [to_figure(title, figures[name]) for name, title in names.items()]
    by_kind = figures["rounds_by_kind"]
    return [
        FigureTable("Constraints, instructions and sessions", "%", headline),
        FigureTable("Sessions fulfilled up to a round", "%", to_figures(figures["rounds"])),
        FigureTable("Each turn alone", "%", to_figures(figures["turns"])),
        FigureTable("CSR by type of constraint", "%", to_figures(figures["csr_by_type"])),
        FigureTable("ISR by alignment of the user's wish", "%", to_figures(figures["isr_by_alignment"])),
        FigureTable("SSR by kind of session", "%", to_figures(figures["ssr_by_kind"])),
        FigureTable("Rounds of dependent sessions", "%", to_figures(by_kind["dependent"])),
        FigureTable("Rounds of parallel sessions", "%", to_figures(by_kind["parallel"])),
    ]
