"""The runs of all shards, put together, are what a single run would have made."""

import json
import shutil
import sqlite3

import pytest

from sysgen_distilabel.errors import ConfigError, RunError
from sysgen_distilabel.recorded.store import Store
from sysgen_distilabel.settings.run_config import RunConfig
from sysgen_distilabel.workflows.merge_runs import merge
from sysgen_distilabel.workflows.run import run
from tests.commands import read_dataset, sysgen
from tests.doubles import raising

SHARDS = 8
FAULTS = {"malformed_rate": 0.1, "truncated_rate": 0.1, "permanent_error_rate": 0.05}


def configure(source, **settings):
    return RunConfig(input=str(source), llm="simulated", llm_args=FAULTS, batch_size=20, **settings)


@pytest.fixture(scope="module")
def source(tmp_path_factory):
    """Rows of which some have the same identifier, or none and the same content, far apart."""
    path = tmp_path_factory.mktemp("input") / "rows.jsonl"
    rows = [{"id": f"row-{n % 70}", "question": f"What is {n}?", "answer": f"It is {n}."} for n in range(100)]
    rows += [{"question": f"Again {n % 20}?", "answer": "Yes."} for n in range(40)] + [{"question": ""}]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


@pytest.fixture(scope="module")
def whole(source, tmp_path_factory):
    return run(configure(source), tmp_path_factory.mktemp("whole") / "run").directory.path


@pytest.fixture(scope="module")
def parts(source, tmp_path_factory):
    """One run for each shard; a few made, the others left to `finish`."""
    folder = tmp_path_factory.mktemp("parts")
    for number in range(1, SHARDS + 1):
        run(configure(source, shard=f"{number}/{SHARDS}"), folder / str(number))
    return [folder / str(number) for number in range(1, SHARDS + 1)]


@pytest.mark.slow
def test_eight_shards_equal_one_run(parts, whole, tmp_path):
    result = merge(parts[::-1], tmp_path / "merged")
    assert read_dataset(tmp_path / "merged") == read_dataset(whole)
    assert result.accounts.rows == 141 and result.accounts.rejected["bad_input"] == 1
    merged, single = (json.loads((path / "report.json").read_text()) for path in (tmp_path / "merged", whole))
    assert merged["rows"] == single["rows"] and merged["attrition"] == single["attrition"]
    assert (tmp_path / "merged" / "report.html").exists()
    with Store.open_read(tmp_path / "merged" / "calls") as store, Store.open_read(whole / "calls") as one:
        assert {r.key: r.reply.text for r in store.records()} == {r.key: r.reply.text for r in one.records()}
    settings = configure(parts[0].parent)
    again = run(settings.model_copy(update={"input": str(_source(whole))}), tmp_path / "merged")
    assert again.was_finished, "it is the run of the whole input"
    third = run(
        settings.model_copy(update={"input": str(_source(whole))}),
        tmp_path / "merged",
        retry=["truncated_reply"],
    )
    assert third.accounts.accepted > result.accounts.accepted
    calls = merged["usage"]["generate_system_message"]["calls"]
    after = json.loads((tmp_path / "merged" / "report.json").read_text())["usage"]["generate_system_message"]
    assert after["calls"] - calls <= result.accounts.rejected["truncated_reply"]


def _source(run_directory):
    return json.loads((run_directory / "provenance.json").read_text())["input"]["location"]


@pytest.mark.slow
def test_what_does_not_make_up_one_run_is_named(parts, whole, source, tmp_path):
    with pytest.raises(RunError, match=r"missing: 3/8, 8/8"):
        merge([*parts[:2], *parts[3:7]], tmp_path / "merged")
    with pytest.raises(RunError, match=r"given twice: 2/8"):
        merge([*parts, parts[1]], tmp_path / "merged")
    with pytest.raises(RunError, match="is not of a shard"):
        merge([whole], tmp_path / "merged")
    with pytest.raises(RunError, match="no finished run"):
        merge([*parts, tmp_path], tmp_path / "merged")
    run(configure(source, shard="1/8", repair=True), tmp_path / "other")
    with pytest.raises(RunError, match=r"differ in: repair"):
        merge([tmp_path / "other", *parts[1:]], tmp_path / "merged")
    assert not (tmp_path / "merged").exists()
    with pytest.raises(RunError, match="There is a run in"):
        merge(parts, whole)


@pytest.mark.slow
def test_a_shard_whose_rows_went_missing_is_found(parts, tmp_path):
    import pyarrow.parquet as pq

    broken = tmp_path / "broken"
    shutil.copytree(parts[4], broken)
    file = next((broken / "dataset" / "accepted").iterdir())
    pq.write_table(pq.read_table(file).slice(1), file)
    with pytest.raises(RunError, match=r"not what its report says: accepted/.* instead of"):
        merge([*parts[:4], broken, *parts[5:]], tmp_path / "merged")


@pytest.fixture(scope="module")
def halves(source, tmp_path_factory):
    folder = tmp_path_factory.mktemp("halves")
    for number in (1, 2):
        run(configure(source, shard=f"{number}/2", limit=40), folder / str(number))
    return folder


@pytest.fixture
def two(halves, tmp_path):
    """The runs of two shards, to be broken."""
    shutil.copytree(halves, tmp_path / "halves")
    return [tmp_path / "halves" / str(number) for number in (1, 2)]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("file", "spoil", "message"),
    [
        ("calls/*.sqlite", lambda text: "no database", "cannot be copied"),
        ("provenance.json", lambda text: "{}", "are broken: KeyError"),
        ("report.json", lambda text: "{}", "no finished run"),
        ("config.yaml", lambda text: f"{text}\nof_a_later_version: 1\n", "'of_a_later_version'"),
    ],
)
def test_a_shard_with_a_broken_file_is_named(two, tmp_path, file, spoil, message):
    for path in two if file == "config.yaml" else two[:1]:
        for broken in path.glob(file):
            broken.write_text(spoil("" if file.endswith("sqlite") else broken.read_text()))
    with pytest.raises(RunError, match=message) as caught:
        merge(two, tmp_path / "merged")
    assert str(two[0]) in caught.value.message and caught.value.hint


@pytest.mark.slow
@pytest.mark.parametrize(
    "place", ["merge_runs.write_dataset", "merge_runs.finish_run", "run.RunDirectory.finish"]
)
def test_a_merge_that_was_killed_is_repeated(two, tmp_path, monkeypatch, place):
    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(f"sysgen_distilabel.workflows.{place}", raising(KeyboardInterrupt))
        merge(two, tmp_path / "merged")
    assert merge(two, tmp_path / "merged").accounts.rows == 40
    with pytest.raises(RunError, match="There is a run in"):
        merge(two, tmp_path / "merged")


@pytest.mark.slow
def test_a_page_that_cannot_be_written_does_not_undo_a_merge(two, tmp_path, monkeypatch, caplog):
    monkeypatch.setattr(
        "sysgen_distilabel.report.write_report.write_report_and_card", raising(ValueError("no ink"))
    )
    assert merge(two, tmp_path / "merged").directory.is_finished() and "no ink" in caplog.text


@pytest.mark.slow
def test_the_command_line_runs_a_shard_and_merges(source, tmp_path):
    for number in (1, 2):
        process = sysgen(
            "run", source, "--output", tmp_path / f"part-{number}", "--llm", "simulated",
            "--shard", f"{number}/2", "--quiet",
        )  # fmt: skip
        assert process.returncode == 0, process.stderr
    process = sysgen("merge", tmp_path / "part-1", tmp_path / "part-2", "--output", tmp_path / "all")
    assert process.returncode == 0 and "141" in process.stderr, process.stderr
    process = sysgen("merge", tmp_path / "part-1", "--output", tmp_path / "half")
    assert process.returncode == 4 and "missing: 2/2" in process.stderr and "Traceback" not in process.stderr


@pytest.mark.parametrize("shard", ["0/4", "5/4", "4", "a/b", "-1/2"])
def test_a_shard_that_is_none_is_refused(source, shard):
    with pytest.raises(ValueError, match=r"shard|block|I/N"):
        configure(source, shard=shard)


def test_near_duplicates_are_not_looked_for_within_a_shard(source):
    with pytest.raises(ValueError, match="near-duplicates"):
        configure(source, shard="1/2", variety={"max_similarity": 0.8})


@pytest.mark.parametrize(("rows", "shards"), [(0, 3), (1, 1), (7, 3), (806_796, 32)])
def test_blocks_cover_the_input_once(rows, shards):
    blocks = [
        RunConfig(input="x", llm="simulated", shard=f"{n + 1}/{shards}").find_block(rows)
        for n in range(shards)
    ]
    assert [first for first, _ in blocks] == [0, *(end for _, end in blocks[:-1])]
    assert blocks[-1][1] == rows and max(b - a for a, b in blocks) - min(b - a for a, b in blocks) <= 1


def test_more_shards_than_rows_is_an_error(tmp_path):
    (tmp_path / "rows.jsonl").write_text('{"question": "a?", "answer": "b"}\n')
    with pytest.raises(ConfigError, match="none is left for block 1/2"):
        run(configure(tmp_path / "rows.jsonl", shard="1/2"), tmp_path / "run")


def test_a_copied_store_is_no_machines_own(parts, whole, tmp_path):
    """The names of the copies are such that a later session begins a shard of its own."""
    merged = tmp_path / "merged"
    merge(parts, merged)
    before = {path.name for path in (merged / "calls").glob("*.sqlite")}
    with Store.open(merged / "calls") as store:
        assert {path.name for path in (merged / "calls").glob("*.sqlite")} - before
        assert next(store.records())
    for name in before:
        assert sqlite3.connect(merged / "calls" / name).execute("PRAGMA integrity_check").fetchone() == (
            "ok",
        )
