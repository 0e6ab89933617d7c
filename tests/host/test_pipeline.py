"""What hangs, lies or leaks with the host's Pipeline completes or raises with ours."""

import itertools
import logging
import multiprocessing
import os
import signal
import sys
import threading
import time
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from distilabel.pipeline import Pipeline, routing_batch_function
from distilabel.pipeline.base import BasePipeline

from sysgen_distilabel.errors import EngineGone, Interrupted, StepFailed
from sysgen_distilabel.host import self_test
from sysgen_distilabel.host.hide_secrets import without_secrets
from sysgen_distilabel.host.pipeline import SysGenPipeline, pipeline_class
from sysgen_distilabel.host.workers import Workers
from sysgen_distilabel.host.write_buffer import TypedWriteBuffer
from tests.host_steps import (
    Broken,
    Everything,
    Exits,
    FailsToLoad,
    Fatal,
    HoldsLambda,
    Keep,
    MakesLambda,
    Pass,
    Poisoned,
    Rows,
    Slow,
    Typed,
    UntilInterrupted,
    Writes,
    YieldsTwice,
    Zip,
)
from tests.isolated import isolated, no_process_left

Spec = tuple[type, dict[str, Any]]
TEN: Spec = (Rows, {"count": 10, "batch_size": 5})
SLEEPS: Spec = (Slow, {"seconds": 60.0})


def chain(folder: Path, *steps: Spec) -> SysGenPipeline:
    with SysGenPipeline(name="test", cache_dir=folder) as pipeline:
        made = [
            step(**{"input_batch_size": 5} | fields) if step is not Rows else step(**fields)
            for step, fields in steps
        ]
        for before, after in pairwise(made):
            before >> after
    return pipeline


def rows_of(folder: Path, *steps: Spec, **arguments: Any) -> list[dict[str, Any]]:
    return chain(folder, *steps).run(**arguments)["default"]["train"].to_list()


def numbers(rows: list[dict[str, Any]]) -> list[int]:
    return [row["number"] for row in rows]


# Rows that must arrive


@pytest.mark.parametrize(
    ("steps", "expected"),
    [
        pytest.param([(Keep, {"high": 5}), (Pass, {})], range(5), id="last-batch-emptied"),
        pytest.param([(Keep, {"high": 0}), (Pass, {}), (Pass, {})], (), id="every-batch-emptied"),
        pytest.param([(Keep, {"high": 0}), (Everything, {}), (Pass, {})], (), id="global-step-without-rows"),
        pytest.param([(YieldsTwice, {})], range(10), id="process-yields-twice"),
        pytest.param(
            [(Pass, {"input_batch_size": 3}), (Pass, {"input_batch_size": 4})], range(10), id="odd-batches"
        ),
        pytest.param([(Everything, {}), (Pass, {})], range(10), id="global-step"),
        pytest.param(
            [(HoldsLambda, {"function": lambda: None})], range(10), id="field-that-cannot-be-pickled"
        ),
    ],
)
def test_rows_arrive(tmp_path, steps, expected):
    assert numbers(isolated(rows_of, tmp_path, TEN, *steps)) == list(expected)


@pytest.mark.parametrize("fields", [{"ends": False}, {"count": 0}], ids=["no-last-batch", "no-rows"])
def test_generator_that_ends_early(tmp_path, fields):
    rows = isolated(rows_of, tmp_path, (Rows, TEN[1] | fields), (Pass, {}))
    assert numbers(rows) == list(range(fields.get("count", 10)))


@pytest.mark.parametrize("load_groups", ["sequential_step_execution", [["first"]], [["first"], ["second"]]])
def test_load_groups_that_separate_the_generator(tmp_path, load_groups):
    steps = [(Rows, {"count": 40, "batch_size": 5}), (Pass, {"name": "first"}), (Pass, {"name": "second"})]
    rows = isolated(rows_of, tmp_path, *steps, load_groups=load_groups)
    assert numbers(rows) == list(range(40))


@pytest.mark.parametrize("last", [(Keep, {}), (Everything, {})], ids=["leaf", "global"])
@pytest.mark.parametrize("slowest", [0, 35])
def test_replicas_lose_no_rows_and_keep_their_order(tmp_path, last, slowest):
    slow = (Slow, {"slowest": slowest, "seconds": 0.05, "resources": {"replicas": 3}})
    rows = isolated(rows_of, tmp_path, (Rows, {"count": 40, "batch_size": 5}), slow, last)
    assert numbers(rows) == list(range(40))


def seconds_with_replicas(folder: Path, replicas: int) -> float:
    """The seconds for 16 batches, as large as the generator's, of a step that takes 0.1 s for each."""
    pipeline = chain(
        folder, (Rows, {"count": 80, "batch_size": 5}), (Slow, {"resources": {"replicas": replicas}})
    )
    started = time.monotonic()
    pipeline.run()
    return time.monotonic() - started


def test_replicas_all_work(tmp_path):
    alone, together = (isolated(seconds_with_replicas, tmp_path / str(n), n) for n in (1, 4))
    assert together < alone - 0.8


_turns = itertools.count()


@routing_batch_function()
def take_turns(steps: list[str]) -> list[str]:
    return [sorted(steps)[next(_turns) % len(steps)]]


def joined(folder: Path, routed: bool) -> dict[str, list[int]]:
    with SysGenPipeline(name="test", cache_dir=folder) as pipeline:
        rows = Rows(count=20, batch_size=5)
        branches = [Pass(name="left", input_batch_size=5), Pass(name="right", input_batch_size=5)]
        if routed:
            rows >> take_turns >> branches
        else:
            rows >> branches >> Zip(name="end", input_batch_size=5)
    return {name: numbers(subset["train"].to_list()) for name, subset in pipeline.run().items()}


def test_join_and_routing(tmp_path):
    assert isolated(joined, tmp_path, routed=False) == {"default": list(range(20))}
    routed = isolated(joined, tmp_path, routed=True)
    assert routed == {
        "left": [0, 1, 2, 3, 4, 10, 11, 12, 13, 14],
        "right": [5, 6, 7, 8, 9, 15, 16, 17, 18, 19],
    }


def split(folder: Path, high: int) -> list[tuple[str, int, list[str]]]:
    with SysGenPipeline(name="test", cache_dir=folder) as pipeline:
        rows = Rows(count=10, batch_size=5)
        rows >> [Keep(name="rejected", low=high), Keep(name="accepted", high=high)]
    distiset = pipeline.run()
    return [
        (name, subset["train"].num_rows, subset["train"].column_names) for name, subset in distiset.items()
    ]


@pytest.mark.parametrize("high", [0, 4, 10])
def test_both_subsets_are_there(tmp_path, high):
    columns = ["number", "text"]
    assert isolated(split, tmp_path, high) == [("rejected", 10 - high, columns), ("accepted", high, columns)]


def most_waiting(folder: Path) -> int:
    """How many batches have waited at most, in front of the last of three steps, which is slow."""
    waiting: list[int] = []
    put = Workers.put

    def counting_put(workers: Workers, step_name: str, item: Any) -> None:
        put(workers, step_name, item)
        waiting.append(sum(len(items) for items in workers._waiting.values()))

    Workers.put = counting_put
    steps = [(Pass, {"name": "first"}), (Pass, {"name": "second"}), (Slow, {"seconds": 0.01})]
    assert len(rows_of(folder, (Rows, {"count": 500, "batch_size": 5}), *steps)) == 500
    return max(waiting)


def test_rows_do_not_pile_up_before_a_slow_step(tmp_path):
    assert isolated(most_waiting, tmp_path) <= 6


def rerun(folder: Path) -> list[int]:
    """The same folder with other data, then the same pipeline again, also with the host's cache asked for."""
    rows = [len(rows_of(folder, (Rows, {"count": count, "batch_size": 5}), (Pass, {}))) for count in (10, 15)]
    pipeline = chain(folder, TEN, (Pass, {}))
    return rows + [
        pipeline.run(use_cache=use_cache)["default"].num_rows["train"] for use_cache in (False, True)
    ]


def test_changed_input_and_second_run(tmp_path):
    assert isolated(rerun, tmp_path) == [10, 15, 10, 10]


def dataset_then_dry_run(folder: Path) -> tuple[int, int, int]:
    with SysGenPipeline(name="test", cache_dir=folder) as pipeline:
        Pass(input_batch_size=5)
    first = pipeline.run(dataset=[{"number": n} for n in range(12)])["default"].num_rows["train"]
    other = chain(folder / "other", TEN, (Pass, {}))
    return (
        first,
        other.dry_run(batch_size=2)["default"].num_rows["train"],
        other.run()["default"].num_rows["train"],
    )


def test_dataset_argument_and_run_after_dry_run(tmp_path):
    assert isolated(dataset_then_dry_run, tmp_path) == (12, 2, 10)


# Rows that fail


def poisoned(folder: Path) -> tuple[list[dict[str, Any]], dict[str, int]]:
    pipeline = chain(folder, TEN, (Poisoned, {"name": "weak", "poison": [0, 7]}), (Pass, {"name": "after"}))
    return pipeline.run()["default"]["train"].to_list(), pipeline.failed_rows


def test_only_the_poisoned_rows_are_imputed(tmp_path):
    rows, failed = isolated(poisoned, tmp_path)
    assert numbers(rows) == list(range(10))
    assert [row["visits"] for row in rows] == [None, 1, 1, 1, 1, 1, 1, None, 1, 1]
    assert failed == {"weak": 2}


@pytest.mark.parametrize(
    ("steps", "error", "message"),
    [
        pytest.param(
            [TEN, (Broken, {})], StepFailed, "unexpected keyword argument 'seed'", id="every-row-fails"
        ),
        pytest.param([TEN, (Pass, {}), (Fatal, {}), (Pass, {})], EngineGone, "port 8000 is gone", id="fatal"),
        pytest.param(
            [TEN, (FailsToLoad, {})], StepFailed, "loading: OSError: no such model: tiny", id="load"
        ),
        pytest.param(
            [(Rows, TEN[1] | {"raises": True}), (Pass, {})], StepFailed, "cannot read row 7", id="generator"
        ),
        pytest.param([TEN, (Everything, {"raises": True})], StepFailed, "cannot cluster", id="global-leaf"),
        pytest.param(
            [TEN, (Everything, {"raises": True}), (Pass, {})], StepFailed, "cannot cluster", id="global"
        ),
        pytest.param(
            [TEN, (MakesLambda, {}), (Pass, {})], StepFailed, "lambda", id="rows-that-cannot-be-pickled"
        ),
        pytest.param(
            [TEN, (Exits, {})], StepFailed, "'exits_0' exited with code 3 while processing", id="exit"
        ),
        pytest.param(
            [TEN, (Exits, {"when": "load"})], StepFailed, "exited with code 3 while loading", id="exit-load"
        ),
        pytest.param(
            [TEN, (Exits, {"how": "kill"})], StepFailed, "killed by SIGKILL while processing", id="kill"
        ),
        pytest.param([TEN, (Exits, {"how": "kill", "when": "load"})], StepFailed, "SIGKILL", id="kill-load"),
    ],
)
def test_failures_are_raised_soon(tmp_path, steps, error, message):
    started = time.monotonic()
    with pytest.raises(error, match=message) as raised:
        isolated(rows_of, tmp_path, *steps)
    assert type(raised.value) is error
    assert time.monotonic() - started < 5


def test_step_that_dies_while_a_process_of_its_own_lives_on(tmp_path):
    with pytest.raises(StepFailed, match="exited with code 4"):
        isolated(rows_of, tmp_path, TEN, (Exits, {"how": "fork"}), timeout=1.9)


def rows_with_processes_that(start_method: str, *arguments: Any) -> list[dict[str, Any]]:
    multiprocessing.set_start_method(start_method, force=True)
    return rows_of(*arguments)


def test_step_that_cannot_be_sent_to_its_process(tmp_path):
    with pytest.raises(StepFailed, match="'holds_lambda_0' cannot be sent to its process"):
        isolated(rows_with_processes_that, "spawn", tmp_path, TEN, (HoldsLambda, {"function": lambda: None}))


@pytest.mark.slow
def test_processes_that_are_not_forked(tmp_path):
    steps = [TEN, (Typed, {"values": "[1]"})]
    assert len(isolated(rows_with_processes_that, "forkserver", tmp_path, *steps, timeout=60)) == 10


# Signals


def interrupted(folder: Path, step: Spec, *signals: int, grace: float = 20) -> tuple[float, bool]:
    """Send signals, half a second apart, to a run at work.

    Returns:
        The seconds from the first one to the end of the run, and whether the former handlers are back.
    """
    pipeline = chain(folder, (Rows, {"count": 500, "batch_size": 5}), (Writes, {"folder": str(folder)}), step)
    pipeline.grace = grace
    before = [signal.getsignal(signum) for signum in (signal.SIGINT, signal.SIGTERM)]
    sent: list[float] = []
    threading.Thread(target=send_when_at_work, args=(folder, signals, sent), daemon=True).start()
    try:
        pipeline.run()
    except Interrupted as error:
        assert error.exit_code == 130
        after = [signal.getsignal(signum) for signum in (signal.SIGINT, signal.SIGTERM)]
        return time.monotonic() - sent[0], before == after
    raise AssertionError("a partial result was returned")


def send_when_at_work(folder: Path, signals: tuple[int, ...], sent: list[float]) -> None:
    while not list(folder.glob("*.row")):
        time.sleep(0.05)
    time.sleep(0.2)
    sent.append(time.monotonic())
    for signum in signals:
        os.kill(os.getpid(), signum)
        time.sleep(0.5)


@pytest.mark.parametrize("signum", [signal.SIGINT, signal.SIGTERM])
def test_first_signal_lets_the_batch_finish(tmp_path, signum):
    seconds, handlers_restored = isolated(interrupted, tmp_path, (Slow, {"seconds": 1.0}), signum)
    assert seconds < 2.5
    assert handlers_restored


def test_steps_are_told_of_the_first_signal(tmp_path):
    seconds, _ = isolated(interrupted, tmp_path, (UntilInterrupted, {}), signal.SIGINT)
    assert seconds < 2


def test_second_signal_ends_the_run_at_once(tmp_path):
    seconds, handlers_restored = isolated(interrupted, tmp_path, SLEEPS, signal.SIGINT, signal.SIGINT)
    assert seconds < 2
    assert handlers_restored


def test_grace_is_bounded(tmp_path):
    seconds, _ = isolated(interrupted, tmp_path, SLEEPS, signal.SIGINT, grace=0.5)
    assert seconds < 2


def in_thread(folder: Path) -> list[int]:
    found: list[int] = []
    thread = threading.Thread(target=lambda: found.extend(numbers(rows_of(folder, TEN, (Pass, {})))))
    thread.start()
    thread.join()
    return found


def test_run_outside_the_main_thread(tmp_path):
    assert isolated(in_thread, tmp_path) == list(range(10))


@pytest.mark.parametrize("when", ["loading", "running"])
def test_no_process_outlives_a_killed_parent(tmp_path, when):
    pid = os.fork()
    if pid == 0:
        os.setsid()
        rows_of(tmp_path, TEN, (Writes, {"folder": str(tmp_path), "seconds": 60.0}), (Pass, {}))
        os._exit(0)
    while not list(tmp_path.glob("*.pid")):
        time.sleep(0.02)
    if when == "running":
        time.sleep(0.5)
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    assert no_process_left(pid)


# Before and after


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
    console = " ".join(capfd.readouterr().out.split())
    assert restored
    assert any("cannot digest 3" in message for message in messages)
    assert any("Processing batch" in message for message in messages)
    assert "ValueError: cannot digest 3" in console
    assert "Processing" not in console


def test_tracebacks_show_no_locals():
    assert sys.excepthook.__module__ != "rich.traceback"


def test_start_and_end_take_no_second(tmp_path):
    started = time.monotonic()
    isolated(rows_of, tmp_path, TEN, (Pass, {}))
    assert time.monotonic() - started < 2.5


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


# The host


def test_host_fits():
    assert self_test.misfits() == []
    assert pipeline_class() is SysGenPipeline


def test_other_host_gets_its_own_pipeline(monkeypatch):
    monkeypatch.delattr(BasePipeline, "_should_load_next_stage")
    monkeypatch.setattr(BasePipeline, "_register_batch", lambda self, batch, more: None)
    with pytest.warns(
        UserWarning, match=r"_register_batch takes \(batch more\).*_should_load_next_stage is missing"
    ) as warned:
        assert pipeline_class() is Pipeline
    assert len(warned) == 1


def test_other_version_of_the_host(monkeypatch):
    monkeypatch.setattr("distilabel.__version__", "1.6.0")
    assert self_test.misfits() == ["version 1.6.0"]
