"""What the checks cost: CPU time per row with all of them as in `careful` and with none, run in turns.

    python tests/benchmarks/check_cost.py [ROWS] [PAIRS]

Rows are the example conversations over and over, answered by the simulated engine, through the Tasks and
Steps of a run in one process, so that neither distilabel's processes nor an engine is in the figures.
"""

import json
import statistics
import sys
import time
from pathlib import Path

from sysgen_distilabel.checks.check_table import ALL_OFF, CAREFUL, Subject, policies_of
from sysgen_distilabel.llms.simulated import SimulatedLLM
from sysgen_distilabel.steps import CheckPhrases, ComposeSystemMessage, FilterTags, LoadConversations
from sysgen_distilabel.tasks import GenerateAlignedResponse, GenerateSystemMessage, VerifyFunctionalities

EXAMPLES = Path(__file__).parents[2] / "examples" / "data" / "mixed.jsonl"


def make_steps(checks):
    """The phases of a run, with these policies."""
    replies = {name: policy.value for name, policy in policies_of(checks, Subject.REPLIES).items()}
    steps = [
        GenerateSystemMessage(llm=SimulatedLLM(), checks=replies),
        FilterTags(),
        *([CheckPhrases(checks=checks)] if policies_of(checks, Subject.PHRASES) else []),
        VerifyFunctionalities(llm=SimulatedLLM(), checks=replies),
        ComposeSystemMessage(),
        GenerateAlignedResponse(llm=SimulatedLLM(), checks=replies),
    ]
    for step in steps:
        step.load()
    return steps


def measure(steps, rows):
    """CPU milliseconds per row of each step, by its class."""
    spent = {}
    for step in steps:
        started = time.process_time()
        rows = next(step.process(rows))
        spent[type(step).__name__] = 1000 * (time.process_time() - started) / len(rows)
    return spent


def main(number=400, pairs=5):
    texts = [json.loads(line) for line in EXAMPLES.read_text(encoding="utf-8").splitlines()]
    loader = LoadConversations(dataset=[texts[n % len(texts)] for n in range(number)], batch_size=number)
    loader.load()
    rows, _ = next(loader.process())
    found = {"off": [], "careful": []}
    ways = {"off": make_steps(ALL_OFF), "careful": make_steps(CAREFUL)}
    for _ in range(pairs + 1):
        for name, steps in ways.items():
            found[name].append(measure(steps, [dict(row) for row in rows]))
    totals = {name: [sum(spent.values()) for spent in runs[1:]] for name, runs in found.items()}
    for name, runs in found.items():
        parts = {step: round(statistics.median(run[step] for run in runs[1:]), 3) for step in runs[0]}
        print(f"{name}: {statistics.median(totals[name]):.2f} ms of CPU per row", parts)
    ratios = [on / off for on, off in zip(totals["careful"], totals["off"], strict=True)]
    print(f"careful / off: {statistics.median(ratios):.2f} ({min(ratios):.2f} to {max(ratios):.2f})")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
