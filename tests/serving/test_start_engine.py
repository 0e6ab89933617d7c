"""A run with a served model: found at an address, per Task, or started for the run."""

import os
import signal
import sys

import pytest

from sysgen_distilabel.errors import ConfigError, EngineGone
from sysgen_distilabel.llms.choose_llm import choose_llm
from sysgen_distilabel.serving import start_engine
from sysgen_distilabel.serving import vllm_server as server
from sysgen_distilabel.serving.start_engine import running_engine
from sysgen_distilabel.settings.run_config import TASKS, RunConfig
from sysgen_distilabel.workflows.run import run
from tests.commands import ROOT, engine_server, read_dataset, simulated_answer, sysgen, write_rows
from tests.faulty_server import FaultyServer
from tests.patience import PATIENCE


@pytest.fixture
def rows(tmp_path):
    return write_rows(tmp_path / "rows.jsonl", 6)


@pytest.mark.slow
def test_an_endpoint_answers_all_phases(rows, tmp_path):
    with engine_server(tmp_path / "log") as server:
        flags = ["--model", "m", "--base-url", server.base_url, "--structured-outputs", "off"]
        process = sysgen("run", rows, "--output", tmp_path / "run", *flags)
    assert process.returncode == 0, process.stderr
    dataset = read_dataset(tmp_path / "run")
    assert {row["model_name"] for row in dataset["accepted"]} == {"m"}
    assert all(spent["prompt_tokens"] for row in dataset["accepted"] for spent in row["usage"])


def test_nobody_at_the_address_ends_the_run(rows, tmp_path):
    config = RunConfig(input=str(rows), model="m", base_url="http://127.0.0.1:9/v1")
    with pytest.raises(EngineGone, match=r"127\.0\.0\.1:9"):
        run(config, tmp_path / "run")
    assert not (tmp_path / "run" / "report.json").exists()


@pytest.mark.slow
def test_one_task_can_have_an_engine_of_its_own(rows, tmp_path):
    with FaultyServer(answer=simulated_answer) as main, FaultyServer(answer=simulated_answer) as verifier:
        config = RunConfig(
            input=str(rows),
            model="writer",
            base_url=main.base_url,
            task_engines={"verify_functionalities": {"model": "judge", "base_url": verifier.base_url}},
        )
        run(config, tmp_path / "run")
        asked = [{body["model"] for body in server.bodies} for server in (main, verifier)]
    assert asked == [{"writer"}, {"judge"}]
    (row, *_) = read_dataset(tmp_path / "run")["accepted"]
    assert [spent["model_name"] for spent in row["usage"]] == ["writer", "judge", "writer"]


def test_a_server_is_started_only_when_a_model_has_no_address(tmp_path):
    for settings in (
        {"llm": "simulated"},
        {"model": "m", "base_url": "http://x/v1"},
        {"model": "m", "engine": "inprocess"},
    ):
        config = RunConfig(input="rows.jsonl", **settings)
        with running_engine(config, tmp_path / "log") as served:
            assert served is config
    with (
        pytest.raises(ConfigError, match="no directory"),
        running_engine(RunConfig(input="rows.jsonl", model="./absent"), tmp_path / "log"),
    ):
        pass


def test_a_model_that_is_not_there_is_no_run(rows, tmp_path):
    process = sysgen("run", rows, "--output", tmp_path / "run", "--model", "./absent")
    assert process.returncode == 2 and "no directory './absent'" in process.stderr
    assert not (tmp_path / "run" / "report.json").exists()


def test_options_of_vllm_reach_the_engine_in_the_process():
    args = {"dtype": "float32", "max_model_len": 2048}
    config = RunConfig(input="rows.jsonl", model="m", engine="inprocess", engine_args=args)
    llm = choose_llm(config.engine_of(TASKS[0]))
    assert (llm.dtype, llm.extra_kwargs) == ("float32", {"max_model_len": 2048})


def test_a_server_that_has_ended_says_why(tmp_path, monkeypatch):
    monkeypatch.setattr(start_engine, "_PATIENCE", PATIENCE)
    monkeypatch.setattr(server, "find_vllm", lambda: [sys.executable, str(ROOT / "tests" / "fake_vllm.py")])
    log = tmp_path / "log"
    config = RunConfig(input="rows.jsonl", model=str(tmp_path))
    with pytest.raises(EngineGone, match="The vLLM server ended") as caught, running_engine(config, log):
        front, engine = map(int, (tmp_path / "pids").read_text().split())
        log.open("a").write("RuntimeError: the weights have melted\n")
        os.kill(front, signal.SIGKILL)
        os.kill(engine, signal.SIGKILL)
        raise EngineGone("Nobody listens.")
    assert "the weights have melted" in str(caught.value)
