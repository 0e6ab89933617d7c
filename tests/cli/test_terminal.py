"""What a person and a pipe see of the commands, whatever the data holds and however narrow the terminal."""

import json
import os
import signal
import subprocess

import pytest

from tests.commands import SYSGEN, engine_server, read_dataset, simulated_answer, sysgen, write_rows
from tests.faulty_server import FaultyServer, ok, status
from tests.patience import PATIENCE, wait_until

pytestmark = pytest.mark.slow

EVIL = "\x1b]0;title\x1b\\\x1b[2J\x1b]52;c;eA==\x07\x9b31m\u202e"
OBEYED = set("\x1b\x07\x9b\u202e\r")


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    """A run over rows with terminal sequences in ids and texts, in a directory that looks like markup."""
    folder = tmp_path_factory.mktemp("evil") / "a [bold]place[/bold]"
    folder.mkdir(parents=True)
    source = folder / "rows.jsonl"
    rows = [
        {"id": f"row[/bold]{EVIL}{n}", "question": f"What is {EVIL} {n}?", "answer": EVIL} for n in range(8)
    ]
    source.write_text("".join(json.dumps(row) + "\n" for row in rows))
    process = sysgen("run", source, "--output", folder / "run", "--llm", "simulated")
    return folder / "run", process


def test_data_does_not_steer_the_terminal(finished):
    directory, process = finished
    shown = [process, sysgen("show", directory, "-n", "8"), sysgen("show", directory, "--rejected")]
    shown += [sysgen("report", directory), sysgen("export", directory, "--format", "sharegpt")]
    for done in shown:
        assert done.returncode == 0, done.stderr
        assert not OBEYED & set(done.stdout + done.stderr), done.args
    assert "row[/bold]\N{SYMBOL FOR ESCAPE}" in shown[1].stdout


def test_an_engine_does_not_steer_the_terminal_or_the_log(tmp_path):
    rows = write_rows(tmp_path / "rows.jsonl", 4)
    with FaultyServer(lambda messages, count: status(401, f"no {EVIL}")) as server:
        done = sysgen(
            "run", rows, "--output", tmp_path / "run", "--model", "m", "--base-url", server.base_url
        )
    assert done.returncode in (2, 5)
    assert not OBEYED & set(done.stdout + done.stderr)
    assert not OBEYED & set(
        (tmp_path / "run" / "log").read_text() if (tmp_path / "run" / "log").exists() else ""
    )


def test_a_session_that_was_never_answered_is_a_gone_engine_and_asks_again(tmp_path):
    rows = write_rows(tmp_path / "rows.jsonl", 6)
    is_down = [True]
    with FaultyServer(
        lambda messages, count: status(500) if is_down[0] else ok(), simulated_answer
    ) as server:
        fields = {"model": "m", "base_url": server.base_url, "api_key": "none", "max_retries": 0}
        pairs = [part for name, value in fields.items() for part in ("--llm-arg", f"{name}={value}")]
        command = ["run", rows, "--output", tmp_path / "run", "--llm", "distilabel.models.OpenAILLM", *pairs]
        down = sysgen(*command)
        assert down.returncode == 5 and "answered none" in down.stderr, down.stderr
        assert "server_error" in down.stderr  # and how the last one failed
        assert not (tmp_path / "run" / "report.json").exists()
        is_down[0] = False
        assert sysgen(*command).returncode == 0
    assert len(read_dataset(tmp_path / "run")["accepted"]) == 6


@pytest.mark.parametrize(
    "settings",
    [
        {"PYTHONIOENCODING": "ascii"},
        {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
        {"COLUMNS": "20"},
    ],
    ids=["ascii", "C locale", "20 columns"],
)
def test_any_terminal_will_do(finished, settings):
    done = sysgen("show", finished[0], "-n", "2", **settings)
    assert done.returncode == 0 and "Traceback" not in done.stderr, done.stderr
    assert done.stdout.strip()


def test_a_reader_that_stops_reading_is_no_error(finished):
    line = f"'{SYSGEN}' show '{finished[0]}' -n 8 | head -c 1"
    done = subprocess.run(["bash", "-o", "pipefail", "-c", line], capture_output=True, timeout=PATIENCE)
    assert done.returncode == 0 and done.stderr == b""


@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"])
def test_streams_that_are_closed_change_nothing(finished, closed):
    for directory, exit_code in [(finished[0], 0), (f"{finished[0]} not", 4)]:
        line = f"exec '{SYSGEN}' show '{directory}' -n 1 {closed}"
        assert subprocess.run(["bash", "-c", line], timeout=PATIENCE).returncode == exit_code


def test_a_limit_of_open_files_is_named(tmp_path):
    rows = write_rows(tmp_path / "rows.jsonl", 3)
    line = f"ulimit -n 24; exec '{SYSGEN}' run '{rows}' --output '{tmp_path}/run' --llm simulated -q"
    done = subprocess.run(["bash", "-c", line], capture_output=True, text=True, timeout=PATIENCE)
    assert done.returncode == 5 and "ulimit -n" in done.stderr and "defect" not in done.stderr


@pytest.mark.parametrize("is_ignored", [False, True], ids=["closed terminal", "nohup"])
def test_a_closed_terminal_stops_a_run_that_may_be_resumed_and_nohup_keeps_it(tmp_path, is_ignored):
    rows, log = write_rows(tmp_path / "rows.jsonl", 30), tmp_path / "calls.log"
    with engine_server(log) as engine:
        engine.allow(6)
        command = [SYSGEN, "run", rows, "--output", tmp_path / "run", "--max-concurrency", "4", *engine.flags]
        process = subprocess.Popen(
            list(map(str, command)), stderr=subprocess.PIPE, text=True, start_new_session=True,
            preexec_fn=lambda: signal.signal(signal.SIGHUP, signal.SIG_IGN) if is_ignored else None,
        )  # fmt: skip
        wait_until(
            lambda: process.poll() is not None or (log.exists() and log.read_bytes().count(b"\n") >= 6)
        )
        assert process.poll() is None
        os.kill(process.pid, signal.SIGHUP)
        engine.allow()
        _, errors = process.communicate(timeout=PATIENCE)
        assert process.returncode == (0 if is_ignored else 130), errors
        done = sysgen(*command[1:])
        assert done.returncode == 0, done.stderr
    assert len(read_dataset(tmp_path / "run")["accepted"]) == 30
