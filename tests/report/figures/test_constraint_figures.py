"""Constraints and what breaks them are a recount of the columns, and stand in report and card of a run."""

import json

import pyarrow as pa
import pyarrow.parquet as pq

from sysgen_distilabel.columns import BROKEN_CONSTRAINTS, CONSTRAINTS, OUTCOME, arrow_types
from sysgen_distilabel.report.figures.constraint_figures import collect_constraint_figures
from sysgen_distilabel.report.page.check_tables import tabulate_constraints
from tests.commands import ROOT, sysgen

COMMAS, WORDS = "punctuation:no_comma", "length_constraints:number_words"


def row(outcome, asked=(), broken=()):
    return {
        OUTCOME: outcome,
        CONSTRAINTS: [{"verifier": name, "arguments": "{}", "phrase": name} for name in asked],
        BROKEN_CONSTRAINTS: [{"turn": turn, "verifier": name, "phrase": name} for turn, name in broken],
    }


ROWS = {
    "accepted": [
        row("accepted", [COMMAS, COMMAS, WORDS], [(1, COMMAS), (2, COMMAS)]),
        row("accepted", [COMMAS]),
        row("accepted"),
    ],
    "rejected": [
        row("broken_constraint", [WORDS], [(1, WORDS)]),
        row("wrong_answer", [WORDS]),  # lost before or behind the check: nobody can tell
    ],
}


def test_a_row_counts_once_for_each_verifier(tmp_path):
    types = arrow_types()
    schema = pa.schema([(name, types[name]) for name in (OUTCOME, CONSTRAINTS, BROKEN_CONSTRAINTS)])
    for subset, rows in ROWS.items():
        (tmp_path / subset).mkdir()
        pq.write_table(pa.Table.from_pylist(rows, schema), tmp_path / subset / "0.parquet")
    found = collect_constraint_figures(tmp_path)
    assert found == {
        "rows": 3,
        "broken": 2,
        "by_verifier": {WORDS: {"rows": 2, "broken": 1}, COMMAS: {"rows": 2, "broken": 1}},
    }
    assert tabulate_constraints(found) == [[WORDS, "2", "50.0 %", "1"], [COMMAS, "2", "50.0 %", "1"]]


def test_a_run_without_constraints_has_no_figures(tmp_path):
    assert collect_constraint_figures(tmp_path) == {}
    assert tabulate_constraints({}) == []


def test_report_and_card_say_how_many_rows_break_theirs(tmp_path):
    settings = tmp_path / "constraints.yaml"
    settings.write_text("constraints: mark\nllm_args: {latency: 0}\n")
    data, run = ROOT / "examples" / "data" / "mixed.jsonl", tmp_path / "run"
    done = sysgen("run", data, "--output", run, "--llm", "simulated", "--config", settings, "--quiet")
    assert done.returncode == 0, done.stderr
    found = json.loads((run / "report.json").read_text())["constraints"]
    assert 0 < found["rows"] <= sum(counts["rows"] for counts in found["by_verifier"].values())
    said = f"{found['rows']} rows, accepted or rejected for it,"
    for page in ("report.html", "dataset/README.md"):
        text = (run / page).read_text()
        assert said in text and all(name in text for name in found["by_verifier"])
