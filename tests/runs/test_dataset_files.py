"""A finished run whose files are not what its report says is not used, by any command."""

import contextlib
import json
import os
import shutil

import pyarrow.parquet as pq
import pytest

from sysgen_distilabel.errors import RunError
from sysgen_distilabel.runs.dataset_files import describe_files, find_damage
from sysgen_distilabel.runs.run_directory import RunDirectory
from sysgen_distilabel.settings.run_config import RunConfig
from sysgen_distilabel.workflows.run import run
from tests.commands import read_dataset, sysgen, write_rows


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    folder = tmp_path_factory.mktemp("finished")
    rows = write_rows(folder / "rows.jsonl", 12)
    config = RunConfig(input=str(rows), llm="simulated", llm_args={"malformed_rate": 0.3, "empty_rate": 0.2})
    return run(config, folder / "run").directory


@pytest.fixture
def mine(finished, tmp_path):
    return RunDirectory(shutil.copytree(finished.path, tmp_path / "run"))


def only_file(directory, subset="accepted"):
    (path,) = (directory.dataset / subset).glob("*.parquet")
    return path


def flip_a_byte(directory):
    path = only_file(directory)
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def drop_a_row(directory):
    path = only_file(directory)
    table = pq.read_table(path)
    pq.write_table(table.slice(1), path)


def cut(directory):
    only_file(directory).write_bytes(only_file(directory).read_bytes()[:2000])


def put_a_directory_there(directory):
    path = only_file(directory)
    path.unlink()
    path.mkdir()


def add_a_file(directory):
    shutil.copy(only_file(directory), directory.dataset / "accepted" / "more.parquet")


DAMAGE = {
    "a file is lost": (lambda run: only_file(run).unlink(), "is missing"),
    "a subset is lost": (lambda run: shutil.rmtree(run.dataset / "rejected"), "is missing"),
    "a file is cut": (cut, "instead of"),
    "a file is empty": (lambda run: only_file(run).write_bytes(b""), "has 0 bytes"),
    "a row is gone": (drop_a_row, "instead of"),
    "a byte has flipped": (flip_a_byte, "has changed"),
    "a file has come in": (add_a_file, "not one of"),
    "a file is a directory": (put_a_directory_there, "bytes|cannot be read"),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", DAMAGE)
def test_damage_is_found_and_told(mine, name):
    damage, told = DAMAGE[name]
    assert mine.require_finished() is mine
    damage(mine)
    with pytest.raises(RunError, match=f"not what its report says: .*({told})"):
        mine.require_finished()


def test_a_run_of_an_older_version_is_counted(mine):
    report = {name: value for name, value in mine.read_report().items() if name != "files"}
    assert not find_damage(mine.dataset, report)
    drop_a_row(mine)
    assert "accepted has" in find_damage(mine.dataset, report)
    only_file(mine).write_bytes(b"PAR1")
    assert "broken file" in find_damage(mine.dataset, report)


def test_what_is_listed(finished):
    files = describe_files(finished.dataset)
    rows = read_dataset(finished.path)
    assert {name: file["rows"] for name, file in files.items()} == {
        f"{subset}/00000-of-00001.parquet": len(rows[subset]) for subset in ("accepted", "rejected")
    }
    assert finished.read_report()["files"] == files


COMMANDS = [
    ["report"], ["show"], ["export", "--format", "sharegpt"], ["push", "--license", "mit"], ["preferences"],
    ["evaluate", "responses"], ["evaluate", "hold-out", "--output", "other"], ["review", "push"],
]  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_no_command_goes_on_with_a_lost_file(mine, command):
    only_file(mine).unlink()
    words = [word for word in command if not word.startswith("-")]
    place = 2 if command[0] in ("evaluate", "review") else 1
    arguments = [*command[:place], mine.path, *(["acme/x"] if words[0] == "push" else []), *command[place:]]
    process = sysgen(*arguments, cwd=mine.path.parent)
    assert process.returncode == 4, process.stderr
    assert "is missing" in process.stderr and "Traceback" not in process.stderr


def answered_calls(directory):
    return {task: usage["calls"] for task, usage in directory.usage().items()}


@pytest.mark.slow
def test_the_run_itself_says_how_to_mend_it_and_asks_nothing(tmp_path):
    rows = write_rows(tmp_path / "rows.jsonl", 6)
    command = ["run", rows, "--output", tmp_path / "run", "--llm", "simulated"]
    assert sysgen(*command).returncode == 0
    directory = RunDirectory(tmp_path / "run")
    before, answered = read_dataset(directory.path), answered_calls(directory)
    only_file(directory).unlink()
    process = sysgen(*command)
    assert process.returncode == 4 and str(directory.report_file) in process.stderr
    directory.report_file.unlink()
    assert sysgen(*command).returncode == 0
    assert read_dataset(directory.path) == before and answered_calls(directory) == answered


@pytest.mark.slow
@pytest.mark.parametrize("torn", ["", "[]", "{}", "{", "\x00" * 100, "null"])
def test_a_torn_report_is_made_anew_by_the_run_and_used_by_nobody(mine, finished, torn):
    mine.report_file.write_text(torn)
    with pytest.raises(RunError, match="no finished run"):
        mine.require_finished()
    config = RunConfig(**(finished.read_config()))
    result = run(config, mine.path)
    assert not result.was_finished and result.accounts.rows == 12
    rows = json.loads(mine.report_file.read_text())["rows"]
    assert rows == finished.read_report()["rows"]


@pytest.mark.slow
@pytest.mark.parametrize(
    "name", [".lock", "provenance.json.new", "config.yaml.new", "log", "report.json.new"]
)
def test_nothing_is_written_through_a_link(tmp_path, name):
    victim, directory = tmp_path / "victim", tmp_path / "run"
    victim.write_text("mine")
    directory.mkdir()
    (directory / name).symlink_to(victim)
    rows = write_rows(tmp_path / "rows.jsonl", 2)
    with contextlib.suppress(RunError, OSError):
        run(RunConfig(input=str(rows), llm="simulated"), directory)
    assert victim.read_text() == "mine"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a directory away")
def test_a_directory_of_somebody_else_is_refused(tmp_path):
    directory = tmp_path / "run"
    directory.mkdir()
    os.chown(directory, 12345, 12345)
    rows = write_rows(tmp_path / "rows.jsonl", 2)
    with pytest.raises(RunError, match="belongs to another user"):
        run(RunConfig(input=str(rows), llm="simulated"), directory)
    assert list(directory.iterdir()) == []
