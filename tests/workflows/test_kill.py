"""A run that is killed, starved or stopped loses nothing and pays for nothing twice."""

import json
import os
import random
import signal
import time

import psutil
import pytest

from sysgen_distilabel.recorded.store import Store
from tests.commands import engine_server, read_dataset, sysgen, write_rows
from tests.patience import PATIENCE, wait_until
from tests.ports import reserved_port
from tests.processes import are_gone, group_of, is_running
from tests.warm import WarmSysgen

ROWS, CONCURRENCY, KILLS = 2000, 32, 20


def read_events(log):
    return [json.loads(line) for line in log.read_text().splitlines()]


def wait_for_requests(log, number, process):
    """Until the server has received so many requests in all, or the process has ended."""
    wait_until(
        lambda: process.poll() is not None or (log.exists() and log.read_text().count('"received"') >= number)
    )


@pytest.mark.slow
def test_a_run_killed_twenty_times_equals_an_uninterrupted_one_and_pays_once(tmp_path):
    rows = write_rows(tmp_path / "rows.jsonl", ROWS)
    common = ("run", rows, "--max-concurrency", CONCURRENCY)
    with engine_server(tmp_path / "calm.log", "--latency", 0.02) as server:
        process = sysgen(*common, *server.flags, "--output", tmp_path / "calm", timeout=PATIENCE)
        assert process.returncode == 0, process.stderr
    calm = read_events(tmp_path / "calm.log")
    unique = {event["request"] for event in calm}
    assert sum(event["event"] == "received" for event in calm) == len(unique)

    log, chance = tmp_path / "killed.log", random.Random(20)
    seen, stored = 0, 0
    with engine_server(log, "--latency", 0.02) as server:
        for _ in range(KILLS):
            goal = seen + chance.randrange(1, len(unique) // (2 * KILLS))
            server.allow(goal + 100)  # the run does not get to its end, however late the kill comes
            process = WarmSysgen(*common, *server.flags, "--output", tmp_path / "killed")
            wait_for_requests(log, goal, process)
            assert process.poll() is None, "so few requests are no whole run"
            time.sleep(chance.random() * 0.05)
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            server.allow()
            wait_until(lambda: is_idle(server))  # what was on its way is in the server's log
            before = seen, stored
            seen, stored = count_received(log), count_replies(tmp_path / "killed" / "calls")
            # What a kill takes away is what was in flight, and that is bounded.
            assert 0 <= (seen - before[0]) - (stored - before[1]) <= CONCURRENCY
        last = sysgen(*common, *server.flags, "--output", tmp_path / "killed", timeout=PATIENCE)
        assert last.returncode == 0, last.stderr
    assert read_dataset(tmp_path / "killed") == read_dataset(tmp_path / "calm")
    # The last session asks for exactly what is not in the store: no reply that was kept is paid again.
    assert count_received(log) - seen == len(unique) - stored
    assert {event["request"] for event in read_events(log)} == unique


def is_idle(server):
    """Whether nothing is on its way to the server any more: no connection is open, nor waits to be taken."""
    port = int(server.base_url.rsplit(":", 1)[1].split("/")[0])
    open_ones = (psutil.CONN_ESTABLISHED, psutil.CONN_CLOSE_WAIT, psutil.CONN_SYN_RECV)
    return not any(c.laddr.port == port and c.status in open_ones for c in psutil.net_connections("tcp"))


def count_received(log):
    return sum(event["event"] == "received" for event in read_events(log))


def count_replies(calls):
    with Store.open_read(calls) as store:
        return sum(
            1 for record in store.records() if record.reply.fault is None or record.reply.fault.is_answer
        )


@pytest.mark.slow
def test_ctrl_c_stops_cleanly_and_says_how_to_resume(tmp_path):
    rows, log = write_rows(tmp_path / "rows.jsonl", 300), tmp_path / "log"
    with engine_server(log, "--latency", 0.05) as server:
        server.allow(100)
        command = ("run", rows, "--output", tmp_path / "run", *server.flags)
        process = WarmSysgen(*command)
        wait_for_requests(log, 100, process)
        children = group_of(process)
        process.send_signal(signal.SIGINT)
        server.allow()
        _, message = process.communicate(timeout=PATIENCE)
        assert process.returncode == 130 and "Traceback" not in message
        assert "the same command resumes" in message
        assert not any(map(is_running, children))
        assert sysgen(*command).returncode == 0
        events = [event["request"] for event in read_events(log) if event["event"] == "received"]
    assert len(events) == len(set(events)), "what was in flight at Ctrl-C was kept, so nothing is asked twice"
    assert (
        len(read_dataset(tmp_path / "run")["accepted"]) + len(read_dataset(tmp_path / "run")["rejected"])
        == 300
    )


@pytest.mark.slow
def test_two_ctrl_c_stop_cleanly(tmp_path):
    rows, log = write_rows(tmp_path / "rows.jsonl", 50), tmp_path / "log"
    with engine_server(log) as server:
        server.allow(0)
        process = WarmSysgen("run", rows, "--output", tmp_path / "run", *server.flags)
        wait_for_requests(log, 10, process)
        children = group_of(process)
        process.send_signal(signal.SIGINT)
        wait_until(lambda: not all(map(is_running, children)))  # those with nothing to do have heard of it
        process.send_signal(signal.SIGINT)
        _, message = process.communicate(timeout=PATIENCE)
        assert process.returncode == 130 and "Traceback" not in message
        assert are_gone(children)


@pytest.mark.slow
def test_no_child_outlives_a_killed_parent(tmp_path):
    rows, log = write_rows(tmp_path / "rows.jsonl", 200), tmp_path / "log"
    with engine_server(log) as server:
        server.allow(0)
        process = WarmSysgen("run", rows, "--output", tmp_path / "run", *server.flags)
        wait_for_requests(log, 10, process)
        children = group_of(process)
        assert len(children) >= 8
        process.kill()
        process.wait()
        assert are_gone(children)


@pytest.mark.slow
def test_an_engine_that_dies_stops_the_run_and_the_same_command_resumes(tmp_path):
    rows, log = write_rows(tmp_path / "rows.jsonl", 200), tmp_path / "log"
    with reserved_port() as port:
        with engine_server(log, "--latency", 0.05, "--port", port) as server:
            server.allow(50)
            command = ("run", rows, "--output", tmp_path / "run", *server.flags)
            process = WarmSysgen(*command)
            wait_for_requests(log, 50, process)
            server.process.kill()
            _, message = process.communicate(timeout=PATIENCE)
            assert process.returncode == 5, message
            assert "gone" in message and "resumes the run" in message and "Traceback" not in message
        with engine_server(log, "--port", port):
            assert sysgen(*command).returncode == 0
    received, answered = {}, set()
    for event in read_events(log):
        if event["event"] == "received":
            assert event["request"] not in answered, "answered, and asked again"
            received[event["request"]] = received.get(event["request"], 0) + 1
        else:
            answered.add(event["request"])
    assert len(read_dataset(tmp_path / "run")["accepted"]) > 150
