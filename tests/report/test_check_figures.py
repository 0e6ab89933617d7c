"""The figures of the checks are a recount of the columns, and stand in the report and the card of a run."""

import json
from collections import Counter

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from sysgen_distilabel.checks.check_table import CHECKS
from sysgen_distilabel.columns import ALIGNMENT_JUDGEMENTS, ANSWER_COMPARISONS, CHECKED, FINDINGS, arrow_types
from sysgen_distilabel.report.figures.check_figures import collect_check_figures
from sysgen_distilabel.report.page.check_tables import tabulate_checks


def finding(check, action, functionality="", phase=1, kind="x"):
    return {
        "check": check, "phase": phase, "functionality": functionality, "phrase": "", "turn": 0,
        "kind": kind, "evidence": "", "action": action,
    }  # fmt: skip


ACCEPTED = [
    (["loops", "copies"], [finding("copies", "dropped", "Role"), finding("copies", "dropped", "Style")]),
    (["loops", "copies"], [finding("loops", "marked", phase=4)]),
    (["loops"], []),
]
REJECTED = [(["loops", "copies"], [finding("copies", "rejected", "Role")]), ([], [])]


@pytest.fixture
def dataset(tmp_path):
    types = arrow_types()
    schema = pa.schema([(name, types[name]) for name in (CHECKED, FINDINGS)])
    for subset, rows in (("accepted", ACCEPTED), ("rejected", REJECTED)):
        (tmp_path / subset).mkdir()
        content = [{CHECKED: checked, FINDINGS: findings} for checked, findings in rows]
        pq.write_table(pa.Table.from_pylist(content, schema), tmp_path / subset / "0.parquet")
    return tmp_path


def test_every_figure_is_a_recount(dataset):
    figures = collect_check_figures(dataset)
    assert list(figures) == ["loops", "copies"]
    assert {name: counts["rows"] for name, counts in figures.items()} == {"loops": 4, "copies": 3}
    copies, loops = figures["copies"], figures["loops"]
    assert (copies["findings"], copies["rows_with_findings"], copies["dropped"], copies["rejected"]) == (
        3,
        2,
        2,
        1,
    )
    assert copies["by_functionality"] == {"Role": {"dropped": 1, "rejected": 1}, "Style": {"dropped": 1}}
    assert copies["by_phase"] == {"1": {"dropped": 2, "rejected": 1}}
    assert (loops["accepted_rows"], loops["accepted_rows_with_marks"]) == (3, 1)
    assert loops["by_phase"] == {"4": {"marked": 1}}


def test_what_a_judge_was_asked_is_counted_apart(tmp_path):
    types = arrow_types()
    schema = pa.schema([(name, types[name]) for name in (CHECKED, FINDINGS, ANSWER_COMPARISONS)])
    base = {"turn": 1, "kind": "text", "original": "", "aligned": ""}
    compared = [("unknown", ""), ("same", ""), ("same", "m"), ("different", "m"), ("unknown", "m")]
    entries = [{**base, "result": result, "judge": judge} for result, judge in compared]
    row = {CHECKED: ["answers"], FINDINGS: [], ANSWER_COMPARISONS: entries}
    (tmp_path / "accepted").mkdir()
    pq.write_table(pa.Table.from_pylist([row], schema), tmp_path / "accepted" / "0.parquet")
    assert collect_check_figures(tmp_path)["answers"]["compared"] == {
        "text, asked of a judge": {"same": 1, "different": 1, "unknown": 1},
        "text": {"same": 1, "different": 0, "unknown": 1},
    }


def test_a_dataset_that_no_check_has_looked_at_has_no_figures(tmp_path):
    assert collect_check_figures(tmp_path) == {}
    assert tabulate_checks({}) == {
        "checks": [], "comparisons": [], "verdicts": [], "findings": []
    }  # fmt: skip


def test_verdicts_on_accepted_rows_are_counted_with_those_that_say_nothing(tmp_path):
    types = arrow_types()
    schema = pa.schema([(name, types[name]) for name in (CHECKED, FINDINGS, ALIGNMENT_JUDGEMENTS)])
    said = ["aligned", "aligned", "unknown", "unreadable", "not_aligned"]
    judged = [
        {"response": "aligned", "functionality": "Style", "verdict": verdict, "judge": "x", "detail": ""}
        for verdict in said
    ]
    rows = [{CHECKED: ["alignment"], FINDINGS: [], ALIGNMENT_JUDGEMENTS: [one]} for one in judged]
    (tmp_path / "accepted").mkdir()
    pq.write_table(pa.Table.from_pylist(rows, schema), tmp_path / "accepted" / "0.parquet")

    found = collect_check_figures(tmp_path)

    assert found["alignment"]["verdicts"] == {
        "Style": {"aligned": 2, "not_aligned": 1, "unknown": 1, "unreadable": 1}
    }
    assert tabulate_checks(found)["verdicts"] == [["Style", "5", "40.0 %", "20.0 %", "20.0 %", "20.0 %"]]


def test_tables_name_what_each_check_finds(dataset):
    tables = tabulate_checks(collect_check_figures(dataset))
    assert [row[:3] for row in tables["checks"]] == [
        ["loops", CHECKS["loops"].meaning, "4"],
        ["copies", CHECKS["copies"].meaning, "3"],
    ]
    assert ["copies", "functionality Role", "2", "0", "1", "0", "1"] in tables["findings"]


def test_json_holds_all_of_it(dataset):
    figures = collect_check_figures(dataset)
    assert json.loads(json.dumps(figures)) == figures
    assert Counter(figures["copies"])["findings"] == 3
