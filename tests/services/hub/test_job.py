"""The job script goes on after it was stopped, on a machine that knows nothing, and pays no call twice."""

import json
import subprocess
import sys
import time
from collections import Counter

import pyarrow.parquet as pq
import pytest

from tests.commands import ROOT, simulated_answer, write_rows
from tests.endpoint_server import EndpointServer, told
from tests.patience import PATIENCE, wait_until

pytestmark = pytest.mark.slow

JOB = ROOT / "examples" / "jobs" / "sysgen_job.py"
ROWS = 20
STOPPED = 75


@pytest.fixture(scope="module")
def source(clients, tmp_path_factory):
    """A dataset of the Hub to read."""
    rows = write_rows(tmp_path_factory.mktemp("source") / "rows.jsonl", ROWS)
    clients.server.add_repository(
        "acme/source", {"rows.jsonl": rows.read_bytes(), "README.md": b"---\nlicense: mit\n---\n"}
    )
    return "acme/source"


def answer_slowly(messages, count):
    def act(exchange):
        time.sleep(0.1)
        told(simulated_answer(messages))(exchange)

    return act


def start(hub, folder, *arguments):
    """The script on a fresh machine: without a cache, in an empty directory."""
    folder.mkdir()
    command = [sys.executable, JOB, *arguments, "--max-concurrency", "2"]
    return subprocess.Popen(
        list(map(str, command)), cwd=folder, env=hub.environment(), stdout=subprocess.PIPE,
        stderr=subprocess.PIPE, text=True,
    )  # fmt: skip


def test_it_is_stopped_again_and_again_and_asks_nothing_twice(hub, source, name, tmp_path):
    with EndpointServer(answer_slowly) as server:
        arguments = (source, name, "--model", "m", "--base-url", server.base_url, "--every", "1")
        for session, calls in enumerate((8, 24)):
            job = start(hub, tmp_path / f"machine-{session}", *arguments)
            wait_until(lambda calls=calls: len(server.bodies) >= calls)
            job.terminate()
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
    with EndpointServer(answer_slowly) as server:
        arguments = (source, name, "--model", "m", "--base-url", server.base_url)
        job = start(hub, tmp_path / "machine", *arguments, "--stop-after", "0")
        _, errors = job.communicate(timeout=PATIENCE)
    assert job.returncode == STOPPED, errors


def test_a_mistake_is_no_reason_to_start_again(hub, source, name, tmp_path):
    job = start(hub, tmp_path / "machine", source, name, "--llm", "simulatd")
    _, errors = job.communicate(timeout=PATIENCE)
    assert job.returncode == 2 and "no LLM called 'simulatd'" in errors
