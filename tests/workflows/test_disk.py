"""A disk that is full or turns read-only stops a run with one message, and the same command resumes it."""

import os
import subprocess

import pytest

from tests.commands import ROOT, SYSGEN, write_rows
from tests.patience import PATIENCE

# A file system of its own, in a mount namespace of its own: seen by this process only and gone with it.
SMALL_DISK = ["unshare", "--mount", *([] if os.geteuid() == 0 else ["--map-root-user"]), "bash", "-euc"]

FULL = """
    mount -t tmpfs -o size=1m tmpfs "$1"
    run() { "$2" run "$3" --output "$1/run" --llm simulated --skip-checks; }
    run "$@" 2> "$4/full" && exit 1 || echo $? > "$4/full.code"
    mount -o remount,size=64m "$1"
    run "$@" 2> "$4/resumed"
    cp -r "$1/run/dataset" "$4"
"""
READ_ONLY = """
    mount -t tmpfs -o size=64m tmpfs "$1"
    run() { "$2" run "$3" --output "$1/run" --llm simulated; }
    mkdir "$1/run" && touch "$1/run/.lock"
    mount -o remount,ro "$1"
    run "$@" 2> "$4/read-only" && exit 1 || echo $? > "$4/read-only.code"
    mount -o remount,rw "$1"
    run "$@" 2> "$4/resumed"
    cp -r "$1/run/dataset" "$4"
"""


@pytest.mark.slow
@pytest.mark.parametrize(
    ("script", "name", "exit_codes", "words"),
    [(FULL, "full", ("4", "5"), "Make room"), (READ_ONLY, "read-only", ("4",), "Read-only file system")],
    ids=["full", "read-only"],
)
def test_a_disk_that_takes_no_more(tmp_path, script, name, exit_codes, words):
    disk, results = tmp_path / "disk", tmp_path / "results"
    disk.mkdir()
    results.mkdir()
    rows = write_rows(tmp_path / "rows.jsonl", 400)
    process = subprocess.run(
        [*SMALL_DISK, script, "test", disk, SYSGEN, rows, results],
        cwd=ROOT, capture_output=True, text=True, timeout=PATIENCE,
    )  # fmt: skip
    assert process.returncode == 0, process.stderr
    message = (results / name).read_text()
    assert (results / f"{name}.code").read_text().strip() in exit_codes
    assert words in message and "Traceback" not in message and str(disk) in message
    assert "| **input** | **400** |" in (results / "dataset" / "README.md").read_text()
