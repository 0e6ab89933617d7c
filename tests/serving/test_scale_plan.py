"""The GPU-hours in docs/scale.md follow from its formula, and its prompts are as long as ours."""

import re

import pytest

from sysgen_distilabel.llms.simulated import SimulatedLLM
from sysgen_distilabel.tasks import GenerateAlignedResponse, GenerateSystemMessage, VerifyFunctionalities
from tests.benchmarks.paper_rows import PAPER_ROWS, SOURCES
from tests.commands import ROOT

PLAN = (ROOT / "docs" / "scale.md").read_text(encoding="utf-8")
RATES = {"8B": 6_443, "14B": 4_549}
H200 = 1.16
QUESTION, ANSWER = (
    round(sum(row[0] * row[column] for row in SOURCES.values()) / PAPER_ROWS) for column in (1, 2)
)
PHRASES = [
    {"functionality": name, "text": "x" * 70, "verdict": ""}
    for name in ("Role", "Content", "Task", "Action", "Style", "Background")
]
MESSAGES = [
    {"role": "user", "content": "q" * QUESTION},
    {"role": "assistant", "content": "a" * ANSWER},
]


def rows_of(heading):
    """The cells of the table under a line that begins with the heading."""
    lines = PLAN[PLAN.index(heading) :].splitlines()[2:]
    cells = []
    for line in lines:
        if not line.startswith("|"):
            return cells
        cells.append([cell.strip(" *h") for cell in line.strip("|").split("|")])
    return cells


def test_the_lengths_are_those_of_the_table_of_the_paper():
    assert f"questions of {QUESTION},\nanswers of {ANSWER} characters" in PLAN
    assert f"{PAPER_ROWS:,}" in PLAN


@pytest.mark.parametrize(
    ("number", "task", "row"),
    [
        (0, GenerateSystemMessage, {"messages": MESSAGES}),
        (1, VerifyFunctionalities, {"messages": MESSAGES, "phrases": PHRASES}),
        (2, GenerateAlignedResponse, {"messages": MESSAGES, "system_message": "s" * 6 * 70}),
    ],
)
def test_the_prompts_are_as_long_as_stated(number, task, row):
    prompt = task(llm=SimulatedLLM()).format_input(row)
    characters = sum(len(message["content"]) for message in prompt)
    _, same, own, _ = rows_of("| phase")[number]
    assert int(same) + int(own) == pytest.approx(characters / 4, rel=0.1)


def test_the_hours_follow_from_the_formula():
    tokens = int(rows_of("| phase")[-1][3])
    table = rows_of("| model, GPU")
    assert len(table) == 4
    for name, aimed, one, eight, many, poor in table:
        model, gpu = name.split(", ")
        rate = RATES[model] * (H200 if gpu == "H200" else 1)
        assert f"{RATES[model]:,}" in PLAN and str(H200) in PLAN
        for share, stated, gpus in (
            (0.85, aimed, 1),
            (0.85, one, 1),
            (0.85, eight, 8),
            (0.85, many, 32),
            (0.44, poor, 1),
        ):
            digits = len(re.sub(r"^\d+\.?", "", stated))
            hours = PAPER_ROWS * tokens / (rate * share * 3600) / gpus
            assert float(stated) == pytest.approx(hours, abs=0.51 * 10**-digits), (name, gpus)
