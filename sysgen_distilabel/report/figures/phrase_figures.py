"""Counts phrases by functionality and verdict, and the combinations that make up system messages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from sysgen_distilabel.functionalities import FUNCTIONALITIES, Verdict, is_kept

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa

_NAMES: Final = [str(functionality) for functionality in FUNCTIONALITIES]
_VERDICTS: Final = ["", *(str(verdict) for verdict in Verdict)]
_KEPT: Final = [number for number, verdict in enumerate(_VERDICTS) if is_kept(verdict)]
_MOST_COMBINATIONS: Final = 12


class PhraseFigures:
    """Adds up the column `phrases`, batch by batch."""

    def __init__(self) -> None:
        import numpy as np

        self._rows_with_phrases = 0
        self._phrases = np.zeros((len(_NAMES), len(_VERDICTS)), dtype=np.int64)
        self._rows_tagged = np.zeros(len(_NAMES), dtype=np.int64)
        self._rows_kept = np.zeros(len(_NAMES), dtype=np.int64)
        self._combinations = np.zeros(1 << len(_NAMES), dtype=np.int64)

    def add(self, phrases: pa.ListArray, accepted: bool) -> None:
        """Count the phrases of a batch of rows that are all accepted or all rejected."""
        import numpy as np
        import pyarrow.compute as pc

        rows = pc.list_parent_indices(phrases).to_numpy()
        entries = phrases.flatten()
        kind = _find(pc.struct_field(entries, "functionality"), _NAMES)
        verdict = _find(pc.struct_field(entries, "verdict"), _VERDICTS)
        np.add.at(self._phrases, (kind, verdict), 1)
        tagged = self._mark(len(phrases), rows, kind)
        self._rows_with_phrases += int(tagged.any(axis=1).sum())
        self._rows_tagged += tagged.sum(axis=0)
        if accepted:
            kept = np.isin(verdict, _KEPT)
            marks = self._mark(len(phrases), rows[kept], kind[kept])
            self._rows_kept += marks.sum(axis=0)
            codes = marks @ (1 << np.arange(len(_NAMES)))
            self._combinations += np.bincount(codes, minlength=len(self._combinations))

    def summarise(self) -> dict[str, Any]:
        """The counts for JSON: `functionalities`, `combinations` and how many rows they are of."""
        functionalities = {}
        for number, name in enumerate(_NAMES):
            counts = dict(zip(_VERDICTS, map(int, self._phrases[number]), strict=True))
            functionalities[name] = {
                "rows": int(self._rows_tagged[number]),
                "accepted_rows": int(self._rows_kept[number]),
                "phrases": sum(counts.values()),
                "good": counts[Verdict.GOOD],
                "bad": counts[Verdict.BAD],
                "none": counts[Verdict.NONE],
                "unverified": counts[""],
            }
        return {
            "rows_with_phrases": self._rows_with_phrases,
            "functionalities": functionalities,
            "combinations": self._most_frequent_combinations(),
            "different_combinations": int((self._combinations > 0).sum()),
        }

    def _most_frequent_combinations(self) -> list[dict[str, Any]]:
        order = sorted(range(len(self._combinations)), key=lambda code: (-self._combinations[code], code))
        return [
            {
                "functionalities": [name for bit, name in enumerate(_NAMES) if code >> bit & 1],
                "rows": int(self._combinations[code]),
            }
            for code in order[:_MOST_COMBINATIONS]
            if self._combinations[code]
        ]

    @staticmethod
    def _mark(number: int, rows: np.ndarray, kinds: np.ndarray) -> np.ndarray:
        """For each row, whether it has each functionality."""
        import numpy as np

        marks = np.zeros((number, len(_NAMES)), dtype=bool)
        marks[rows, kinds] = True
        return marks


def _find(values: pa.Array, names: list[str]) -> np.ndarray:
    import pyarrow as pa
    import pyarrow.compute as pc

    found: np.ndarray = pc.index_in(values, value_set=pa.array(names)).to_numpy(zero_copy_only=False)
    return found
