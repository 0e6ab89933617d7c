"""Makes a table of what `prove_on_gpu` has written: shares of followed messages with intervals, arm by arm.

python -m tests.benchmarks.gpu.table OUTPUT
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from sysgen_distilabel.export.arms import Arm
from sysgen_distilabel.workflows.prove.comparison import Graded, compare_arms, to_percent
from tests.benchmarks.gpu.arms import Row, read_rows

_AGAINST = Arm.NONE.value


def main() -> None:
    """Print the table and what it is of."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("output", type=Path)
    options = parser.parse_args()
    results = json.loads((options.output / "results.json").read_text(encoding="utf-8"))
    print("\n".join(describe(results, read_rows(options.output / "responses.jsonl.gz"))))


def describe(results: Mapping[str, Any], responses: Sequence[Row]) -> Iterator[str]:
    """The lines of the table; differences are of the same prompts, and are drawn anew prompt by prompt."""
    yield f"{results['environment']}, {results['seconds']:.0f} s"
    if stopped := results.get("stopped_before"):
        yield f"The time was over before {stopped}."
    yield ""
    yield "| system message | rules | arm | seeds | followed | against `none` |"
    yield "|---|---|---|--:|--:|--:|"
    for line in compare_arms(map(_grade, responses), _AGAINST):
        against = to_percent(line.against.estimate, "+") if line.against else ""
        place = f"{line.role} | {line.group or 'all'} | {line.arm} | {len(line.seeds)}"
        yield f"| {place} | {to_percent(line.followed)} | {against} |"


def _grade(row: Row) -> Graded:
    place = (row["arm"], row["seed"], "held out", row["system_role"], row["source_id"])
    return Graded(*place, score=float(row["followed"]), group=row["group"])


if __name__ == "__main__":
    main()
