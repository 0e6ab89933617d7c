"""Runs of several directories that share a store: phases paid once, two at a time, one of them killed."""

import os
import signal

import pytest

from sysgen_distilabel.recorded.store import Store
from sysgen_distilabel.runs.run_directory import RunDirectory
from tests.commands import engine_server, read_dataset, sysgen, write_rows
from tests.warm import WarmSysgen
from tests.workflows.test_kill import count_received, is_idle, read_events, wait_for_requests, wait_until

ROWS = 12


@pytest.fixture
def rows(tmp_path):
    return write_rows(tmp_path / "rows.jsonl", ROWS)


def run(rows, output, *more):
    command = ("run", rows, "--output", output, "--store", output.parent / "shared", "-q", *more)
    done = sysgen(*command)
    assert done.returncode == 0, done.stderr
    return RunDirectory(output)


def calls(directory):
    return {task: spent["calls"] for task, spent in directory.usage().items()}


def test_another_run_with_other_settings_of_phase_4_pays_for_phase_4_alone(rows, tmp_path):
    first = run(rows, tmp_path / "a", "--llm", "simulated")
    hotter = tmp_path / "hotter.yaml"
    hotter.write_text("generation_kwargs: {generate_aligned_response: {temperature: 0.1}}\n")
    second = run(rows, tmp_path / "b", "--llm", "simulated", "--config", hotter)
    assert calls(second)["generate_aligned_response"] == calls(first)["generate_aligned_response"] > 0
    for task in ("generate_system_message", "verify_functionalities"):
        assert calls(second)[task] == 0
        assert second.usage()[task]["cached"] == calls(first)[task] > 0
    accepted = [read_dataset(tmp_path / name)["accepted"] for name in "ab"]
    assert [row["system_message"] for row in accepted[0]] == [row["system_message"] for row in accepted[1]]
    assert list(second.read_report()["throughput"]["tasks"]) == ["generate_aligned_response"]


def test_a_finished_run_hands_in_its_replies_and_the_next_is_free_and_whole_in_its_own_files(rows, tmp_path):
    command = ("run", rows, "--output", tmp_path / "a", "--llm", "simulated", "-q")
    assert sysgen(*command).returncode == 0
    done = sysgen(*command, "--store", tmp_path / "shared")
    assert done.returncode == 0 and "finished already" in done.stderr
    free = run(rows, tmp_path / "b", "--llm", "simulated")
    assert set(calls(free).values()) == {0} and (free.path / "report.html").exists()
    assert read_dataset(tmp_path / "a") == read_dataset(tmp_path / "b")
    with Store.open_read(tmp_path / "a" / "calls") as a, Store.open_read(tmp_path / "b" / "calls") as b:
        assert {record.key for record in a.records()} == {record.key for record in b.records()}


def test_the_store_of_a_run_is_refused(rows, tmp_path):
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "config.yaml").touch()
    more = ("--llm", "simulated", "-q", "--store", tmp_path / "a" / "calls")
    done = sysgen("run", rows, "--output", tmp_path / "b", *more)
    assert done.returncode == 2 and "one run" in done.stderr and not (tmp_path / "b").exists()


@pytest.mark.slow
def test_two_runs_at_once_of_which_one_is_killed_pay_for_each_reply_that_was_kept_once(tmp_path):
    rows, log = write_rows(tmp_path / "rows.jsonl", 150), tmp_path / "log"
    shared = ("--store", tmp_path / "shared", "--max-concurrency", 8)
    with engine_server(log, "--latency", 0.05) as server:
        server.allow(130)
        commands = [("run", rows, "--output", tmp_path / name, *server.flags, *shared) for name in "ab"]
        killed, other = (WarmSysgen(*command) for command in commands)
        wait_for_requests(log, 120, killed)
        os.killpg(killed.pid, signal.SIGKILL)
        killed.wait()
        server.allow()
        other.communicate()
        assert other.returncode == 0
        wait_until(lambda: is_idle(server))
        before = count_received(log)
        assert sysgen(*commands[0]).returncode == 0
        assert count_received(log) == before, "what the other run had answered is not paid again"
        unique = {event["request"] for event in read_events(log)}
    assert read_dataset(tmp_path / "a") == read_dataset(tmp_path / "b")
    with Store.open_read(tmp_path / "shared") as store:
        assert len(list(store.records())) == len(unique)
