"""Measures `find_leaks` on labelled phrases: precision and recall by language and by kind, and rows a minute.

Run `python tests/benchmarks/leaks.py [FILE ...] [--wrong]`. Of the files beside this one, `leaks.jsonl` is
what the check was tuned by and `leaks_held_out.jsonl` was written after that; see `leaks.md`.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from pathlib import Path
from time import process_time
from typing import Any

from sysgen_distilabel.checks.leaks import find_leaks

HERE = Path(__file__).parent
FILES = (HERE / "leaks.jsonl", HERE / "leaks_held_out.jsonl")


def read_rows(path: Path) -> list[dict[str, Any]]:
    """The conversations of a file, each with its labelled phrases."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def judge(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Every phrase with its label and with the kinds and evidence that were found."""
    judged = []
    for row in rows:
        leaks = find_leaks(row["phrases"], row["messages"])
        for index, phrase in enumerate(row["phrases"]):
            found = [(leak.kind.value, leak.evidence) for leak in leaks if leak.phrase == index]
            judged.append({**phrase, "language": row["language"], "found": found})
    return judged


def share(part: int, whole: int) -> str:
    """A share to two decimals with its counts."""
    return f"{part / whole:.2f} ({part}/{whole})" if whole else "-"


def summarise(judged: list[dict[str, Any]], key: str) -> None:
    """Print precision and recall by language, or recall by the kind that was written."""
    for value in sorted({phrase[key] for phrase in judged}):
        part = [phrase for phrase in judged if phrase[key] == value]
        counts = Counter((bool(phrase["leak"]), bool(phrase["found"])) for phrase in part)
        hit, missed, false = counts[True, True], counts[True, False], counts[False, True]
        name = value or "no leak"
        precision, recall = share(hit, hit + false), share(hit, hit + missed)
        print(f"  {name:12} precision {precision:16} recall {recall:16} of {len(part)}")


def main() -> None:
    """Print the figures of each file."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", type=Path, nargs="*", default=[path for path in FILES if path.exists()])
    parser.add_argument("--wrong", action="store_true", help="show the phrases that were judged wrongly")
    options = parser.parse_args()
    for path in options.files:
        rows = read_rows(path)
        judged = [{**phrase, "all": "all"} for phrase in judge(rows)]
        print(f"{path.name}: {len(rows)} conversations, {len(judged)} phrases")
        for key in ("all", "language", "leak"):
            summarise(judged, key)
        for phrase in judged:
            if options.wrong and bool(phrase["leak"]) != bool(phrase["found"]):
                print("  wrong:", phrase["language"], phrase["leak"] or "-", phrase["text"], phrase["found"])
        started = process_time()
        for _ in range(5):
            judge(rows)
        print(f"  {5 * len(rows) / (process_time() - started) * 60:,.0f} rows a minute and core\n")


if __name__ == "__main__":
    main()
