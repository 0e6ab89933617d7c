"""Lengths of conversations, system messages and responses: exact, for every accepted row."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from sysgen_distilabel.columns import ALIGNED_MESSAGES, MESSAGES, SYSTEM_MESSAGE

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa

_BINS: Final = 40
_PERCENTILES: Final = (10, 50, 90, 99)


class LengthFigures:
    """Adds up lengths in characters, batch by batch.

    A response is all the assistant says in a conversation.
    """

    def __init__(self) -> None:
        self._found: dict[str, list[np.ndarray]] = {}

    def add(self, batch: pa.RecordBatch) -> None:
        """Measure a batch of accepted rows."""
        import pyarrow.compute as pc

        turns, original = measure_messages(batch.column(MESSAGES))
        _, aligned = measure_messages(batch.column(ALIGNED_MESSAGES))
        system = pc.utf8_length(batch.column(SYSTEM_MESSAGE)).to_numpy(zero_copy_only=False)
        measured = {
            "system_message": system,
            "original_response": original,
            "aligned_response": aligned,
            "turns": turns,
        }
        for name, values in measured.items():
            self._found.setdefault(name, []).append(values)

    def summarise(self) -> dict[str, Any]:
        """Mean, percentiles and histogram of each; empty if there was no row."""
        import numpy as np

        if not self._found:
            return {}
        lengths = {name: np.concatenate(parts) for name, parts in self._found.items()}
        summary = {name: summarise_numbers(values) for name, values in lengths.items()}
        ratio = lengths["aligned_response"] / np.maximum(lengths["original_response"], 1)
        summary["response_ratio"] = summarise_numbers(ratio)
        return summary


def measure_messages(messages: pa.ListArray) -> tuple[np.ndarray, np.ndarray]:
    """Of each conversation, how many turns the user has and how many characters the assistant says."""
    import numpy as np
    import pyarrow.compute as pc

    rows = pc.list_parent_indices(messages).to_numpy()
    entries = messages.flatten()
    role = pc.struct_field(entries, "role")
    characters = pc.utf8_length(pc.struct_field(entries, "content")).to_numpy(zero_copy_only=False)
    answers = pc.equal(role, "assistant").to_numpy(zero_copy_only=False)
    turns = pc.equal(role, "user").to_numpy(zero_copy_only=False)
    said = np.bincount(rows[answers], weights=characters[answers], minlength=len(messages))
    return np.bincount(rows[turns], minlength=len(messages)), said.astype(np.int64)


def summarise_numbers(values: np.ndarray) -> dict[str, Any]:
    """Mean, percentiles, extremes, and a histogram that ends at the 99th percentile."""
    import numpy as np

    percentiles = np.percentile(values, _PERCENTILES)
    top = max(percentiles[-1], values.min() + 1e-9)
    counts, edges = np.histogram(values[values <= top], bins=_BINS)
    return {
        "mean": _round(values.mean()),
        "least": _round(values.min()),
        **{f"p{p}": _round(value) for p, value in zip(_PERCENTILES, percentiles, strict=True)},
        "greatest": _round(values.max()),
        "histogram": {"edges": [_round(edge) for edge in edges], "counts": [int(count) for count in counts]},
    }


def _round(number: Any) -> float:
    return round(float(number), 3)
