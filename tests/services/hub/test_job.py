"""The job script goes on after it was stopped, on a machine that knows nothing, and pays no call twice."""

import importlib.util
import json
import math
import os
import shutil
import signal
import subprocess
import sys
import threading
from collections import Counter

import psutil
import pyarrow.parquet as pq
import pytest

from tests.commands import ROOT, simulated_answer, write_rows
from tests.endpoint_server import EndpointServer, told
from tests.patience import PATIENCE, wait_until
from tests.processes import group_of, is_running

pytestmark = pytest.mark.slow

JOB = ROOT / "examples" / "jobs" / "sysgen_job.py"
ROWS = 20
STOPPED = 75
IN_FLIGHT = 2


@pytest.fixture(scope="module")
def source(clients, tmp_path_factory):
    """A dataset of the Hub to read."""
    rows = write_rows(tmp_path_factory.mktemp("source") / "rows.jsonl", ROWS)
    clients.server.add_repository(
        "acme/source", {"rows.jsonl": rows.read_bytes(), "README.md": b"---\nlicense: mit\n---\n"}
    )
    return "acme/source"


def answer(messages, count):
    return told(simulated_answer(messages))


def start(hub, folder, *arguments):
    """The script on a fresh machine: without a cache, in an empty directory."""
    folder.mkdir()
    command = [sys.executable, JOB, *arguments, "--max-concurrency", str(IN_FLIGHT)]
    return subprocess.Popen(
        list(map(str, command)), cwd=folder, env=hub.environment(), stdout=subprocess.PIPE,
        stderr=subprocess.PIPE, text=True,
    )  # fmt: skip


def test_it_is_stopped_again_and_again_and_asks_nothing_twice(hub, source, name, tmp_path):
    with EndpointServer(answer) as server:
        arguments = (source, name, "--model", "m", "--base-url", server.base_url, "--every", "1")
        for session, calls in enumerate((8, 24)):
            server.allow(calls)
            job = start(hub, tmp_path / f"machine-{session}", *arguments)
            wait_until(lambda calls=calls: len(server.bodies) == calls + IN_FLIGHT)
            at_work = group_of(job)
            job.terminate()
            wait_until(lambda at_work=at_work: not all(map(is_running, at_work)))  # the run has heard of it
            server.allow(math.inf)
            _, errors = job.communicate(timeout=PATIENCE)
            assert job.returncode == STOPPED and f"is in {name}-run" in errors, errors
            assert len(server.bodies) < 3 * ROWS
        job = start(hub, tmp_path / "machine-last", *arguments)
        _, errors = job.communicate(timeout=PATIENCE)
        assert job.returncode == 0, errors
        asked = Counter(json.dumps(body, sort_keys=True) for body in server.bodies)
    assert max(asked.values()) == 1 and len(asked) >= 3 * ROWS
    kept, published = (hub.server.dataset(repo) for repo in (f"{name}-run", name))
    assert kept.private and "run/report.json" in kept.head().files
    assert not [path for path in kept.head().files if path.endswith((".lock", "-wal", "-shm"))]
    assert "license: mit" in hub.file(name, "README.md").decode()
    shard = tmp_path / "accepted.parquet"
    shard.write_bytes(published.head().files["accepted/train-00000-of-00001.parquet"].data)
    assert pq.read_table(shard).num_rows == ROWS


def test_it_stops_by_itself_before_it_is_stopped(hub, source, name, tmp_path):
    with EndpointServer(answer) as server:
        arguments = (source, name, "--model", "m", "--base-url", server.base_url)
        job = start(hub, tmp_path / "machine", *arguments, "--stop-after", "0")
        _, errors = job.communicate(timeout=PATIENCE)
    assert job.returncode == STOPPED, errors


class Bucket:
    """A folder in place of a bucket, behind the two functions of the Hub's client that the script calls."""

    def __init__(self, folder):
        self.folder, self.made = folder, []

    def create(self, name, *, private, exist_ok):
        assert private and exist_ok
        self.made.append(name)
        self.folder.mkdir(exist_ok=True)

    def sync(self, source, destination, *, quiet):
        places = [self.folder if str(p).startswith("hf://buckets/") else p for p in (source, destination)]
        shutil.copytree(*places, dirs_exist_ok=True)


def test_a_bucket_keeps_the_run_as_well(hub, source, name, tmp_path, monkeypatch, own_signals):
    bucket, job = Bucket(tmp_path / "bucket"), load_job()
    monkeypatch.setattr(job, "create_bucket", bucket.create)
    monkeypatch.setattr(job, "sync_bucket", bucket.sync)
    for variable, value in hub.environment().items():
        monkeypatch.setenv(variable, value)
    with EndpointServer(answer) as server:
        arguments = [source, name, "--keep", "hf://buckets/acme/kept/runs", "--model", "m"]
        arguments += ["--base-url", server.base_url, "--max-concurrency", str(IN_FLIGHT)]
        codes = []
        for work in (tmp_path / "machine-0", tmp_path / "machine-1"):
            monkeypatch.setattr(sys, "argv", ["job", *arguments, "--work", str(work)])
            if not codes:
                terminate_at(server, calls=8)
            codes.append(job.main())
        asked = Counter(json.dumps(body, sort_keys=True) for body in server.bodies)
    assert codes == [STOPPED, 0] and max(asked.values()) == 1
    assert bucket.made == ["acme/kept", "acme/kept"]
    assert (bucket.folder / "run" / "report.json").exists()
    assert ("dataset", f"{name}-run") not in hub.server.repositories
    assert ("dataset", name) in hub.server.repositories


@pytest.fixture
def own_signals():
    """What this process does when it is told to stop, put back after the script has had its way."""
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


def terminate_at(server, calls):
    """Tell this process to stop once the engine has been asked so often, which answers no more before."""
    server.allow(calls)

    def act():
        wait_until(lambda: len(server.bodies) == calls + IN_FLIGHT)
        at_work = group_of(psutil.Process())
        os.kill(os.getpid(), signal.SIGTERM)
        wait_until(lambda: not all(map(is_running, at_work)))  # the run has heard of it
        server.allow(math.inf)

    threading.Thread(target=act, daemon=True).start()


def load_job():
    """The script as a module."""
    spec = importlib.util.spec_from_file_location("sysgen_job", JOB)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_a_mistake_is_no_reason_to_start_again(hub, source, name, tmp_path):
    job = start(hub, tmp_path / "machine", source, name, "--llm", "simulatd")
    _, errors = job.communicate(timeout=PATIENCE)
    assert job.returncode == 2 and "no LLM called 'simulatd'" in errors
