"""Published scores, each with where it comes from; for orientation, never mixed with scores of one's own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class PublishedTable:
    """Scores as they were printed.

    Attributes:
        provenance: paper or repository, table, judge, and what makes the scores differ from ours.
        columns: names of the scores.
        rows: scores by model, in the order of the columns.
    """

    provenance: str
    columns: tuple[str, ...]
    rows: dict[str, tuple[float, ...]]

    def format_rows(self) -> list[list[str]]:
        """Model and scores of each row, with the digits the table was printed with."""
        scores = [score for row in self.rows.values() for score in row]
        digits = 1 if all(round(score, 1) == score for score in scores) else 2
        return [[model, *(f"{score:.{digits}f}" for score in row)] for model, row in self.rows.items()]


_SUBSETS: Final = ("AlpacaEval", "FLASK", "Koala", "MT-Bench", "Self-Instruct", "Avg")

MULTIFACET: Final = (
    PublishedTable(
        "SysGen, arXiv 2502.11330v2, Tables 3 and 4; the judge is not named; Avg is the mean of the columns",
        _SUBSETS,
        {
            "LLaMA-3.1-8B-instruct": (4.26, 3.82, 4.29, 4.15, 4.06, 4.12),
            "LLaMA-3.1-8B + SysGen": (4.38, 3.95, 4.41, 4.22, 4.11, 4.21),
            "Qwen2.5-14B-instruct": (4.37, 4.07, 4.37, 4.27, 4.21, 4.26),
            "Qwen2.5-14B + SysGen": (4.40, 4.11, 4.42, 4.22, 4.25, 4.28),
            "Phi-4": (4.53, 4.24, 4.51, 4.39, 4.40, 4.41),
            "Phi-4 + SysGen": (4.62, 4.63, 4.52, 4.44, 4.49, 4.54),
            "Solar-10.7B-instruct": (3.30, 3.31, 3.09, 3.19, 3.08, 3.19),
            "Solar-10.7B + KD": (3.97, 3.73, 3.64, 3.98, 3.52, 3.76),
            "Gemma-2-9b-it": (4.10, 3.80, 4.26, 4.15, 3.92, 4.05),
            "Gemma-2-9b + KD": (4.40, 4.04, 4.30, 4.23, 4.18, 4.23),
        },
    ),
    PublishedTable(
        "Janus, arXiv 2405.17977, as SysGen quotes it (Table 3); gpt-4-0125-preview, mean of 3 runs; "
        "Avg is not the mean of the columns, presumably that of the instances",
        _SUBSETS,
        {
            "GPT-3.5-Turbo-0125": (4.05, 3.86, 4.15, 3.87, 3.85, 3.91),
            "GPT-4-0613": (4.25, 4.00, 4.18, 4.16, 4.13, 4.10),
            "GPT-4-Turbo-0125": (4.45, 4.27, 4.61, 4.45, 4.27, 4.35),
            "Janus 7B": (4.43, 4.06, 4.41, 4.11, 4.01, 4.17),
            "Janus+DPO 7B": (4.45, 4.13, 4.43, 4.21, 4.17, 4.24),
        },
    ),
)

SYSBENCH: Final = (
    PublishedTable(
        "SysBench's released outputs (Chinese, own history, judge gpt-4o-2024-05-13), in per cent",
        ("CSR pooled", "CSR", "ISR", "SSR", "R5"),
        {
            "GPT-4o": (87.1, 86.9, 76.4, 54.4, 31.6),
            "GPT-4-Turbo-0409": (86.5, 86.6, 76.6, 53.2, 31.8),
            "Claude-3.5": (85.0, 84.1, 74.1, 51.8, 27.4),
            "Qwen2-72B": (79.0, 77.1, 64.2, 41.6, 14.6),
            "GLM-4": (78.9, 78.3, 65.5, 41.6, 17.2),
            "DeepSeek-V2": (76.1, 74.5, 61.7, 39.6, 11.8),
            "Llama-3.1-70B": (76.6, 76.1, 60.3, 36.6, 16.0),
            "Moonshot": (70.3, 69.2, 52.3, 30.0, 7.6),
            "Yi-Large": (68.8, 68.5, 51.2, 28.5, 6.8),
            "Llama-3.1-8B": (66.6, 66.5, 46.9, 24.9, 5.8),
            "GLM-4-9B": (64.2, 62.6, 44.0, 25.9, 3.4),
            "GPT-3.5": (61.6, 62.9, 43.2, 20.8, 4.2),
            "ERNIE-4": (50.7, 49.4, 33.8, 20.0, 1.6),
            "Qwen2-7B": (47.0, 45.9, 26.9, 15.0, 0.8),
        },
    ),
    PublishedTable(
        "SysGen, arXiv 2502.11330v2, Figure 4: gain of each round in points over the model before; English "
        "translation of 100 sessions, judge not named; the names of the last two rows are inferred",
        ("R1", "R2", "R3", "R4", "R5"),
        {
            "LLaMA-3.1-8B + SysGen": (18.8, 20.8, 17.8, 7.9, 4.0),
            "Qwen2.5-14B + SysGen": (15.3, 22.7, 21.7, 12.0, 6.0),
            "Phi-4 + SysGen": (18.4, 20.1, 15.2, 9.4, 6.2),
            "Solar-10.7B + KD": (26.7, 20.8, 5.9, 1.0, 1.0),
            "Gemma-2-9b + KD": (15.5, 21.8, 18.1, 8.6, 4.6),
        },
    ),
)

UNSEEN: Final = PublishedTable(
    "SysGen, arXiv 2502.11330v2, Table 11; lm-evaluation-harness with shots and templates not stated: "
    "compare changes, not scores",
    ("MMLU", "MMLU-Pro", "ARC-c", "GPQA", "HellaSwag", "IFEval", "MathQA", "BBH", "Avg"),
    {
        "LLaMA-3.1-8B base": (67.95, 40.87, 54.95, 34.60, 79.18, 50.71, 39.53, 70.85, 54.83),
        "LLaMA-3.1-8B original SFT": (65.34, 36.85, 54.18, 33.93, 77.98, 35.64, 40.03, 62.83, 50.85),
        "LLaMA-3.1-8B + SysGen": (66.89, 39.77, 54.55, 34.21, 78.89, 46.75, 42.11, 68.98, 54.02),
        "Qwen2.5-14B base": (79.73, 51.22, 67.39, 45.51, 82.31, 79.83, 42.12, 78.25, 65.79),
        "Qwen2.5-14B original SFT": (75.87, 49.85, 66.89, 43.98, 80.99, 62.57, 43.28, 71.17, 61.82),
        "Qwen2.5-14B + SysGen": (78.92, 43.38, 66.82, 44.46, 80.98, 74.59, 43.23, 76.28, 63.58),
        "Phi-4 base": (84.56, 70.12, 68.26, 55.93, 84.42, 62.98, 48.87, 79.87, 69.37),
        "Phi-4 original SFT": (80.27, 66.58, 66.27, 52.89, 83.39, 55.83, 49.98, 75.49, 66.33),
        "Phi-4 + SysGen": (83.27, 68.77, 67.89, 55.18, 84.31, 57.87, 50.23, 77.12, 68.08),
        "Solar-10.7B base": (63.28, 30.20, 63.99, 30.36, 86.35, 38.59, 36.38, 37.28, 48.31),
        "Solar-10.7B original SFT": (62.38, 29.12, 58.87, 29.17, 81.58, 31.27, 37.21, 32.85, 45.30),
        "Solar-10.7B + KD": (59.98, 29.26, 62.81, 30.25, 85.91, 34.58, 38.25, 35.97, 47.12),
        "Gemma-2-9b base": (73.27, 32.78, 67.89, 31.05, 81.92, 74.78, 38.87, 41.98, 55.31),
        "Gemma-2-9b original SFT": (71.85, 31.67, 62.57, 30.51, 77.54, 69.25, 39.12, 37.25, 52.47),
        "Gemma-2-9b + KD": (72.19, 31.56, 66.75, 30.89, 81.53, 71.37, 40.27, 40.38, 54.37),
    },
)
