"""Tells how often a model keeps to the formats of the phases, on a vLLM inside the process.

    python -m examples.tiny_model.measure sysgen-tiny-test-engine

The conversations are made up around topics that `train.py` never uses.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from typing import Any

from examples.tiny_model.conversations import make_conversations
from examples.tiny_model.pairs import run_phases
from sysgen_distilabel.llms import vLLM

Row = dict[str, Any]


def main() -> None:
    """Send held-out conversations through the phases, and print what became of them."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("model")
    parser.add_argument("--conversations", type=int, default=200)
    options = parser.parse_args()
    engine = vLLM(
        model=options.model,
        dtype="float32",
        extra_kwargs={"enforce_eager": True, "kv_cache_memory_bytes": 2**29, "max_num_seqs": 64},
    )
    conversations = make_conversations(options.conversations, seed=1, held_out=True)
    for line in summarise(run_phases(engine, conversations)):
        print(line)


def summarise(rows: list[Row]) -> Iterable[str]:
    """The share of rows that passed each phase."""
    written = [row for row in rows if row.get("phrases")]
    clean = [row for row in written if not row["tag_defects"]]
    judged = [row for row in written if row["outcome"] != "unreadable_verdict"]
    accepted = [row for row in rows if row["outcome"] == "accepted"]
    yield f"system messages with valid phrases: {len(written) / len(rows):.1%}"
    yield f"system messages without any defect: {len(clean) / len(rows):.1%}"
    yield f"readable verdicts: {len(judged) / max(1, len(written)):.1%}"
    yield f"accepted: {len(accepted) / len(rows):.1%} of {len(rows)} conversations"


if __name__ == "__main__":
    main()
