"""Holds what was forecast for a run against what came of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def compare_forecast(forecast: Mapping[str, Any], report: Mapping[str, Any]) -> dict[str, Any]:
    """The forecast of each quantity with its range, and the quantity itself.

    Args:
        forecast: the content of `forecast.json`.
        report: the content of `report.json`, figures included.
    """
    usage = report["usage"].values()
    reality = {
        "accepted_rows": report["rows"]["accepted"],
        "calls": sum(spent["calls"] for spent in usage),
        "prompt_tokens": sum(spent["prompt_tokens"] for spent in usage),
        "completion_tokens": sum(spent["completion_tokens"] for spent in usage),
        # In one session that takes longer than the answers alone; in several it has only the last one's.
        "seconds": max(report["seconds_of_last_session"], report["throughput"]["active_seconds"]),
    }
    if report.get("cost"):
        reality["cost"] = report["cost"]["total"]
    return {
        "compared": {
            name: {
                "forecast": forecast["totals"][name]["estimate"],
                "low": forecast["totals"][name]["low"],
                "high": forecast["totals"][name]["high"],
                "reality": value,
            }
            for name, value in reality.items()
            if name in forecast["totals"]
        },
        "sample": forecast["sample"],
    }
