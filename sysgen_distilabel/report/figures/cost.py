"""What a run cost: tokens and money, per Task and per accepted row; never without a price given."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Prices:
    """What the engine costs, in one currency of the user's choice.

    Attributes:
        per_million_in: price of a million prompt tokens.
        per_million_out: price of a million generated tokens.
        per_gpu_hour: price of an hour of the machine the engine runs on.
    """

    per_million_in: float | None = None
    per_million_out: float | None = None
    per_gpu_hour: float | None = None

    @property
    def given(self) -> bool:
        """Whether there is any."""
        return any(price is not None for price in asdict(self).values())

    def of_tokens(self, prompt_tokens: float, completion_tokens: float) -> float:
        """What so many tokens cost."""
        millions_in, millions_out = prompt_tokens / 1e6, completion_tokens / 1e6
        return millions_in * (self.per_million_in or 0) + millions_out * (self.per_million_out or 0)

    def of_seconds(self, seconds: float) -> float:
        """What the machine costs for so long."""
        return seconds / 3600 * (self.per_gpu_hour or 0)


def add_up_cost(
    usage: Mapping[str, Mapping[str, int]], accepted: int, seconds: float, prices: Prices
) -> dict[str, Any]:
    """Tokens per accepted row and, where prices are given, money in all, per Task and per accepted row.

    Args:
        usage: what each Task has asked, as in `report.json`.
        accepted: number of accepted rows.
        seconds: how long the engine was at work.
        prices: what it costs.
    """
    tokens = {
        name: sum(spent[name] for spent in usage.values()) for name in ("prompt_tokens", "completion_tokens")
    }
    calls = sum(spent["calls"] for spent in usage.values())
    per_row = {
        name: round(number / accepted, 2) if accepted else None
        for name, number in {"calls": calls, **tokens, "seconds": seconds}.items()
    }
    summary: dict[str, Any] = {"per_accepted_row": per_row}
    if prices.given:
        by_task = {
            task: round(prices.of_tokens(spent["prompt_tokens"], spent["completion_tokens"]), 6)
            for task, spent in usage.items()
        }
        machine = prices.of_seconds(seconds)
        total = sum(by_task.values()) + machine
        summary["cost"] = {
            "prices": asdict(prices),
            "total": round(total, 6),
            "machine": round(machine, 6),
            "tokens_of": by_task,
            "per_accepted_row": round(total / accepted, 8) if accepted else None,
        }
    return summary
