"""A run on a Ray cluster of several nodes: the dataset of a local run, also when a node is killed."""

import json
import os
import signal
import socket
import stat
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import urlsplit

import pytest
import ray
from distilabel.pipeline.batch import _Batch

from sysgen_distilabel.errors import ConfigError, EngineGone, StepFailed
from sysgen_distilabel.host.ray_actor import StepActor
from sysgen_distilabel.host.ray_workers import RayReplica, RayWorkers
from sysgen_distilabel.host.replicas import State
from sysgen_distilabel.host.step_process import RunInfo
from sysgen_distilabel.serving import ray_servers
from tests.commands import ROOT, SYSGEN, engine_server, read_dataset, sysgen, write_rows
from tests.doubles import raising
from tests.host_steps import Exits
from tests.isolated import isolated
from tests.patience import PATIENCE
from tests.ray_cluster import NODE, cluster
from tests.workflows.test_disk import SMALL_DISK
from tests.workflows.test_kill import count_replies, read_events, wait_for_requests

CONCURRENCY = 16


@pytest.fixture(scope="module")
def cluster_of_one(tmp_path_factory):
    """A head that runs no step, and a node that does and has a `vllm` command."""
    folder = tmp_path_factory.mktemp("bin")
    command = folder / "vllm"
    fake = Path(__file__).parents[1] / "fake_vllm.py"
    command.write_text(f'#!/bin/sh\nexec {sys.executable} {fake} "$@"\n')
    command.chmod(command.stat().st_mode | stat.S_IXUSR)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PATH", f"{folder}:{os.environ['PATH']}")
        patch.setenv("PYTHONPATH", str(ROOT))
        with cluster(1) as started:
            yield started


@pytest.fixture(scope="module")
def found(cluster_of_one, tmp_path_factory):
    folder = tmp_path_factory.mktemp("driver")
    driver = subprocess.run(
        [sys.executable, "-m", "tests.ray_driver", cluster_of_one[0].address, str(folder)],
        cwd=ROOT, capture_output=True, text=True, timeout=PATIENCE,
    )  # fmt: skip
    assert driver.returncode == 0, driver.stderr[-3000:]
    return json.loads(driver.stdout.splitlines()[-1])


@pytest.mark.slow
@pytest.mark.parametrize(
    ("case", "message"),
    [
        ("fails_to_load", "no such model: tiny"),
        ("killed", "is gone while processing a batch, 3 times over"),
        ("forgets", "what the step remembered of earlier rows"),
        ("too_big", "needs 3 of GPU, and the largest node has 0"),
    ],
)
def test_where_the_host_hangs_or_returns_nothing_there_is_an_error(found, case, message):
    assert found[case]["kind"] == "StepFailed" and message in found[case]["error"]


@pytest.mark.slow
def test_our_steps_work_under_the_hosts_own_ray_pipeline(found):
    assert found["plain"] == {"rows": ["2"]}


@pytest.mark.slow
def test_servers_are_started_on_the_nodes_and_stopped(found):
    servers = found["servers"]
    assert servers["healthy"] == [200, 200] and servers["logs"] == ["engine-0.log", "engine-1.log"]
    ports = {urlsplit(address).port for address in servers["addresses"]}
    assert len(ports) == 2
    assert not any(_is_open(port) for port in ports)


def _is_open(port):
    with socket.socket() as attempt:
        return attempt.connect_ex(("127.0.0.1", port)) == 0


def act(how):
    """What an actor says about a step that ends its own thread, without a cluster."""
    actor = StepActor(Exits(how=how, name="exits"), 0, RunInfo("test", "id", False), {"SYSGEN_MARK": "here"})
    loaded = actor.listen()[-1]
    batch = _Batch(seq_no=0, step_name="exits", last_batch=False, data=[[{"number": 1}]])
    failure = actor.give(batch)[-1]
    return type(loaded).__name__, failure.reason, os.environ["SYSGEN_MARK"]


def test_a_step_that_exits_is_a_failure_of_its_actor():
    assert isolated(act, "sys.exit") == ("Loaded", "RuntimeError: SystemExit(3)", "here")


class Actor:
    """The handle of an actor that never answers.

    Attributes:
        is_killed: whether it was ended.
    """

    is_killed = False

    def __getattr__(self, method):
        return SimpleNamespace(remote=lambda *_: object())


@pytest.fixture
def lost(monkeypatch):
    """Replicas of which one is busy, its actor, and those that are started."""
    monkeypatch.setattr("ray.kill", lambda actor: setattr(actor, "is_killed", True))
    workers, started = RayWorkers(RunInfo("test", "id", False), print), []
    monkeypatch.setattr(workers, "_make_actor", lambda *_: started.append(Actor()) or started[-1])
    replica = RayReplica("s", State.BUSY, SimpleNamespace(name="s"), 0, Actor(), pending=1, item="batch")
    workers._replicas.append(replica)
    return workers, replica, replica.actor, started


def test_an_actor_out_of_reach_is_ended_before_another_takes_over(lost):
    workers, replica, former, started = lost
    workers._replace(replica, ray.exceptions.ActorUnavailableError("for a moment", None))
    assert former.is_killed and started == [replica.actor] and not replica.actor.is_killed
    assert workers._replicas == [replica] and replica.state is State.LOADING


def test_an_actor_that_is_given_up_is_no_longer_waited_for(lost):
    workers, replica, former, _ = lost
    replica.deaths = 2
    with pytest.raises(StepFailed, match="3 times over"):
        workers._replace(replica, ray.exceptions.RayActorError())
    assert former.is_killed and not workers._replicas


def test_an_actor_that_dies_while_the_run_stops_is_not_started_again(lost, monkeypatch):
    workers, _, former, started = lost
    monkeypatch.setattr("ray.wait", lambda pending, **_: (pending, []))
    monkeypatch.setattr("ray.get", raising(ray.exceptions.RayActorError()))
    workers.stop(grace=5)
    assert former.is_killed and not started and not workers._replicas


@pytest.mark.parametrize(
    ("options", "number", "gpus"),
    [
        ({}, 16, 1),
        ({"tensor-parallel-size": 4}, 4, 4),
        ({"data_parallel_size": 2, "tensor_parallel_size": 4}, 2, 8),
    ],
)
def test_servers_get_gpus_that_are_on_one_node(monkeypatch, options, number, gpus):
    nodes = [{"Alive": alive, "Resources": {"GPU": 8.0}} for alive in (True, True, False)]
    monkeypatch.setattr("ray.nodes", lambda: [*nodes, {"Alive": True, "Resources": {}}])
    assert ray_servers._count_gpus(number, options) == gpus
    with pytest.raises(ConfigError, match=f"the cluster has room for {number}"):
        ray_servers._count_gpus(number + 1, options)
    with pytest.raises(ConfigError, match="has room for 0"):
        ray_servers._count_gpus(1, {"tensor_parallel_size": 16})


def test_servers_that_find_no_room_are_not_waited_for_without_end(monkeypatch):
    monkeypatch.setattr("ray.wait", lambda waiting, **_: (waiting[:1], waiting[-1:]))
    monkeypatch.setattr(ray_servers, "_PLACEMENT", 0.01)
    told = []
    with pytest.raises(EngineGone, match="Only 1 of 2 engines found free GPUs"):
        ray_servers._wait_for_room([Actor(), Actor()], lambda *words: told.append(words))
    assert told[0][1] == "1 of 2 servers have found room"


def test_a_server_has_the_keys_of_the_driver(monkeypatch):
    monkeypatch.setattr("os.environ", {"HF_TOKEN": "of the node", "PATH": "/bin"})
    ray_servers.ServerActor({"HF_TOKEN": "of the driver", "VLLM_MARK": "1"})
    assert os.environ == {"HF_TOKEN": "of the node", "PATH": "/bin", "VLLM_MARK": "1"}


@pytest.mark.slow
def test_a_cluster_that_is_not_there_is_one_message(found):
    assert "cannot be reached" in found["unreachable"] and found["shared"] == "fine"


@pytest.mark.slow
def test_a_run_directory_that_the_nodes_do_not_share_is_refused(cluster_of_one, tmp_path):
    """The driver has a disk mounted there that no other process sees."""
    (tmp_path / "disk").mkdir()
    rows = write_rows(tmp_path / "rows.jsonl", 3)
    script = 'mount -t tmpfs tmpfs "$1" && exec "$2" run "$3" --output "$1/run" --llm simulated --ray "$4"'
    arguments = ["test", tmp_path / "disk", SYSGEN, rows, cluster_of_one[0].address]
    process = subprocess.run(
        [*SMALL_DISK, script, *map(str, arguments)], capture_output=True, text=True, timeout=PATIENCE
    )
    assert process.returncode == 4 and "Traceback" not in process.stderr, process.stderr
    assert "do not see" in process.stderr and "a disk that all nodes share" in process.stderr


@pytest.mark.slow
def test_the_node_with_all_steps_is_killed_and_the_run_ends_as_a_local_one(cluster_of_one, tmp_path):
    started, (node,) = cluster_of_one
    rows, log = write_rows(tmp_path / "rows.jsonl", 120), tmp_path / "requests"
    common = ("run", rows, "--max-concurrency", CONCURRENCY, "--quiet")
    with engine_server(tmp_path / "calm") as server:
        calm = sysgen(*common, *server.flags, "--output", tmp_path / "local", timeout=PATIENCE)
        assert calm.returncode == 0, calm.stderr
    with engine_server(log) as server:
        server.allow(60)
        command = [SYSGEN, *common, *server.flags, "--output", tmp_path / "run", "--ray", started.address]
        process = subprocess.Popen(list(map(str, command)), stderr=subprocess.PIPE, text=True)
        try:
            wait_for_requests(log, 1, process)  # all steps are on the one node by now
            started.add_node(**NODE)
            wait_for_requests(log, 60, process)
            before = count_replies(tmp_path / "run" / "calls")
            started.remove_node(node, allow_graceful=False)
            server.allow()
            _, message = process.communicate(timeout=PATIENCE)
        finally:
            process.kill()
    assert process.returncode == 0, message
    replies = count_replies(tmp_path / "local" / "calls")
    assert 0 < before < replies
    assert read_dataset(tmp_path / "run") == read_dataset(tmp_path / "local")
    assert "is started again" in (tmp_path / "run" / "log").read_text()
    received = [event["request"] for event in read_events(log) if event["event"] == "received"]
    # What was on its way when the node went is asked again; nothing that was kept is.
    assert len(received) - len(set(received)) <= CONCURRENCY
    assert len(set(received)) == count_replies(tmp_path / "run" / "calls") == replies


@pytest.mark.slow
def test_ctrl_c_stops_a_run_on_a_cluster_which_is_resumed_anywhere(cluster_of_one, tmp_path):
    started, _ = cluster_of_one
    rows, log = write_rows(tmp_path / "rows.jsonl", 40), tmp_path / "requests"
    with engine_server(log, "--latency", 0.05) as server:
        server.allow(10)
        run = ["run", rows, "--quiet", "--output", tmp_path / "run", *server.flags, "--max-concurrency", 4]
        command = list(map(str, [SYSGEN, *run, "--ray", started.address]))
        process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
        try:
            wait_for_requests(log, 10, process)
            process.send_signal(signal.SIGINT)
            server.allow()
            _, message = process.communicate(timeout=PATIENCE)
        finally:
            process.kill()
        assert process.returncode == 130 and "Traceback" not in message, message
        again = sysgen(*run, timeout=PATIENCE)  # the rest on this machine alone
        assert again.returncode == 0, again.stderr
    received = [event["request"] for event in read_events(log) if event["event"] == "received"]
    assert len(received) == len(set(received)), "what was in flight at Ctrl-C was kept"
    assert len(received) == count_replies(tmp_path / "run" / "calls") > 110
