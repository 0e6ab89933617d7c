"""How often the compiler is right: precision and coverage on phrases by language, and every verifier's proof.

Run: `python tests/benchmarks/constraint_phrases.py [PHRASES.jsonl] [--wrong]`. A row has a `language`, a
`phrase` and its `constraints`, empty for a phrase that must give none. The phrases were written before the
rules had seen them, except that rules were then mended where they were wrong or blind; a figure for
phrases nobody has mended the rules for needs a file of your own.
"""

import argparse
import json
from collections import Counter, defaultdict
from pathlib import Path

from sysgen_distilabel.constraints.compile import compile_constraints
from sysgen_distilabel.constraints.proof import find_flaw

PHRASES = Path(__file__).with_name("constraint_phrases.jsonl")


def main() -> None:
    """Prints the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("phrases", nargs="?", type=Path, default=PHRASES)
    parser.add_argument("--wrong", action="store_true", help="print the phrases that were not read right")
    chosen = parser.parse_args()
    counts: defaultdict[str, Counter[str]] = defaultdict(Counter)
    verifiers: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for row in read_rows(chosen.phrases):
        found = compile_constraints(row["phrase"])
        result = judge(row, [(constraint.verifier, dict(constraint.arguments)) for constraint in found])
        for name in (row["language"], "all"):
            counts[name][result] += 1
            counts[name]["checkable" if row["constraints"] else "not checkable"] += 1
        for constraint in found:
            verifiers[constraint.verifier][find_flaw(constraint) or "proven"] += 1
        if chosen.wrong and result in ("missed", "wrong"):
            print(f"{result}: {row['phrase']} -> {found}")
    print("\n| language | checkable | compiled | right | precision | coverage | not checkable | left alone |")
    print("|---|---|---|---|---|---|---|---|")
    for language, tally in counts.items():
        print(f"| {language} | {' | '.join(line_of(tally))} |")
    print("\n| verifier | constraints | follow passes and violation fails |\n|---|---|---|")
    for verifier, proofs in sorted(verifiers.items()):
        print(f"| `{verifier}` | {proofs.total()} | {proofs['proven']} |")


def read_rows(file: Path) -> list[dict]:
    """The rows of a file of lines."""
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]


def judge(row: dict, found: list) -> str:
    """What became of a phrase: `right`, `missed`, `alone` (rightly without a constraint) or `wrong`."""
    wanted = [(entry["verifier"], entry["arguments"]) for entry in row["constraints"]]
    if not found:
        return "missed" if wanted else "alone"
    return "right" if sorted(found, key=str) == sorted(wanted, key=str) else "wrong"


def line_of(tally: Counter) -> list[str]:
    """The cells of one line: wrong ones count among the compiled, whatever they were."""
    right, compiled = tally["right"], tally["right"] + tally["wrong"]
    precision = f"{right / compiled:.3f}" if compiled else "-"
    coverage = f"{right / tally['checkable']:.3f}" if tally["checkable"] else "-"
    cells = [tally["checkable"], compiled, right, precision, coverage, tally["not checkable"], tally["alone"]]
    return [str(cell) for cell in cells]


if __name__ == "__main__":
    main()
