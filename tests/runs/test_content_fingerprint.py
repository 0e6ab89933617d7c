"""`load_dataset` as the README has it, with its cache where it always is, gives a run's own rows."""

import json
import os
import shutil
import subprocess
import sys

import pytest

from sysgen_distilabel import export_run, sysgen
from sysgen_distilabel.export.plan import Options
from sysgen_distilabel.export.trainer_format import Format
from sysgen_distilabel.runs.content_fingerprint import describe_content
from sysgen_distilabel.runs.hold_out import hold_out
from sysgen_distilabel.runs.run_directory import RunDirectory
from tests.commands import read_dataset
from tests.review.test_corrections import SOURCE, WANTED, review

pytestmark = pytest.mark.slow

LOAD = """
import json, sys
from datasets import load_dataset
places = json.loads(sys.argv[1])
print(json.dumps([load_dataset(*place, split="train").to_list() for place in places]))
"""


def rows_of(count, first=0):
    numbers = range(first, first + count)
    return [
        {"source_id": f"row-{n:05d}", "question": f"What is {n} + {n}?", "answer": f"{2 * n}."}
        for n in numbers
    ]


@pytest.fixture
def load(tmp_path):
    """Loads one place after the other in a process of its own; all of them share a fresh cache."""
    hidden = ("HF_DATASETS_CACHE", "HF_HUB_CACHE", "XDG_CACHE_HOME")
    environment = {name: value for name, value in os.environ.items() if name not in hidden}

    def load(*places):
        arguments = json.dumps([[str(part) for part in place] for place in places])
        process = subprocess.run(
            [sys.executable, "-c", LOAD, arguments],
            env={**environment, "HF_HOME": str(tmp_path / "hf"), "HF_HUB_OFFLINE": "1"},
            capture_output=True,
            text=True,
        )
        assert process.returncode == 0, process.stderr
        return json.loads(process.stdout)

    return load


def test_two_runs_and_a_copy_with_the_same_name(tmp_path, load):
    runs = [tmp_path / name for name in ("first", "second", "third")]
    for run, rows in zip(runs, [rows_of(6), rows_of(2), rows_of(2, first=4)], strict=True):
        sysgen(rows, llm="simulated", output=run, progress=False)
    places = [(run / "dataset", "accepted") for run in runs]
    for found in (load(*places), load(*reversed(places))[::-1]):
        assert found == [read_dataset(run)["accepted"] for run in runs]
    moved = tmp_path / "elsewhere" / "dataset"
    shutil.copytree(runs[1] / "dataset", moved)
    shutil.rmtree(runs[0] / "dataset")
    shutil.copytree(moved, runs[0] / "dataset")
    assert load((runs[0] / "dataset", "accepted")) == [read_dataset(runs[1])["accepted"]]


def test_a_retry_and_a_review_are_seen(tmp_path, load):
    run, place = RunDirectory(tmp_path / "run"), (tmp_path / "run" / "dataset", "accepted")
    settings = {
        "llm": "simulated",
        "llm_args": {"truncated_rate": 0.3},
        "output": run.path,
        "progress": False,
    }
    data = tmp_path / "rows.jsonl"
    data.write_text("".join(json.dumps(row) + "\n" for row in rows_of(12)))
    sysgen(data, **settings)
    (before,) = load(place)
    sysgen(data, **settings, retry=["truncated_reply"])
    (retried,) = load(place)
    assert len(before) < len(retried) and retried == read_dataset(run.path)["accepted"]
    if SOURCE not in {row["source_id"] for row in retried}:
        pytest.fail("the reviewed row has to be an accepted one: choose another rate")
    review(run, WANTED, 1)
    sysgen(data, **settings, apply_review=True)
    (reviewed,) = load(place)
    assert reviewed == read_dataset(run.path)["accepted"] != retried


def test_exports_and_held_out_rows(tmp_path, load):
    exports, cards = [], []
    for name, count in (("a", 5), ("b", 2)):
        run = tmp_path / name / "run"
        sysgen(rows_of(count), llm="simulated", output=run, progress=False)
        export_run(RunDirectory(run), Options(layout=Format.MESSAGES), tmp_path / name / "export")
        hold_out(run / "dataset", tmp_path / name / "split", 0.0)
        exports.append((tmp_path / name / "export",))
        cards.append((tmp_path / name / "split" / "README.md").read_text().split("description: ")[1][:31])
    assert [len(rows) for rows in load(*exports)] == [5, 2]
    assert cards[0] != cards[1] and all(card.startswith("content sha256:") for card in cards)


def test_any_difference_in_any_file_makes_another_description(tmp_path):
    first, second = tmp_path / "1", tmp_path / "2"
    first.write_bytes(b"ab")
    second.write_bytes(b"c")
    both = describe_content([first, second])
    second.write_bytes(b"bc")
    first.write_bytes(b"a")
    assert describe_content([first, second]) != both != describe_content([second, first])
    assert describe_content([first]) == describe_content(iter([first]))
