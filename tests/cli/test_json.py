"""What programs get of the commands: one JSON object on stdout, whatever is said beside it."""

import json

import pytest

from tests.commands import read_dataset, sysgen, write_rows


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("json")
    write_rows(folder / "rows.jsonl", 6)
    return folder


@pytest.fixture(scope="module")
def done(folder):
    return ask("run", "rows.jsonl", "--llm", "simulated", "--output", "out", cwd=folder)


def ask(*arguments, cwd):
    process = sysgen(*arguments, "--json", cwd=cwd)
    assert process.returncode == 0, process.stderr
    return json.loads(process.stdout)


def test_a_run_tells_its_counts(folder, done):
    assert (done["rows"], done["accepted"], done["rejected"]) == (6, 6, {})
    assert done["usage"]["generate_system_message"]["calls"] == 6 and not done["was_finished"]
    again = ask("run", "rows.jsonl", "--llm", "simulated", "--output", "out", "--quiet", cwd=folder)
    assert again["was_finished"] and again["accepted"] == 6


def test_rows_figures_and_forecast_are_given_whole(folder, done):
    shown = ask("show", "out", "--number", "6", cwd=folder)
    assert [row["source_id"] for row in shown["rows"]] == [
        row["source_id"] for row in read_dataset(folder / "out")["accepted"]
    ]
    assert ask("report", "out", cwd=folder)["rows"]["accepted"] == 6


def test_a_check_tells_its_findings_and_fails_where_it_did(folder):
    found = ask("check", "rows.jsonl", "--llm", "simulated", cwd=folder)
    assert found["rows"] == 6 and {finding["level"] for finding in found["findings"]} == {"fine"}
    (folder / "bad.jsonl").write_text('{"question": "Why?", "answer": "So."}\n{"question": ""}\n')
    found = ask("check", "bad.jsonl", "--llm", "simulated", cwd=folder)
    assert found["unreadable"] == {"bad_input": 1}
    assert "warning" in {finding["level"] for finding in found["findings"]}
