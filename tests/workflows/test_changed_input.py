"""An input that changes while a run reads it, or between two sessions: read as it was scanned, or named."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from sysgen_distilabel.errors import InputError, RunError
from sysgen_distilabel.runs.observer import Observer
from sysgen_distilabel.settings.run_config import RunConfig
from sysgen_distilabel.workflows.run import run
from tests.commands import read_dataset, write_rows


class Meddler(Observer):
    """Changes the input when the scan is over and the run is about to read it."""

    def __init__(self, path: Path, meddle) -> None:
        self._path = path
        self._meddle = meddle

    def check(self, directory: Path) -> None:
        """Called once, between the scan and the reading."""
        self._path.write_text(self._meddle(self._path.read_text()))


def append(text: str) -> str:
    return text + json.dumps({"id": "late", "question": "Late?", "answer": "Yes."}) + "\n"


def edit(text: str) -> str:
    return text.replace("the number 7 in", "the number seven in")


def truncate(text: str) -> str:
    return "".join(text.splitlines(keepends=True)[:8])


def config_of(path: Path, **settings) -> RunConfig:
    return RunConfig(input=str(path), llm="simulated", batch_size=4, **settings)


def texts(directory: Path) -> dict[str, str]:
    return {row["source_id"]: row["messages"][0]["content"] for row in read_dataset(directory)["accepted"]}


def test_appended_rows_are_not_read_and_can_be_taken_later(tmp_path):
    path = write_rows(tmp_path / "rows.jsonl", 12)
    result = run(config_of(path), tmp_path / "run", observer=Meddler(path, append))
    assert result.accounts.rows == 12 and "late" not in texts(tmp_path / "run")
    with pytest.raises(RunError, match="the rows of the input have changed") as caught:
        run(config_of(path), tmp_path / "run")
    assert "--extend" in caught.value.hint
    extended = run(config_of(path), tmp_path / "run", extend=True)
    assert extended.accounts.rows == 13 and texts(tmp_path / "run")["late"] == "Late?"
    assert run(config_of(path), tmp_path / "run").was_finished


@pytest.mark.parametrize(
    ("meddle", "said"),
    [(edit, "line 8 is not what it was"), (truncate, "it ends after row 8 of 12")],
)
def test_a_changed_row_stops_the_run_and_what_was_answered_is_kept(tmp_path, meddle, said):
    path = write_rows(tmp_path / "rows.jsonl", 12)
    before = path.read_text()
    with pytest.raises(InputError, match=rf"rows\.jsonl has changed since the run began: {said}") as caught:
        run(config_of(path), tmp_path / "run", observer=Meddler(path, meddle))
    assert "--extend" in caught.value.hint
    path.write_text(before)
    assert run(config_of(path), tmp_path / "run").accounts.rows == 12
    assert "the number 7 in" in texts(tmp_path / "run")["row-00007"]


def test_a_changed_input_goes_on_in_the_same_directory_when_asked(tmp_path):
    path = write_rows(tmp_path / "rows.jsonl", 12)
    with pytest.raises(InputError):
        run(config_of(path), tmp_path / "run", observer=Meddler(path, edit))
    assert run(config_of(path), tmp_path / "run", extend=True).accounts.rows == 12
    assert "the number seven in" in texts(tmp_path / "run")["row-00007"]


def test_a_raised_limit_pays_for_the_new_rows_alone(tmp_path):
    path = write_rows(tmp_path / "rows.jsonl", 12)
    run(config_of(path, limit=8), tmp_path / "run")
    first = texts(tmp_path / "run")
    with pytest.raises(RunError, match="limit was 8, is 12"):
        run(config_of(path, limit=12), tmp_path / "run")
    run(config_of(path, limit=12), tmp_path / "run", extend=True)
    fresh = run(config_of(path, limit=12), tmp_path / "fresh")
    assert texts(tmp_path / "run") == texts(tmp_path / "fresh") and fresh.accounts.rows == 12
    assert first.items() <= texts(tmp_path / "run").items()
    usage = {
        name: json.loads((tmp_path / name / "report.json").read_text())["usage"] for name in ("run", "fresh")
    }
    assert {task: used["calls"] for task, used in usage["run"].items()} == {
        task: used["calls"] for task, used in usage["fresh"].items()
    }


def test_other_settings_are_no_extension(tmp_path):
    path = write_rows(tmp_path / "rows.jsonl", 4)
    run(config_of(path), tmp_path / "run")
    with pytest.raises(RunError, match="repair was False, is True"):
        run(config_of(path, repair=True), tmp_path / "run", extend=True)
