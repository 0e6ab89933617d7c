"""What the engines of a run are doing before they have answered: requests in flight, tokens so far."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple

from sysgen_distilabel.errors import StoreError
from sysgen_distilabel.llms.findings import has_vllm
from sysgen_distilabel.recorded.slots import SlotFile
from sysgen_distilabel.recorded.store import SLOTS_FILE
from sysgen_distilabel.serving.serve_metrics import served_metrics

_TIMEOUT: Final = 2.0


class EngineState(NamedTuple):
    """What the engines do right now.

    Attributes:
        in_flight: requests that wait for their answers; `None` if that is not known.
        generated: tokens they have generated since the watch began, those of unfinished answers
            included; `None` if they do not tell.
    """

    in_flight: int | None = None
    generated: float | None = None


UNKNOWN: Final = EngineState()


class EngineWatch:
    """Looks at the slots of a store, and at the metrics of engines that are known to be vLLM servers.

    Args:
        calls: the store.
        limit: how many requests may be in flight.
        addresses: where the engines are.
    """

    def __init__(self, calls: Path, limit: int, addresses: Collection[str]) -> None:
        self._calls = calls
        self._limit = limit
        self._addresses = addresses
        self._before: float | None = None

    @classmethod
    def of_steps(cls, steps: Sequence[Any], calls: Path) -> EngineWatch:
        """The watch for the Tasks of a pipeline.

        Args:
            steps: Steps, some of which have an `llm`.
            calls: the store they share.
        """
        recorded = [step.llm for step in steps if hasattr(step, "llm")]
        limit = max((getattr(llm, "max_concurrency", 0) for llm in recorded), default=0)
        given = [getattr(getattr(llm, "llm", None), "base_url", None) or () for llm in recorded]
        urls = (url for one in given for url in ([one] if isinstance(one, str) else one))
        return cls(calls, limit, dict.fromkeys(map(str, urls)))

    def look(self) -> EngineState:
        """The state now; what cannot be had is left out."""
        return EngineState(self._count_in_flight(), self._count_generated())

    def _count_in_flight(self) -> int | None:
        path = self._calls / SLOTS_FILE
        if not path.exists():
            return None
        try:
            file = SlotFile.open(path)
        except StoreError:
            return None
        try:
            return file.count_taken(self._limit)
        finally:
            file.close()

    def _count_generated(self) -> float | None:
        if not self._addresses or not has_vllm(self._calls):
            return None
        try:
            now = sum(served_metrics(url, _TIMEOUT).generation_tokens for url in self._addresses)
        except (OSError, ValueError):
            return None
        self._before = now if self._before is None else self._before
        return now - self._before
