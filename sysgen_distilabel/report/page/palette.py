"""Colours that also the colour-blind can tell apart; none is ever the only sign of what it means."""

from __future__ import annotations

from typing import Final

from sysgen_distilabel.functionalities import Verdict

VERDICT_COLOURS: Final[dict[str, str]] = {
    Verdict.GOOD: "#009e73",
    Verdict.BAD: "#d55e00",
    Verdict.NONE: "#8c8c8c",
}
VERDICT_HATCHES: Final[dict[str, str]] = {Verdict.GOOD: "", Verdict.BAD: "///", Verdict.NONE: "..."}

KEPT: Final = "#0072b2"
LOST: Final = "#d55e00"
PAPER: Final = "#f0e442"

INK: Final = "#0b0c0d"
"""The text colour of plots; a page puts its own in its place, for light and for dark."""
