"""How often `compare_answers` is right: by kind and language, and on GSM8K rows with answers changed by
program.

Run: `python tests/benchmarks/answers.py [PAIRS.jsonl] [--gsm8k gsm8k.jsonl]`. The pairs default to
`answers.jsonl` beside this file; GSM8K's rows (`question`, `answer`) are not part of the project.
"""

import argparse
import json
import random
import re
import sys
import time
from collections import Counter, defaultdict
from pathlib import Path

from sysgen_distilabel.checks.compare_answers import compare_answers

ROWS_OF_GSM8K = 300
RIGHT = (
    "The answer is: {v}",
    "{steps}\nSo the final answer is {v}.",
    "{steps}",
    "Let me think about it.\n\n{steps}\n\n**{v:,}** is what we were looking for.",
    "That comes to \\boxed{{{v}}}.",
    "Well, partner, I reckon it all adds up to {v}.",
    "{steps}\nTherefore, it is {v:,} in the end. I hope this helps!",
    "Answer: {v}\n\nExplanation:\n{steps}",
)
WRONG = (
    "The answer is: {w}",
    "So it is {w}.",
    "{steps}\nThe answer is {w}.",
    "{steps}\nBut that counts some of them twice, so the result is {w}.",
    "First we get {v}. After taking the rest into account, {w} remain.",
    "At first sight it is {v}; the final answer is \\boxed{{{w}}}.",
)


def main() -> None:
    """Prints the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("pairs", nargs="?", type=Path, default=Path(__file__).with_name("answers.jsonl"))
    parser.add_argument("--gsm8k", type=Path)
    parser.add_argument("--wrong", action="store_true", help="print what was not right")
    chosen = parser.parse_args()
    rows = read_rows(chosen.pairs)
    results = judge(rows)
    for column in ("kind", "language"):
        print_table(column, rows, results)
    if chosen.gsm8k:
        source = read_rows(chosen.gsm8k)
        itself = judge([row_of(source_row, source_row["answer"], "itself", "same") for source_row in source])
        print(f"\nGSM8K, {len(source)} originals against themselves: {Counter(itself)}")
        changed = perturbed(random.Random(7).sample(source, ROWS_OF_GSM8K))
        changed_results = judge(changed)
        print_table("kind", changed, changed_results)
        rows, results = rows + changed, results + changed_results
    if chosen.wrong:
        for row, result in zip(rows, results, strict=True):
            if result != row["expected"]:
                print(json.dumps(row | {"result": result}, ensure_ascii=False))


def read_rows(path: Path) -> list[dict]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def judge(rows: list[dict]) -> list[str]:
    start = time.process_time()
    results = [compare_answers(row["question"], row["original"], row["aligned"]).result for row in rows]
    print(
        f"{len(rows)} pairs, {1000 * (time.process_time() - start) / len(rows):.1f} ms a pair",
        file=sys.stderr,
    )
    return results


def perturbed(source: list[dict]) -> list[dict]:
    """Right answers in other words, wrong ones, and right values in passing with another end."""
    dice, rows = random.Random(3), []
    for row in source:
        steps, _, last = re.sub(r"<<[^>]*>>", "", row["answer"]).rpartition("\n####")
        value = last.strip().replace(",", "")
        if not value.lstrip("-").isdecimal():
            continue
        right = int(value)
        wrong = dice.choice(
            [right + 1, right * 2 + 3, right + 10, max(right - 7, 0) + 2 * (right <= 9) * right + 1]
        )
        wrong += wrong == right
        for kind, templates, expected in (("right", RIGHT, "same"), ("wrong", WRONG, "different")):
            template = dice.choice(templates)
            rows.append(row_of(row, template.format(v=right, w=wrong, steps=steps.strip()), kind, expected))
    return rows


def row_of(source: dict, aligned: str, kind: str, expected: str) -> dict:
    return {
        "question": source["question"],
        "original": source["answer"],
        "aligned": aligned,
        "kind": kind,
        "language": "en",
        "expected": expected,
    }


def print_table(column: str, rows: list[dict], results: list[str]) -> None:
    groups = defaultdict(list)
    for row, result in zip(rows, results, strict=True):
        groups[row[column]].append((row["expected"], result))
    print(f"\n{column:<14} pairs  decided  right of decided  unknown of decidable")
    for name, pairs in [
        *sorted(groups.items()),
        ("all", [pair for group in groups.values() for pair in group]),
    ]:
        decided = [expected == result for expected, result in pairs if result != "unknown"]
        decidable = [result == "unknown" for expected, result in pairs if expected != "unknown"]
        right = f"{sum(decided) / len(decided):.3f}" if decided else "-"
        unknown = f"{sum(decidable) / len(decidable):.3f}" if decidable else "-"
        print(f"{name:<14} {len(pairs):>5}  {len(decided):>7}  {right:>16}  {unknown:>20}")


if __name__ == "__main__":
    main()
