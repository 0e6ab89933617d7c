"""Pipelines of any shape give out each row once: odd batch sizes, filters, replicas, stages, routing."""

import random
from pathlib import Path
from typing import Any

import pytest
from distilabel.pipeline import sample_n_steps

from sysgen_distilabel.host.pipeline import SysGenPipeline
from tests.host_steps import Everything, First, Keep, Pass, Rows, Slow
from tests.isolated import isolated


def add_routed_steps(generator: Rows) -> Any:
    """Three steps, two of which get each batch, and one that joins them."""
    size = {"input_batch_size": generator.batch_size}
    end = First(name="end", **size)
    generator >> sample_n_steps(2) >> [Pass(name=name, **size) for name in ("a", "b", "c")] >> end
    return end


def add_random_step(chance: random.Random, name: str, rows: set[int]) -> tuple[Any, set[int]]:
    """A step, and the rows that it leaves of those it gets."""
    common = {"name": name, "input_batch_size": chance.choice([1, 4, 10, 64])}
    replicas = {"resources": {"replicas": chance.choice([1, 3])}}
    kind = chance.choice([Pass, Keep, Everything, Slow])
    if kind is Keep:
        low, high = sorted(chance.choices(range(len(rows) + 2), k=2))
        return Keep(low=low, high=high, **common, **replicas), rows & set(range(low, high))
    if kind is Slow:
        return Slow(seconds=0.003, slowest=chance.randrange(len(rows) + 1), **common, **replicas), rows
    return kind(**common, **({} if kind is Everything else replicas)), rows


def random_run(folder: Path, seed: int) -> tuple[list[int], list[int]]:
    """The rows that came out of a random pipeline, and those that had to."""
    chance = random.Random(seed)
    count, routed = chance.choice([0, 1, 7, 40, 123]), chance.random() < 0.3
    rows = set(range(count))
    with SysGenPipeline(name="random", cache_dir=folder) as pipeline:
        last: Any = Rows(count=count, batch_size=chance.choice([1, 3, 10, 50]))
        if routed:
            last = add_routed_steps(last)
        for place in range(chance.randrange(1, 4)):
            step, rows = add_random_step(chance, f"step_{place}", rows)
            last >> step
            last = step
    groups = None if routed else chance.choice([None, "sequential_step_execution"])
    distiset = pipeline.run(use_fs_to_pass_data=chance.random() < 0.3, load_groups=groups)
    return [row["number"] for row in distiset["default"]["train"].to_list()], sorted(rows)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(8))
def test_random_pipelines_give_out_each_row_once(tmp_path, seed):
    found, expected = isolated(random_run, tmp_path, seed)
    assert found == expected
