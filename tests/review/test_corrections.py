"""Corrections of a review reach the dataset, whatever comes between; the review itself is made up here."""

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from sysgen_distilabel.errors import RunError
from sysgen_distilabel.replies.composition import compose_phrases
from sysgen_distilabel.review.corrections import plan_corrections
from sysgen_distilabel.review.marks import lay_out
from sysgen_distilabel.review.pull_answers import schema
from sysgen_distilabel.runs.run_directory import RunDirectory
from sysgen_distilabel.settings.run_config import RunConfig
from sysgen_distilabel.workflows.run import run
from tests.commands import read_dataset, write_rows

SOURCE = "row-00001"
WANTED = [{"functionality": "Role", "text": "You are a patient tutor.", "verdict": "Good"}]


@pytest.fixture
def config(tmp_path):
    return RunConfig(input=str(write_rows(tmp_path / "rows.jsonl", 4)), llm="simulated")


@pytest.fixture
def directory(config, tmp_path):
    return run(config, tmp_path / "run").directory


def phrases_of(directory):
    (row,) = [row for row in read_dataset(directory.path)["accepted"] if row["source_id"] == SOURCE]
    return [dict(phrase) for phrase in row["phrases"]]


def review(directory, wanted, minute):
    """Put in place what a pull writes after somebody has corrected the row as it is now."""
    reviewed = {
        "source_id": SOURCE,
        "record_id": f"record-{minute}",
        "is_current": True,
        "is_corrected": True,
        "reviewed_text": lay_out(phrases_of(directory))[0],
        "phrases": wanted,
        "system_message": compose_phrases(wanted, "paragraph"),
        "preferred_response": "",
        "answered_at": f"2026-01-01T10:{minute:02d}:00",
        "annotators": ["annotator-1"],
        "answers": [],
    }
    folder = directory.dataset / "review"
    folder.mkdir(exist_ok=True)
    pq.write_table(pa.Table.from_pylist([reviewed], schema=schema()), folder / "part.parquet")


@pytest.mark.slow
def test_a_retry_that_is_refused_costs_no_correction(config, directory):
    review(directory, WANTED, 1)
    with pytest.raises(RunError, match=r"No row in .* was rejected for truncated_reply"):
        run(config, directory.path, apply_review=True, retry=["truncated_reply"])
    assert not run(config, directory.path, apply_review=True).was_finished
    assert phrases_of(directory) == WANTED
    assert run(config, directory.path, apply_review=True).was_finished


@pytest.mark.slow
def test_a_kill_before_the_corrections_are_written_loses_none(config, directory, monkeypatch):
    review(directory, WANTED, 1)

    def killed(self, path, value):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(RunDirectory, "write_json", killed)
        run(config, directory.path, apply_review=True)
    assert run(config, directory.path).was_finished, "nothing has been begun"
    assert not run(config, directory.path, apply_review=True).was_finished
    assert phrases_of(directory) == WANTED


@pytest.mark.slow
def test_a_kill_after_the_corrections_are_written_loses_none(config, directory, monkeypatch):
    review(directory, WANTED, 1)

    def killed(self):
        if not self.report_file.exists():
            raise KeyboardInterrupt
        adopt(self)

    adopt = RunDirectory._adopt_next
    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(RunDirectory, "_adopt_next", killed)
        run(config, directory.path, apply_review=True)
    assert not run(config, directory.path).was_finished, "it resumes"
    assert phrases_of(directory) == WANTED


@pytest.mark.slow
def test_people_change_their_minds_and_change_them_back(config, directory):
    written = phrases_of(directory)
    for minute, wanted in enumerate([WANTED, written, WANTED], 1):
        review(directory, wanted, minute)
        assert not run(config, directory.path, apply_review=True).was_finished, minute
        assert phrases_of(directory) == wanted


@pytest.mark.slow
def test_an_old_answer_does_not_undo_a_newer_one(config, directory):
    written = phrases_of(directory)
    for minute, wanted in enumerate([WANTED, written], 1):
        review(directory, wanted, minute)
        run(config, directory.path, apply_review=True)
    review(directory, WANTED, 1)  # the first record stands for the row again, with its first answer
    assert plan_corrections(directory) is None


@pytest.mark.slow
def test_a_verdict_is_changed_and_changed_back(config, directory):
    written = phrases_of(directory)
    others = [{**phrase, "verdict": "Good"} for phrase in written]
    others[-1]["verdict"] = "Bad" if written[-1]["verdict"] == "Good" else "Good"
    for minute, wanted in enumerate([others, written, others], 1):
        review(directory, wanted, minute)
        assert not run(config, directory.path, apply_review=True).was_finished, minute
        assert phrases_of(directory) == wanted
