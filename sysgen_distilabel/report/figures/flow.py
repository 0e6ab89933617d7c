"""The attrition of a run as a drawing: a band that narrows, and what left it at each step."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

BAND: Final = 165.0
"""Width of all rows of the input; every bar in the drawing is to this scale."""

_BAR: Final = 20
_LABEL: Final = 18
_REASON: Final = 32
_LEAST_GAP: Final = 16


@dataclass(frozen=True, slots=True)
class Lost:
    """Rows that left at a step for one reason.

    Attributes:
        reason: the outcome.
        rows: how many.
        share: of the input, in per cent.
        width: of the bar.
        top: its place from above.
    """

    reason: str
    rows: int
    share: float
    width: float
    top: float


@dataclass(frozen=True, slots=True)
class Level:
    """Rows that are left after a step.

    Attributes:
        label: what they have.
        rows: how many.
        share: of the input, in per cent.
        width: of the bar.
        top: its place from above.
        funnel: the corners of the band from the level above, empty for the first.
        lost: what left in between.
    """

    label: str
    rows: int
    share: float
    width: float
    top: float
    funnel: str
    lost: list[Lost]


@dataclass(frozen=True, slots=True)
class Flow:
    """The whole drawing.

    Attributes:
        levels: from the input to the accepted rows.
        height: of the drawing.
    """

    levels: list[Level]
    height: float


def draw_flow(attrition: Sequence[Mapping[str, Any]]) -> Flow:
    """Lay out the drawing.

    Args:
        attrition: the stages as in `report.json`.
    """
    total = attrition[0]["rows_in"]
    scale = BAND / max(total, 1)
    levels = [Level("input", total, 100.0, total * scale, _LABEL, "", [])]
    for stage in attrition:
        above = levels[-1]
        start = above.top + _BAR
        lost = [
            Lost(reason, rows, 100 * rows / max(total, 1), rows * scale, start + 6 + number * _REASON)
            for number, (reason, rows) in enumerate(stage["rejected"].items())
        ]
        gap = max(_LEAST_GAP, _REASON * len(lost)) + _LABEL
        left, top = stage["rows_out"], start + gap
        width = left * scale
        funnel = f"0,{start} {above.width:.1f},{start} {width:.1f},{top} 0,{top}"
        share = 100 * left / max(total, 1)
        levels.append(Level(stage["reached"], left, share, width, top, funnel, lost))
    return Flow(levels, levels[-1].top + _BAR + 4)
