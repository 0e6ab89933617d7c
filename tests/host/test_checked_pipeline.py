"""What is around a run: logs, secrets, its end, and what can be saved of it."""

import logging
import sys
import time
from pathlib import Path

import pytest
from distilabel.pipeline import Pipeline

from sysgen_distilabel.host.hide_secrets import without_secrets
from sysgen_distilabel.host.pipeline import SysGenPipeline
from sysgen_distilabel.host.write_buffer import TypedWriteBuffer
from tests.host.chains import TEN, chain, rows_of
from tests.host_steps import (
    Pass,
    Poisoned,
)
from tests.isolated import isolated


def many_runs(folder: Path) -> str:
    pipeline = chain(folder, TEN, (Pass, {}))
    for _ in range(10):
        pipeline.run()
    logging.getLogger("httpx").warning("still here")
    return (next(folder.rglob("pipeline.log"))).read_text()


@pytest.mark.slow
def test_ending_does_not_hang(tmp_path):
    assert isolated(many_runs, tmp_path).count("Processing batch") == 20


class Keeper(logging.Handler):
    def __init__(self) -> None:
        super().__init__()
        self.messages: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.messages.append(record.getMessage())


def root_state_and_messages(folder: Path) -> tuple[bool, list[str]]:
    handler = Keeper()
    root = logging.getLogger()
    before = [*root.handlers, root.level]
    chain(folder, TEN, (Poisoned, {"poison": [3]})).run(logging_handlers=[handler])
    return [*root.handlers, root.level] == before, handler.messages


def test_logging_is_restored_and_handlers_get_everything(tmp_path, capfd):
    restored, messages = isolated(root_state_and_messages, tmp_path)
    printed = capfd.readouterr()
    console = " ".join(printed.err.split())
    assert restored
    assert any("cannot digest 3" in message for message in messages)
    assert any("Processing batch" in message for message in messages)
    assert "ValueError: cannot digest 3" in console
    assert "Processing" not in console
    assert printed.out == ""


def test_tracebacks_show_no_locals():
    assert sys.excepthook.__module__ != "rich.traceback"


def slept(folder: Path) -> float:
    """The seconds that the main process of a run asks to sleep, all together."""
    asked: list[float] = []
    time.sleep = asked.append  # in a process of its own
    rows_of(folder, TEN, (Pass, {}))
    return sum(asked)


def test_start_and_end_wait_for_no_clock(tmp_path):
    assert isolated(slept, tmp_path) < 0.5


def test_saved_pipeline_has_no_secrets_and_loads(tmp_path):
    pipeline = chain(tmp_path, TEN, (Pass, {"name": "first"}))
    pipeline.save(tmp_path / "pipeline.yaml", format="yaml")
    loaded = SysGenPipeline.from_yaml(tmp_path / "pipeline.yaml")
    assert type(loaded) is SysGenPipeline
    assert loaded.signature == pipeline.signature
    stock = Pipeline.from_yaml(tmp_path / "pipeline.yaml")
    assert list(stock.dag) == list(pipeline.dag)


def test_ray_pipeline_has_the_typed_write_buffer(tmp_path):
    pipeline = chain(tmp_path, TEN, (Pass, {})).ray()
    pipeline._setup_write_buffer(False)
    assert type(pipeline._write_buffer) is TypedWriteBuffer


def test_secrets_are_left_out():
    dumped = {
        "token": "hf_1",
        "use_token": True,
        "eos_token": "</s>",
        "max_new_tokens": 5,
        "llm": [{"default_headers": {"Authorization": "Bearer 1", "X-Api-Key": "2", "Accept": "json"}}],
    }
    assert without_secrets(dumped) == {
        "use_token": True,
        "eos_token": "</s>",
        "max_new_tokens": 5,
        "llm": [{"default_headers": {}}],
    }
