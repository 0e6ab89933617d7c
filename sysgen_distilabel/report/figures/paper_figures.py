"""The paper's own figures, to hold a run against; for orientation, as data and models differ."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from sysgen_distilabel.functionalities import Functionality

SOURCE: Final = "SysGen, arXiv 2502.11330v2"


@dataclass(frozen=True, slots=True)
class Span:
    """The least, the mean and the greatest of several figures, in per cent.

    Attributes:
        least: the smallest figure.
        mean: their unweighted mean.
        greatest: the largest figure.
    """

    least: float
    mean: float
    greatest: float

    def __str__(self) -> str:
        return f"{self.least:.1f} to {self.greatest:.1f}"


def _span(figures: list[float]) -> Span:
    return Span(min(figures), sum(figures) / len(figures), max(figures))


_ROWS: Final = 806_796
_AFTER_PHASE_4: Final = (586_831, 775_830, 773_878)
_TAGGED: Final = {
    Functionality.ROLE: (576_341, 753_579, 745_751),
    Functionality.CONTENT: (580_231, 739_892, 743_311),
    Functionality.TASK: (579_558, 765_331, 735_298),
    Functionality.ACTION: (495_301, 382_358, 662_589),
    Functionality.STYLE: (283_579, 598_553, 603_918),
    Functionality.BACKGROUND: (293_791, 539_757, 553_791),
    Functionality.TOOL: (10_238, 132_038, 90_989),
    Functionality.FORMAT: (327_909, 401_593, 538_973),
}

# Per data set (Capybara, Airoboros, Magicoder, MetaMath, OrcaMath) the models LLaMA, Qwen and Phi-4,
# and of each the eight functionalities in canonical order.
_BAD: Final = (
    (8.88, 39.03, 1.63, 1.76, 1.48, 21.26, 0.17, 0.38),
    (2.54, 54.14, 0.75, 0.47, 0.95, 9.25, 3.78, 1.42),
    (1.90, 9.83, 0.66, 0.34, 0.10, 4.30, 0.28, 0.05),
    (8.99, 37.86, 1.60, 1.75, 1.63, 20.80, 0.15, 0.40),
    (3.05, 63.49, 0.48, 0.40, 0.89, 8.22, 5.60, 0.77),
    (1.96, 10.07, 0.57, 0.35, 0.15, 4.13, 0.35, 0.08),
    (9.81, 38.61, 1.72, 1.99, 1.56, 21.77, 0.23, 0.43),
    (2.52, 63.75, 1.02, 0.49, 0.74, 10.36, 5.49, 0.69),
    (0.62, 13.57, 0.81, 0.42, 0.13, 4.35, 0.83, 0.02),
    (8.96, 37.30, 1.62, 1.84, 1.61, 20.75, 0.21, 0.39),
    (2.11, 73.88, 0.25, 0.46, 0.68, 8.17, 7.05, 2.03),
    (1.94, 15.07, 0.80, 0.27, 0.05, 5.59, 0.15, 0.03),
    (9.07, 36.96, 1.55, 1.75, 1.48, 20.51, 0.14, 0.31),
    (2.54, 66.73, 0.28, 0.46, 0.76, 6.47, 12.47, 1.74),
    (1.50, 15.26, 0.61, 0.27, 0.04, 4.45, 0.13, 0.03),
)
_NONE: Final = (
    (0.18, 0.55, 0.22, 1.42, 1.09, 2.82, 49.87, 4.11),
    (0.09, 0.28, 0.01, 23.09, 1.21, 1.69, 50.37, 10.06),
    (0.11, 0.25, 0.08, 5.78, 0.13, 0.92, 45.48, 3.23),
    (0.13, 0.58, 0.18, 1.16, 0.97, 2.17, 51.09, 3.56),
    (0.15, 0.20, 0.01, 25.62, 2.71, 1.68, 55.15, 9.86),
    (0.18, 0.48, 0.06, 3.75, 0.13, 0.79, 20.12, 1.25),
    (0.17, 0.60, 0.19, 1.35, 1.14, 3.16, 50.32, 5.12),
    (0.17, 0.05, 0.01, 19.75, 1.66, 3.12, 45.68, 11.66),
    (0.06, 0.09, 0.03, 2.17, 0.05, 0.35, 17.08, 1.21),
    (0.12, 0.57, 0.15, 0.91, 0.89, 2.43, 51.25, 2.91),
    (0.27, 0.11, 0.00, 25.67, 1.75, 2.38, 63.18, 7.79),
    (0.43, 0.12, 0.02, 0.71, 0.04, 1.04, 22.75, 0.88),
    (0.15, 0.51, 0.14, 0.96, 0.96, 2.21, 49.30, 2.87),
    (0.12, 0.09, 0.00, 22.47, 1.78, 0.97, 49.08, 12.30),
    (0.39, 0.26, 0.04, 0.93, 0.09, 1.21, 25.10, 0.91),
)

# Of each of the models LLaMA, Qwen and Phi-4, the eight functionalities in canonical order.
_JUDGE_AGREEMENT: Final = (
    (75.12, 62.38, 58.11, 65.91, 60.36, 70.53, 72.29, 72.19),
    (82.21, 74.26, 72.09, 78.71, 75.39, 80.42, 81.20, 80.57),
    (85.17, 79.83, 76.08, 83.56, 80.20, 85.29, 84.31, 83.55),
)

ACCEPTED: Final = _span([100 * rows / _ROWS for rows in _AFTER_PHASE_4])
"""Rows left after phase 4, over three models (Table 2)."""

RESPONSE_RATIO: Final = Span(1.35, (1.35 + 1.55 + 1.89) / 3, 1.89)
"""Length of the aligned over the original response, as a factor, over three models (Table 1)."""

TAGGED: Final = {
    functionality: _span(
        [100 * count / rows for count, rows in zip(_TAGGED[functionality], _AFTER_PHASE_4, strict=True)]
    )
    for functionality in _TAGGED
}
"""Rows that have the functionality, over three models (Table 6, of the rows of Table 2)."""

BAD: Final = {f: _span([cells[i] for cells in _BAD]) for i, f in enumerate(_TAGGED)}
"""Phrases called Bad, over three models and five data sets (Table 9)."""

NONE: Final = {f: _span([cells[i] for cells in _NONE]) for i, f in enumerate(_TAGGED)}
"""Phrases called None, over three models and five data sets (Table 9)."""

MODELS: Final = ("LLaMA-3.1-8B", "Qwen2.5-14B", "Phi-4")
"""The paper's generators, in the order of its tables."""

RESPONSE_METRICS: Final[dict[str, tuple[float, float, float]]] = {
    "rouge1": (33.3, 44.9, 51.9),
    "rouge2": (15.6, 23.2, 32.3),
    "rougeL": (23.1, 30.7, 41.1),
    "gleu": (28.2, 39.2, 37.2),
    "bertscore": (81.3, 85.9, 86.1),
    "length_ratio": (1.35, 1.55, 1.89),
}
"""Aligned held against original responses, per model; per cent, but for the ratio (Table 1)."""

ALIGNED_PREFERRED: Final = _span(
    [66.8, 60.6, 79.1, 78.5, 52.5, 44.5, 47.3, 51.2, 57.0, 64.4, 57.4, 46.2, 74.0, 80.3, 80.0]
)
"""Aligned responses GPT-4o prefers to an original always shown first, over 15 cells (Figure 3)."""

ALIGNED: Final = {
    "aligned": _span([83, 81, 91]),
    "not_aligned": _span([13, 17, 8]),
    "unknown": _span([4, 2, 1]),
}
"""Responses that follow their system message, by GPT-4o, of 100 per model (Figure 5)."""

JUDGE_AGREEMENT: Final = {f: _span([cells[i] for cells in _JUDGE_AGREEMENT]) for i, f in enumerate(_TAGGED)}
"""Verdicts of a judge (GPT-4o) that people share, over three models (Table 10)."""

JUDGE_AGREEMENT_AVERAGE: Final = _span([sum(cells) / len(cells) for cells in _JUDGE_AGREEMENT])
"""The means over the functionalities (Table 10)."""
