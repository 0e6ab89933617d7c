"""Kills every command all along its way, feeds odd inputs, plants secrets and fuzzes the readers; counts.

    python -m tests.benchmarks.reliability --minutes 10 --output docs/benchmarks/reliability.md

It tries as much as fits into the time, a part for each, and writes what it has tried and what came of it.
"""

import argparse
import json
import os
import platform
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from contextlib import contextmanager
from pathlib import Path

from sysgen_distilabel.errors import BadInput
from sysgen_distilabel.inputs.conversation import to_messages
from sysgen_distilabel.prompts import fence_for
from sysgen_distilabel.replies.annotation import parse_annotated
from sysgen_distilabel.replies.reasoning import UnclearReasoning, strip_reasoning
from sysgen_distilabel.replies.scores import read_score
from sysgen_distilabel.replies.verdicts import read_verdicts
from sysgen_distilabel.secrets import hide_secrets
from sysgen_distilabel.terminal_text import clean
from tests.commands import ROOT
from tests.kill_scenarios import SCENARIOS
from tests.planted_secrets import EVERY

_TAGS = ["<<Role>>", "<</Role>>", "<<Task>>", "<</Task>>", "<<", ">>", "<think>", "</think>", "<<a>>"]
_LABELS = ["Role: Good", "1. **Task** - Bad", "| Role | Good |", '{"Role": "Good"}', '{"a": [', "```json"]
_SIGNS = ["\n", "\r", "\u2028", "\x1b[31m", "\ud800", "\u202e", "~~~~~", "{", "}", "[", '"', "\\", ":", "|"]
_WORDS = ["You are a tutor.", "api_key=abc", "http://u:p@h/v1?sig=1", "Bearer abcdefghij", "你好", "مرحبا"]
_PIECES = [*_TAGS, *_LABELS, *_SIGNS, *_WORDS, "Score: 4", "1", " ", "a"]
_SCALARS = [None, True, 0, -1.5, 10**30, float("nan"), "", " ", "text", "\ud800", "\x00"]
_VALUES = [*_SCALARS, [], {}, [None], {"role": "user"}]


@contextmanager
def kills_under_way(seconds, seed):
    """Every command killed at points all along its way, for so many seconds, beside what else is tried.

    Yields a function that waits for the end, and returns the outcomes and whether the sweep came to its end.
    """
    with tempfile.TemporaryDirectory(prefix="sysgen-kills-") as folder:
        found = Path(folder, "outcomes.jsonl")
        command = [sys.executable, "-m", "tests.kill_sweep", f"{folder}/sweep", "--seed", str(seed)]
        command += ["--points", "1000000", "--seconds", str(seconds)]
        with found.open("wb") as stdout:
            sweep = subprocess.Popen(command, cwd=ROOT, stdout=stdout)

        def wait():
            code = sweep.wait()
            return [json.loads(line) for line in found.read_text().splitlines()], code == 0

        try:
            yield wait
        finally:
            sweep.terminate()
            sweep.wait()


def run_tests(*places):
    """How many of the tests in these files pass and fail."""
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-p",
        "no:cacheprovider",
        "-n",
        "0",
        "--no-header",
        *places,
    ]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    printed = done.stdout.splitlines()
    dots = "".join(line.split("[")[0].strip() for line in printed if line.rstrip().endswith("%]"))
    return Counter(passed=dots.count("."), failed=dots.count("F") + dots.count("E"))


def fuzz(seconds, chance):
    """Odd texts for every reader of replies, for so many seconds: how many, and what they raised."""
    readers = {
        "annotated system message": parse_annotated,
        "annotated system message, repaired": lambda text: parse_annotated(text, repair=True),
        "verdicts": lambda text: read_verdicts(text, ["Role", "Task"]),
        "score": read_score,
        "reasoning": strip_reasoning,
        "secrets": hide_secrets,
        "terminal text": clean,
        "fence": lambda text: None if fence_for([text]) not in text else 1 / 0,
    }
    tried, raised = Counter(), Counter()
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        for name, read in readers.items():
            for _ in range(500):
                text = "".join(chance.choices(_PIECES, k=chance.randrange(12)))
                tried[name] += 1
                try:
                    read(text)
                except UnclearReasoning:
                    continue  # its way to say that a reply is no answer
                except Exception as error:
                    raised[f"{name}: {type(error).__name__}"] += 1
    return tried, raised


def odd_rows(seconds, chance):
    """Rows of every shape for the reader of conversations: read, or rejected with a reason."""
    tried, raised = Counter(), Counter()
    keys = ["messages", "conversations", "role", "from", "content", "value", "question", "answer", "id", "x"]
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        for _ in range(500):
            row = _odd_value(chance, keys, 3)
            row = row if isinstance(row, dict) else {chance.choice(keys): row}
            kind = type(next(iter(row.values()), None)).__name__
            tried[kind] += 1
            try:
                to_messages(row)
            except BadInput:
                continue
            except Exception as error:
                raised[f"{kind}: {type(error).__name__}"] += 1
    return tried, raised


def _odd_value(chance, keys, depth):
    kind = chance.randrange(4 if depth else 1)
    if kind == 1:
        return [_odd_value(chance, keys, depth - 1) for _ in range(chance.randrange(3))]
    if kind >= 2:
        return {chance.choice(keys): _odd_value(chance, keys, depth - 1) for _ in range(chance.randrange(4))}
    return chance.choice(_VALUES)


_FAULTS = ("exit", "lost", "repeated", "left", "missing")
_HEAD = f"""# Reliability

Made by `python -m tests.benchmarks.reliability --minutes {{minutes:g}} --seed {{seed}}`, which tries as
much as fits into the time, on Python {platform.python_version()}, {platform.system()}, {{when}}.
Its two processes shared {os.cpu_count()} cores with other programs: the load average was {{load:.1f}}.

## Kills

Each point is a process of its own that gets SIGKILL at its n-th change of a file or connection, or before
or behind an HTTP request; then the same command runs to its end and is held against an undisturbed run.
Where there are more points than events, the command that goes on has been killed too, at an event that
chance gives, and runs a third time. The processes are forked from one that has run each command before, in
another folder; plots are drawn once for all. Repeated are calls whose reply was recorded, and commits of a
push. The Hub is a local one, Argilla the real server. "At replies" the events are those of all processes
together that a reply of the engine is kept, before and behind it, and all processes are killed at once.

| command | events | points tried | kills | rows lost | calls repeated | files left or missing | not mended |
|---|---|---|---|---|---|---|---|
"""
_SECRETS = """
## Secrets

{kinds} secrets of as many kinds are planted and looked for in every file, log, message, process list and
upload of a run and what is made of it: {passed} tests passed, {failed} failed (one found fails a test).
"""


def write_page(kills, is_whole, secrets, tried, raised, rows, odd, options):
    """The figures as Markdown."""
    page = _HEAD.format(
        minutes=options.minutes, seed=options.seed, when=time.strftime("%Y-%m-%d"), load=os.getloadavg()[0]
    )
    killed = [one for one in kills if one["kills"]]
    for name in SCENARIOS:
        mine = [one for one in killed if one["scenario"] == name]
        page += _row(name, mine[0]["events"] if mine else 0, *_count_kills(mine))
    page += _row("all", "", *_count_kills(killed))
    page += "" if is_whole else "\nThe sweep broke off before its time.\n"
    bad = [one for one in kills if any(one[what] for what in _FAULTS)]
    page += "".join(f"\n- not as it should be: `{json.dumps(one)}`\n" for one in bad)
    page += _SECRETS.format(kinds=len(EVERY), passed=secrets["passed"], failed=secrets["failed"])
    page += "\n## Odd replies\n\n" + _row("reader", "texts tried", "exceptions") + "|---|---|---|\n"
    page += "".join(_row(name, f"{number:,}", _count(raised, name)) for name, number in tried.items())
    page += "\n## Odd rows\n\n" + _row("first value", "rows tried", "exceptions") + "|---|---|---|\n"
    page += "".join(_row(kind, f"{number:,}", _count(odd, kind)) for kind, number in sorted(rows.items()))
    return f"{page}\nIn all {sum(tried.values()) + sum(rows.values()):,} texts and rows.\n"


def _count_kills(outcomes):
    lost, repeated = (sum(abs(one[what]) for one in outcomes) for what in ("lost", "repeated"))
    files = sum(len(one["left"]) + len(one["missing"]) for one in outcomes)
    kills = sum(one["kills"] for one in outcomes)
    return len(outcomes), kills, lost, repeated, files, sum(bool(one["exit"]) for one in outcomes)


def _row(*cells):
    return f"| {' | '.join(map(str, cells))} |\n"


def _count(raised, name):
    return sum(number for what, number in raised.items() if what.startswith(f"{name}: "))


def main():
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # what it has started ends with it
    parser = argparse.ArgumentParser()
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--output", type=Path)
    options = parser.parse_args()
    chance, seconds = random.Random(options.seed), 60 * options.minutes
    with kills_under_way(0.95 * seconds, options.seed) as wait:
        tried, raised = fuzz(0.25 * seconds, chance)
        rows, odd = odd_rows(0.1 * seconds, chance)
        secrets = run_tests("tests/test_planted_secrets.py", "tests/test_secrets.py")
        kills, is_whole = wait()
    page = write_page(kills, is_whole, secrets, tried, raised, rows, odd, options)
    print(page)
    if options.output:
        options.output.write_text(page, encoding="utf-8")


if __name__ == "__main__":
    main()
