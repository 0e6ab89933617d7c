"""How much the system messages explain the responses, of the rows whose lift was measured."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sysgen_distilabel.columns import LIFT, MARGIN
from sysgen_distilabel.inputs.parquet_rows import find_columns, scan_rows
from sysgen_distilabel.measures.intervals import estimate_mean


def collect_lift_figures(dataset: Path) -> dict[str, Any]:
    """Mean lift of the aligned responses and mean margin over the original ones; empty if none was measured.

    Both are in nats per token, each with its 95 % interval and the number of accepted rows behind it.
    """
    if not {LIFT, MARGIN} <= find_columns(dataset, "accepted"):
        return {}
    lifts: list[float] = []
    margins: list[float] = []
    for row in scan_rows(dataset, "accepted", [LIFT, MARGIN]):
        whole = [entry["aligned"] for entry in row[LIFT] or [] if not entry["phrase"]]
        lifts += whole[-1:]
        margins += [row[MARGIN]] if row[MARGIN] is not None else []
    if not lifts:
        return {}
    return {"aligned": estimate_mean(lifts).as_dict(), "margin": estimate_mean(margins).as_dict()}
