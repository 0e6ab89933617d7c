"""Rows of a finished run, made up by number."""

from sysgen_distilabel.columns import ALL_COLUMNS
from sysgen_distilabel.rows import complete


def make_row(number, turns=1, length=1):
    """An accepted row whose texts say what they are."""
    original, aligned = [], [{"role": "system", "content": f"Be number {number}."}]
    for turn in range(1, turns + 1):
        user = {"role": "user", "content": f"Question {turn} of row {number}?"}
        original += [user, {"role": "assistant", "content": f"Original {turn} of row {number}."}]
        aligned += [
            user,
            {"role": "assistant", "content": f"Aligned {turn} of row {number}." + " word" * length},
        ]
    row = {
        "source_id": f"row-{number}",
        "messages": original,
        "system_message": f"Be number {number}.",
        "aligned_messages": aligned,
        "outcome": "accepted",
    }
    return complete(row, ALL_COLUMNS)


def make_pair(number):
    """A preference pair as it stands in `dataset/preferences`."""
    return {
        "prompt": [
            {"role": "system", "content": f"Be number {number}."},
            {"role": "user", "content": f"Question of row {number}?"},
        ],
        "chosen": [{"role": "assistant", "content": f"I am number {number}."}],
        "rejected": [{"role": "assistant", "content": "I am nobody."}],
        "source_id": f"row-{number}",
        "pair_kind": "original",
        "length_ratio": 1.2,
    }
