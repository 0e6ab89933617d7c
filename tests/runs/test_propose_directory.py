"""A run without `--output` has a directory named after its input, the same each time."""

import pytest

from sysgen_distilabel.runs.propose_directory import propose_directory
from sysgen_distilabel.settings.run_config import RunConfig
from tests.commands import read_dataset, sysgen, write_rows


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("data.jsonl", "data-sysgen"),
        ("/some/where/my data.v2.json.gz", "my-data.v2-sysgen"),
        ("ORG/NAME", "NAME-sysgen"),
        ("hf://datasets/ORG/NAME@main", "NAME-main-sysgen"),
        ("https://host/rows.parquet", "rows-sysgen"),
        ("shards/*.jsonl", "input-sysgen"),
        ("..", "input-sysgen"),
    ],
)
def test_the_name_is_that_of_the_input(source, name):
    assert str(propose_directory(RunConfig(input=source, llm="simulated"))) == name


def test_each_block_of_an_input_has_its_own():
    config = RunConfig(input="data.jsonl", llm="simulated", shard="2/8")
    assert str(propose_directory(config)) == "data-sysgen-2-of-8"


def test_a_run_says_where_it_goes_and_is_found_again(tmp_path):
    write_rows(tmp_path / "rows.jsonl", 3)
    first = sysgen("run", "rows.jsonl", "--llm", "simulated", cwd=tmp_path)
    assert first.returncode == 0 and first.stderr.startswith("The run directory is rows-sysgen;")
    assert len(read_dataset(tmp_path / "rows-sysgen")["accepted"]) == 3
    assert "finished already" in sysgen("run", "rows.jsonl", "--llm", "simulated", cwd=tmp_path).stderr
