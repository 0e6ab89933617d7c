"""A run that lost many rows says which setting to change; the docs say the same."""

import re

from sysgen_distilabel.outcome import REASONS, Outcome
from sysgen_distilabel.report.terminal.next_steps import suggest_next_steps
from sysgen_distilabel.runs.row_counts import Accounts
from tests.commands import ROOT, sysgen, write_rows

GUIDE = ROOT / "docs" / "guides" / "troubleshooting.md"


def test_the_step_that_rejected_most_is_named():
    steps = {"truncated_reply": {"generate_aligned_response": 38, "generate_system_message": 1}}
    (line,) = suggest_next_steps(Accounts(1, {"truncated_reply": 39}, {}, steps))
    assert line.startswith(
        "39 of 40 rows ended as truncated_reply, 38 of them in generate_aligned_response: raise `max_new"
    )
    assert "`max_new_tokens` of generate_aligned_response" in line


def test_few_rows_and_reasons_that_nothing_mends_say_nothing():
    assert suggest_next_steps(Accounts(100, {"truncated_reply": 2}, {})) == []
    assert suggest_next_steps(Accounts(1, {Outcome.PENDING: 5}, {})) == []


def test_the_most_frequent_come_first():
    lines = suggest_next_steps(
        Accounts(1, {"no_reply": 5, "leak": 20, "empty_answer": 9, "bad_input": 6}, {})
    )
    assert [line.split()[6] for line in lines] == ["leak", "empty_answer", "bad_input"]


def test_a_run_that_was_cut_off_says_so(tmp_path):
    rows = write_rows(tmp_path / "rows.jsonl", 6)
    run = ("run", rows, "--output", tmp_path / "out", "--llm", "simulated", "--llm-arg", "truncated_rate=1")
    done = sysgen(*run)
    assert done.returncode == 0, done.stderr
    assert "6 of 6 rows ended as truncated_reply in verify_functionalities: raise" in done.stderr


def test_the_guide_has_every_remedy():
    rows = dict(re.findall(r"^\| `(\w+)` \| (.+) \|$", GUIDE.read_text(encoding="utf-8"), re.MULTILINE))
    assert rows == {reason: reason.remedy.format(step="the step") for reason in REASONS if reason.remedy}
