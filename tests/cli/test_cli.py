"""What a person sees on the command line: one clear message per error, and an exit code."""

import json
import subprocess
import sys

import pytest

from tests.commands import EXAMPLES, read_dataset, sysgen, write_rows

MIXED = EXAMPLES / "mixed.jsonl"


def fails(process, exit_code, *fragments):
    """The process failed as it should: one message, a hint, no traceback, nothing on stdout."""
    lines = process.stderr.strip().splitlines()
    assert process.returncode == exit_code, process.stderr
    assert lines[0].startswith("Error: ") and len(lines) <= 2, process.stderr
    assert "Traceback" not in process.stderr and not process.stdout
    for fragment in fragments:
        assert fragment in process.stderr


@pytest.mark.parametrize("module", ["sysgen_distilabel.cli", "sysgen_distilabel.report.write_report"])
def test_ctrl_c_while_the_package_is_loading_or_a_command_is_at_work_is_one_line(module):
    code = """
import sys
from sysgen_distilabel.__main__ import main

class CtrlC:
    def find_spec(name, path=None, target=None):
        if name == sys.argv[-1]:
            raise KeyboardInterrupt

sys.meta_path.insert(0, CtrlC)
main()
"""
    command = [sys.executable, "-c", code, "report", module]
    process = subprocess.run(command, capture_output=True, text=True)
    assert (process.returncode, process.stderr) == (130, "Error: Stopped.\n")


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    directory = tmp_path_factory.mktemp("finished") / "run"
    process = sysgen("run", MIXED, "--output", directory, "--llm", "simulated")
    assert process.returncode == 0, process.stderr
    return directory


def test_a_run_accounts_for_every_row_and_says_where_it_is(finished):
    report = json.loads((finished / "report.json").read_text())
    rows = read_dataset(finished)
    assert report["simulated"] is True
    assert len(rows["accepted"]) == report["rows"]["accepted"] == 55
    assert len(rows["rejected"]) == sum(report["rows"]["rejected"].values()) == 5
    assert report["rows"]["input"] == len(MIXED.read_text().splitlines()) == 60
    assert not (finished / ".work").exists()


def test_the_dataset_loads_by_subset_in_one_line(finished, tmp_path):
    from datasets import load_dataset

    rows = load_dataset(str(finished / "dataset"), "accepted", split="train", cache_dir=str(tmp_path))
    assert rows[0]["aligned_messages"][0]["role"] == "system"
    assert rows.to_list() == read_dataset(finished)["accepted"]


def test_a_finished_run_is_shown(finished):
    process = sysgen("show", finished, "-n", "60")
    assert process.returncode == 0 and "Simulated" in process.stdout
    assert all(row["source_id"] in process.stdout for row in read_dataset(finished)["accepted"])
    rejected = sysgen("show", finished, "--rejected")
    assert "rejected: bad_input in load_conversations" in rejected.stdout
    assert "3 of 5 rejected rows; --number shows more." in rejected.stdout
    assert "--number shows more" not in process.stdout


def test_running_it_again_asks_nothing(finished):
    before = (finished / "report.json").read_bytes()
    process = sysgen("run", MIXED, "--output", finished, "--llm", "simulated")
    assert process.returncode == 0 and "finished already" in process.stderr
    assert (finished / "report.json").read_bytes() == before


@pytest.mark.slow
def test_other_settings_are_explained_field_by_field(finished, tmp_path):
    process = sysgen("run", MIXED, "--output", finished, "--llm", "simulated", "--repair", "--limit", "9")
    fails(process, 4, "repair was False, is True", "limit was None, is 9", "rows of the input have changed")
    fails(sysgen("run", MIXED, "-o", finished, "--llm", "simulated", "--resume", "never"), 4, "a run in")
    fails(sysgen("run", MIXED, "-o", tmp_path / "x", "--llm", "simulated", "--resume", "always"), 4, "no run")


@pytest.mark.slow
def test_reasons_to_retry_are_checked(finished):
    base = ("run", MIXED, "--output", finished, "--llm", "simulated", "--retry")
    fails(sysgen(*base, "because"), 2, "'because' is no reason", "truncated_reply")
    fails(sysgen(*base, "bad_input"), 2, "does not mend")
    fails(sysgen(*base, "no_reply"), 4, "No row in")


@pytest.mark.parametrize(
    ("content", "fragments"),
    [
        (None, ["There is no file"]),
        (b"", ["is empty"]),
        (b'{"question": "q", "answer": "a"}\n' * 6 + b'{"question": \n', ["line 7"]),
        (b'{"question": "q", "answer": "\xff"}\n', ["line 1"]),
        (b'{"colour": "red"}\n{"colour": "blue"}\n', ["No row of", "colour", "--column"]),
        (b'{"question": "q"}\n', ["No row of", "line 1"]),
    ],
    ids=["missing", "empty", "json", "bytes", "columns", "answers"],
)
def test_a_bad_file_stops_the_run_before_any_call(tmp_path, content, fragments):
    path = tmp_path / "input.jsonl"
    if content is not None:
        path.write_bytes(content)
    fails(
        sysgen("run", path, "--output", tmp_path / "out", "--llm", "simulated"), 3, "input.jsonl", *fragments
    )
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("arguments", "fragments"),
    [
        (["--llm", "simulatd"], ["no LLM called 'simulatd'"]),
        (["--llm", "distilabel.models.OpenAILLMM"], ["has no 'OpenAILLMM'"]),
        (["--llm", "no.such.Module"], ["cannot be imported"]),
        (["--llm", "pathlib.Path"], ["not a distilabel LLM"]),
        (["--llm", "simulated", "--llm-arg", "sed=1"], ["'sed'", "seed"]),
        (["--llm", "simulated", "--llm-arg", "seed"], ["NAME=VALUE"]),
        (["--llm", "simulated", "--config", "no-such-preset"], ["keep-more, paper"]),
        (["--llm", "simulated", "--column", "user=q"], ["user and assistant"]),
        (["--llm", "simulated", "--column", "user=q", "--column", "assistant=absent"], ["column 'q'"]),
        (["--llm", "simulated", "--keep-column", "topics"], ["no column 'topics'", "language"]),
        ([], ["--llm simulated"]),
    ],
    ids=lambda value: "-".join(value)[:30] if isinstance(value, list) else None,
)
def test_a_wrong_setting_is_explained_and_leaves_nothing_behind(tmp_path, arguments, fragments):
    process = sysgen("run", MIXED, "--output", tmp_path / "out", *arguments)
    assert process.returncode in (2, 3)
    fails(process, process.returncode, *fragments)
    assert not (tmp_path / "out" / "config.yaml").exists()


@pytest.mark.slow
def test_a_directory_with_other_files_is_left_alone(tmp_path):
    (tmp_path / "thesis.txt").write_text("mine")
    fails(sysgen("run", MIXED, "--output", tmp_path, "--llm", "simulated"), 4, "not of a run")
    fails(sysgen("show", tmp_path), 4, "no finished run")


@pytest.mark.slow
def test_an_output_that_is_a_file_is_named(tmp_path):
    (tmp_path / "out").write_text("")
    fails(sysgen("run", MIXED, "--output", tmp_path / "out", "--llm", "simulated"), 4, "cannot be written")
    fails(sysgen("run", MIXED, "--output", "/proc/none", "--llm", "simulated"), 4, "cannot be written")


def test_the_settings_can_be_printed_without_secrets():
    process = sysgen("run", MIXED, "--llm", "some.LLM", "--llm-arg", "api_key=sk-123", "--print-config")
    assert process.returncode == 0
    assert "sk-123" not in process.stdout and "api_key: (hidden)" in process.stdout


@pytest.mark.slow
def test_printed_settings_can_be_run(tmp_path):
    arguments = ["run", write_rows(tmp_path / "rows.jsonl", 3), "--llm", "simulated", "--max-attempts", "2"]
    config = tmp_path / "run.yaml"
    config.write_text(sysgen(*arguments, "--print-config").stdout)
    process = sysgen("run", "--config", config, "--output", tmp_path / "out")
    assert process.returncode == 0 and len(read_dataset(tmp_path / "out")["accepted"]) == 3


@pytest.mark.slow
def test_columns_can_be_named_and_kept(tmp_path):
    path = tmp_path / "rows.jsonl"
    path.write_text('{"q": "Why is the sky blue?", "a": "Scattering.", "topic": "physics"}\n')
    arguments = ["--column", "user=q", "--column", "assistant=a", "--keep-column", "topic"]
    process = sysgen("run", path, "--output", tmp_path / "out", "--llm", "simulated", *arguments)
    assert process.returncode == 0, process.stderr
    (row,) = read_dataset(tmp_path / "out")["accepted"]
    assert row["topic"] == "physics" and row["messages"][0]["content"] == "Why is the sky blue?"


def test_help_and_version():
    assert sysgen("--version").stdout.startswith("sysgen-distilabel 0.")
    assert "Exit codes" in sysgen("run", "--help").stdout
