"""Reads what a vLLM server says about itself at `/metrics`."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from typing import Final

from sysgen_distilabel.serving.local_http import open_local

_SAMPLE: Final = re.compile(r"^vllm:(?P<name>\w+)(?:\{[^}]*\})? (?P<value>\S+)", re.MULTILINE)
_TIMEOUT: Final = 10.0


@dataclass(frozen=True, slots=True)
class ServedMetrics:
    """The state of a server, and its counters since it started; over several engines, their sum.

    Attributes:
        running: requests that are being answered.
        waiting: requests that wait for their turn.
        prompt_tokens: tokens of all prompts so far.
        generation_tokens: tokens generated so far.
        prefix_cache_queries: tokens looked up in the prefix cache so far.
        prefix_cache_hits: those of them that were found.
    """

    running: float = 0.0
    waiting: float = 0.0
    prompt_tokens: float = 0.0
    generation_tokens: float = 0.0
    prefix_cache_queries: float = 0.0
    prefix_cache_hits: float = 0.0

    @property
    def prefix_cache_hit_rate(self) -> float | None:
        """Share of prompt tokens that came from the cache, `None` if none were looked up."""
        return self.prefix_cache_hits / self.prefix_cache_queries if self.prefix_cache_queries else None

    def since(self, earlier: ServedMetrics) -> ServedMetrics:
        """The state now, with the counters of the time since `earlier` alone."""
        return ServedMetrics(
            running=self.running,
            waiting=self.waiting,
            prompt_tokens=self.prompt_tokens - earlier.prompt_tokens,
            generation_tokens=self.generation_tokens - earlier.generation_tokens,
            prefix_cache_queries=self.prefix_cache_queries - earlier.prefix_cache_queries,
            prefix_cache_hits=self.prefix_cache_hits - earlier.prefix_cache_hits,
        )


def served_metrics(base_url: str, timeout: float = _TIMEOUT) -> ServedMetrics:
    """Ask a vLLM server for its metrics.

    Args:
        base_url: its address as for OpenAI clients, with or without `/v1`.
        timeout: seconds to wait for it.

    Raises:
        OSError: if it does not answer, or has no metrics.
    """
    address = base_url.rstrip("/").removesuffix("/v1")
    with open_local(f"{address}/metrics", timeout) as response:
        return read_metrics(response.read().decode())


def read_metrics(text: str) -> ServedMetrics:
    """The metrics in the text format of Prometheus; what is not there is 0."""
    sums: defaultdict[str, float] = defaultdict(float)
    for sample in _SAMPLE.finditer(text):
        sums[sample["name"]] += float(sample["value"])
    return ServedMetrics(
        running=sums["num_requests_running"],
        waiting=sums["num_requests_waiting"],
        prompt_tokens=sums["prompt_tokens_total"],
        generation_tokens=sums["generation_tokens_total"],
        prefix_cache_queries=sums["prefix_cache_queries_total"],
        prefix_cache_hits=sums["prefix_cache_hits_total"],
    )
