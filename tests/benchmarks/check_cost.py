"""What the checks cost: CPU time per row and memory of `sysgen run` with none of them and with all on `mark`.

    python -m tests.benchmarks.check_cost [--rows 10000] [--pairs 1] [--data CONVERSATIONS.jsonl]

The two run in turns, with the simulated engine at latency 0. Rows are the example conversations over and
over, each with another number in it, unless other data is given; what the start of a run costs is measured
with a tenth of the rows and taken off. Memory is the PSS of all processes, at a fifth of the run and at its
peak.
"""

import argparse
import json
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from sysgen_distilabel.checks.check_table import CHECKS, Subject
from tests.benchmarks.scale import cost_of_tree

SYSGEN = Path(sys.executable).with_name("sysgen")
EXAMPLES = Path(__file__).parents[2] / "examples" / "data" / "mixed.jsonl"
CODE_ALONE = [name for name, check in CHECKS.items() if check.subject is not Subject.JUDGED_RESPONSES]
OF_PHRASES = [name for name, check in CHECKS.items() if check.subject is Subject.PHRASES]
WAYS = {"off": [], "phrases": OF_PHRASES, "all": CODE_ALONE}


def write_rows(source, target, number):
    """So many rows out of a file, each its own."""
    lines = source.read_text(encoding="utf-8").splitlines()
    with target.open("w", encoding="utf-8") as file:
        for row in range(number):
            values = json.loads(lines[row % len(lines)])
            if row >= len(lines):
                values = json.loads(json.dumps(values).replace('"id": "', f'"id": "{row}-', 1))
                values.setdefault("id", f"row-{row}")
            file.write(json.dumps(values) + "\n")


def run(source, rows, marked, folder):
    """CPU seconds of a run, and the megabytes it took early and at most."""
    output = folder / "run"
    shutil.rmtree(output, ignore_errors=True)
    policies = [f"{name}={'mark' if name in marked else 'off'}" for name in CODE_ALONE]
    checks = [word for policy in policies for word in ("--check", policy)]
    command = [SYSGEN, "run", source, "--output", output, "--llm", "simulated", "--llm-arg", "latency=0"]
    process = subprocess.Popen(
        [*map(str, command), "--quiet", "--limit", str(rows), *checks], stdout=subprocess.DEVNULL
    )
    cpu, memory = 0.0, []
    while process.poll() is None:
        spent, pss = cost_of_tree(process.pid)
        cpu, memory = max(cpu, spent), [*memory, pss]
        time.sleep(0.2)
    assert process.returncode == 0, marked
    return cpu, memory[len(memory) // 5] >> 20, max(memory) >> 20


def main():
    """Measure and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=10_000)
    parser.add_argument("--pairs", type=int, default=1)
    parser.add_argument("--data", type=Path, default=EXAMPLES)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        source = folder / "rows.jsonl"
        write_rows(given.data, source, given.rows)
        found = {way: [] for way in WAYS}
        for _ in range(given.pairs):
            for way, marked in WAYS.items():
                few = run(source, given.rows // 10, marked, folder)
                many = run(source, given.rows, marked, folder)
                per_row = 1000 * (many[0] - few[0]) / (given.rows - given.rows // 10)
                found[way].append((many[0], per_row, few[2], *many[1:]))
    print(
        "| on `mark` | CPU s | ms per row | against off | MB at most, a tenth of the rows | early | at most |"
    )
    print("|---|---:|---:|---:|---:|---:|---:|")
    base = statistics.median(numbers[1] for numbers in found["off"])
    for way, runs in found.items():
        cpu, per_row, *memory = (statistics.median(column) for column in zip(*runs, strict=True))
        cells = (f"{cpu:.1f}", f"{per_row:.2f}", f"{per_row / base - 1:+.0%}", *map(str, memory))
        print(f"| {way} | {' | '.join(cells)} |")


if __name__ == "__main__":
    main()
