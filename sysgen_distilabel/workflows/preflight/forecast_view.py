"""Shows a forecast in a terminal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rich.console import Group, RenderableType
from rich.text import Text

from sysgen_distilabel.plural import count_of
from sysgen_distilabel.report.page.page_tables import format_duration, format_money, format_thousands
from sysgen_distilabel.report.terminal.whole_table import WholeTable

_FORMATS = {"seconds": format_duration, "cost": format_money}


def render_forecast(forecast: Mapping[str, Any]) -> RenderableType:
    """Totals with their ranges, and what each Task takes."""
    totals = WholeTable(box=None, pad_edge=False)
    for name, justify in (("", "left"), ("forecast", "right"), ("95 % range", "right")):
        totals.add_column(name, justify=justify)  # type: ignore[arg-type]
    for name, estimate in forecast["totals"].items():
        show = _FORMATS.get(name, format_thousands)
        span = f"{show(estimate['low'])} to {show(estimate['high'])}"
        if forecast["is_whole"] and estimate["low"] == estimate["high"]:
            span = "exact"
        label = "time" if name == "seconds" else name.replace("_", " ")
        totals.add_row(label, show(estimate["estimate"]), span, style="bold" if name == "seconds" else "")
    tasks = WholeTable(box=None, pad_edge=False)
    tasks.add_column("per Task")
    for name in ("calls", "prompt tokens", "generated tokens", "share of time"):
        tasks.add_column(name, justify="right")
    engine = sum(task["seconds"]["estimate"] for task in forecast["tasks"].values())
    for task, quantities in forecast["tasks"].items():
        counts = [quantities[name]["estimate"] for name in ("calls", "prompt_tokens", "completion_tokens")]
        share = quantities["seconds"]["estimate"] / engine if engine else 0.0
        tasks.add_row(task.replace("_", " "), *map(format_thousands, counts), f"{100 * share:.0f} %")
    return Group(totals, Text(), tasks, Text(), Text(_explain(forecast), style="dim"))


def _explain(forecast: Mapping[str, Any]) -> str:
    startup = format_duration(forecast["startup_seconds"]["estimate"])
    per_thousand = format_duration(1000 * forecast["seconds_per_row"])
    tried = f"{forecast['sample']:,} of {count_of(forecast['rows'], 'row')}"
    if forecast["is_whole"]:
        tried = f"all {forecast['sample']:,} rows that can be read"
    return (
        f"From {tried}: start-up {startup}, then "
        f"{per_thousand} per 1,000 rows with {forecast['max_concurrency']} requests in flight, "
        f"bound by {'the engine' if forecast['bound_by'] == 'engine' else 'distilabel'}."
    )
