"""What hangs, lies or leaks with distilabel's Pipeline completes or raises with ours."""

import itertools
import multiprocessing
from pathlib import Path
from typing import Any

import pytest
from distilabel.pipeline import routing_batch_function

from sysgen_distilabel.errors import EngineGone, MachineLimit, StepFailed
from sysgen_distilabel.host.pipeline import SysGenPipeline
from sysgen_distilabel.host.workers import Workers
from tests.host.chains import TEN, chain, numbers, rows_of
from tests.host_steps import (
    Broken,
    Everything,
    Exits,
    FailsToLoad,
    Fatal,
    HoldsLambda,
    Keep,
    MakesLambda,
    Meets,
    MeetsLimit,
    Pass,
    Poisoned,
    Rows,
    Slow,
    Typed,
    YieldsTwice,
    Zip,
)
from tests.isolated import isolated

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


def test_replicas_all_work(tmp_path):
    """Batches as large as the generator's; were one replica left out, the others would wait without end."""
    meets = (Meets, {"folder": str(tmp_path), "number": 4, "resources": {"replicas": 4}})
    assert numbers(isolated(rows_of, tmp_path, (Rows, {"count": 80, "batch_size": 5}), meets)) == [*range(80)]


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
        pytest.param([TEN, (MeetsLimit, {})], MachineLimit, "No space left", id="full-disk"),
        pytest.param([TEN, (MeetsLimit, {"when": "load"})], MachineLimit, "No space", id="full-disk-load"),
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
def test_failures_are_raised(tmp_path, steps, error, message):
    with pytest.raises(error, match=message) as raised:
        isolated(rows_of, tmp_path, *steps)
    assert type(raised.value) is error


def test_step_that_dies_while_a_process_of_its_own_lives_on(tmp_path):
    holding = tmp_path / "holding"
    holding.touch()

    def fails() -> None:
        try:
            rows_of(tmp_path, TEN, (Exits, {"how": "fork", "holding": str(holding)}))
        finally:
            holding.unlink()  # only now may the other process end

    with pytest.raises(StepFailed, match="exited with code 4"):
        isolated(fails)


def rows_with_processes_that(start_method: str, *arguments: Any) -> list[dict[str, Any]]:
    multiprocessing.set_start_method(start_method, force=True)
    return rows_of(*arguments)


def test_step_that_cannot_be_sent_to_its_process(tmp_path):
    with pytest.raises(StepFailed, match="'holds_lambda_0' cannot be sent to its process"):
        isolated(rows_with_processes_that, "spawn", tmp_path, TEN, (HoldsLambda, {"function": lambda: None}))


@pytest.mark.slow
def test_processes_that_are_not_forked(tmp_path):
    steps = [TEN, (Typed, {"values": "[1]"})]
    assert len(isolated(rows_with_processes_that, "forkserver", tmp_path, *steps)) == 10
