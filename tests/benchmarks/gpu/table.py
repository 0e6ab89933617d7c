"""Makes a table of what `prove_on_gpu` has written: shares of followed messages with intervals, arm by arm.

python -m tests.benchmarks.gpu.table OUTPUT
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from statistics import fmean
from typing import Any

from sysgen_distilabel.export.arms import Arm
from sysgen_distilabel.measures.intervals import Estimate, estimate_mean
from tests.benchmarks.gpu.arms import Row, read_rows

_AGAINST = Arm.NONE.value
_ROLES = ("native", "folded")

Shares = Mapping[str, Mapping[str, float]]
"""By arm and prompt: the share of the seeds whose answer fulfils every constraint."""


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
    groups = sorted({each["group"] for each in responses} - {""}, reverse=True)
    for role in _ROLES:
        for group in ("", *groups):
            of_role = [each for each in responses if each["system_role"] == role]
            shares = _share([each for each in of_role if group in ("", each["group"])])
            for arm in shares:
                seeds = len({each["seed"] for each in of_role if each["arm"] == arm})
                followed = _percent(estimate_mean(shares[arm].values()))
                against = _difference(shares, arm)
                yield f"| {role} | {group or 'all'} | {arm} | {seeds} | {followed} | {against} |"


def _share(responses: Sequence[Row]) -> Shares:
    verdicts: dict[str, dict[str, list[bool]]] = {}
    for each in responses:
        prompts = verdicts.setdefault(each["arm"], {})
        prompts.setdefault(each["source_id"], []).append(each["followed"])
    return {arm: {key: fmean(seeds) for key, seeds in prompts.items()} for arm, prompts in verdicts.items()}


def _difference(shares: Shares, arm: str) -> str:
    if arm == _AGAINST or _AGAINST not in shares:
        return ""
    pairs = [(share, shares[_AGAINST][key]) for key, share in shares[arm].items()]
    return _percent(estimate_mean(ours - theirs for ours, theirs in pairs), "+")


def _percent(estimate: Estimate, sign: str = "") -> str:
    mean, low, high = (100 * (value or 0.0) for value in (estimate.mean, estimate.low, estimate.high))
    return f"{mean:{sign}.1f} ({low:{sign}.1f} to {high:{sign}.1f})"


if __name__ == "__main__":
    main()
