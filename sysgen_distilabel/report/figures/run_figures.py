"""Every figure of a finished run, from one pass over its dataset and one over its store."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from sysgen_distilabel.columns import (
    ALIGNED_MESSAGES,
    MESSAGES,
    MODEL_NAME,
    PHRASES,
    SOURCE_ID,
    SYSTEM_MESSAGE,
    TAG_DEFECTS,
)
from sysgen_distilabel.inputs.parquet_rows import count_reasons, scan_subset
from sysgen_distilabel.measures.diversity import DiversityFigures
from sysgen_distilabel.outcome import SUBSETS
from sysgen_distilabel.report.figures.attrition import trace_attrition
from sysgen_distilabel.report.figures.check_figures import collect_check_figures
from sysgen_distilabel.report.figures.constraint_figures import collect_constraint_figures
from sysgen_distilabel.report.figures.cost import Prices, add_up_cost
from sysgen_distilabel.report.figures.engine_time import EngineTime
from sysgen_distilabel.report.figures.leak_figures import LeakFigures
from sysgen_distilabel.report.figures.lengths import LengthFigures
from sysgen_distilabel.report.figures.lift_figures import collect_lift_figures
from sysgen_distilabel.report.figures.phrase_figures import PhraseFigures
from sysgen_distilabel.report.figures.response_figures import read_response_figures
from sysgen_distilabel.report.figures.turn_figures import collect_turn_figures
from sysgen_distilabel.report.figures.variety_figures import collect_variety_figures

if TYPE_CHECKING:
    import pyarrow as pa

TEXT_SAMPLE: Final = 50_000
"""Accepted rows whose texts are compared; all other figures are of all rows."""
LEAK_SAMPLE: Final = 500
"""How many of them are searched for leaks, which takes a few milliseconds a row."""


def collect_figures(
    dataset: Path,
    calls: Path,
    steps: Sequence[str],
    usage: Mapping[str, Mapping[str, int]],
    prices: Prices,
) -> dict[str, Any]:
    """The figures that `report.json` has beside the counts and the usage.

    Args:
        dataset: the dataset of the run.
        calls: its store.
        steps: the steps of its pipeline in their order.
        usage: what each Task has asked.
        prices: what the engine costs.
    """
    reasons = count_reasons(dataset)
    accepted = sum(rows for (step, _), rows in reasons.items() if not step)
    time = EngineTime(calls)
    return {
        "attrition": [stage.as_dict() for stage in trace_attrition(reasons, steps)],
        **_count_phrases(dataset),
        **_read_texts(dataset, accepted),
        "checks": collect_check_figures(dataset),
        "constraints": collect_constraint_figures(dataset),
        "turns": collect_turn_figures(dataset, accepted),
        "lift": collect_lift_figures(dataset),
        "variety": collect_variety_figures(dataset),
        "responses": read_response_figures(dataset),
        "throughput": time.summarise(),
        **add_up_cost(usage, accepted, time.active_seconds, prices),
    }


def _count_phrases(dataset: Path) -> dict[str, Any]:
    figures, defects, models = PhraseFigures(), Counter[str](), Counter[str]()
    for subset in SUBSETS:
        for batch in scan_subset(dataset, subset, [PHRASES, TAG_DEFECTS, MODEL_NAME]):
            figures.add(batch.column(PHRASES), accepted=subset == "accepted")
            texts = batch.column(TAG_DEFECTS).flatten().to_pylist()
            defects.update(text.partition("@")[0] for text in texts)
            models.update(batch.column(MODEL_NAME).to_pylist())
    return {
        "models": dict(models.most_common()),
        **figures.summarise(),
        "tag_defects": dict(defects.most_common()),
    }


def _read_texts(dataset: Path, accepted: int) -> dict[str, Any]:
    lengths, leak, diversity = LengthFigures(), LeakFigures(), DiversityFigures()
    stride = max(1, -(-accepted // TEXT_SAMPLE))
    seen = 0
    leak_stride = stride * max(1, -(-min(accepted, TEXT_SAMPLE) // LEAK_SAMPLE))
    columns = [SOURCE_ID, MESSAGES, SYSTEM_MESSAGE, PHRASES, ALIGNED_MESSAGES]
    for batch in scan_subset(dataset, "accepted", columns):
        lengths.add(batch)
        for row in _every(batch, leak_stride, seen, [SOURCE_ID, SYSTEM_MESSAGE, PHRASES, MESSAGES]):
            leak.add(*row)
        for (system_message,) in _every(batch, stride, seen, [SYSTEM_MESSAGE]):
            diversity.add(system_message)
        seen += batch.num_rows
    return {
        "lengths": lengths.summarise(),
        "leak": leak.summarise(),
        "diversity": diversity.summarise(),
    }


def _every(batch: pa.RecordBatch, stride: int, seen: int, columns: list[str]) -> Iterator[tuple[Any, ...]]:
    """The texts of every `stride`th row of the subset that is in this batch."""
    wanted = list(range(-seen % stride, batch.num_rows, stride))
    chosen = batch.select(columns).take(wanted)
    return zip(*(column.to_pylist() for column in chosen.columns), strict=True)
