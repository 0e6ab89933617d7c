# /// script
# requires-python = ">=3.11"
# dependencies = ["sysgen-distilabel[plots]"]
# ///
"""A whole run as one script, for `hf jobs uv run` and every other machine that is taken away again.

    uv run sysgen_job.py ORG/INPUT ORG/OUTPUT --license cc-by-4.0 --model ORG/MODEL

It reads a dataset of the Hub, keeps the run with its store of replies in a private dataset repository or in a
bucket (`--keep hf://buckets/ORG/NAME`) while it goes on, and publishes the result at its end. Stopped by
SIGTERM or by `--stop-after`, it keeps what was answered; the same command goes on from there, on any machine,
and asks nothing again. A machine that is gone without a word loses what came since the last upload. Arguments
that are not its own go to `sysgen run`.
"""

from __future__ import annotations

import argparse
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from huggingface_hub import create_bucket, create_repo, snapshot_download, sync_bucket, upload_folder

if TYPE_CHECKING:
    from types import FrameType

SYSGEN = Path(sys.executable).with_name("sysgen")
RUN_AGAIN = 75
"""Exit code of a job that was stopped and is to be started again (EX_TEMPFAIL)."""

BUCKETS = "hf://buckets/"
INTERRUPTED = (130, -signal.SIGTERM)  # the second before it has taken hold of the signal
KEEP_HELP = "where the run is kept: a dataset ORG/NAME or hf://buckets/ORG/NAME; else the dataset OUTPUT-run"
LEFT_OUT = shutil.ignore_patterns(".lock", ".work", "hub", "slots", "*.lock", "*.sqlite*")


def main() -> int:
    """Fetch the run, go on with it, publish it; returns the exit code."""
    job, for_run = read_arguments()
    run = job.work / "run"
    fetch(job)
    code = go_on([SYSGEN, "run", job.input, "--output", run, *for_run], job, run)
    keep(job, run)
    if code:
        print(f"Stopped; what was answered is in {job.keep}. The same command goes on.", file=sys.stderr)
        return RUN_AGAIN if code in INTERRUPTED else code
    terms = ["--license", job.license] if job.license else []
    visibility = ["--private"] if job.private else []
    return subprocess.run([SYSGEN, "push", run, job.output, *terms, *visibility], check=False).returncode


def read_arguments() -> tuple[argparse.Namespace, list[str]]:
    """The arguments of the job, and those for `sysgen run`."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("input", metavar="ORG/INPUT", help="the dataset to read")
    parser.add_argument("output", metavar="ORG/OUTPUT", help="the dataset to publish")
    parser.add_argument("--keep", metavar="PLACE", help=KEEP_HELP)
    parser.add_argument("--license", help="of what is published; else that of the source")
    parser.add_argument("--private", action="store_true", help="publish to yourself and your organisation")
    parser.add_argument(
        "--every", type=float, default=300.0, help="seconds between two uploads (%(default)s)"
    )
    parser.add_argument(
        "--stop-after", type=float, help="seconds after which it stops by itself, before it is"
    )
    parser.add_argument(
        "--work", type=Path, default=Path("sysgen-job"), help="a directory here (%(default)s)"
    )
    job, for_run = parser.parse_known_args()
    job.keep = job.keep or f"{job.output}-run"
    return job, for_run


def go_on(command: list[str | Path], job: argparse.Namespace, run: Path) -> int:
    """Run to the end or to the time limit, with an upload now and then; returns the exit code of the run."""
    process = subprocess.Popen(list(map(str, command)), start_new_session=True)

    def stop(*_: int | FrameType | None) -> None:
        process.send_signal(signal.SIGTERM)  # no new request; the replies that are under way are kept

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    deadline = time.monotonic() + job.stop_after if job.stop_after is not None else float("inf")
    while True:
        try:
            return process.wait(min(job.every, max(deadline - time.monotonic(), 0.0)))
        except subprocess.TimeoutExpired:
            if time.monotonic() >= deadline:
                stop()
                return process.wait()
            try:
                keep(job, run)
            except OSError as error:  # a file that was put in place just now, or the Hub was not reached
                print(f"Not kept this time: {error}", file=sys.stderr)


def fetch(job: argparse.Namespace) -> None:
    """Make the place where the run is kept, and fetch what is there."""
    if job.keep.startswith(BUCKETS):
        name = "/".join(job.keep.removeprefix(BUCKETS).split("/")[:2])  # what follows is a folder in it
        create_bucket(name, private=True, exist_ok=True)
        sync_bucket(job.keep, str(job.work), quiet=True)
    else:
        create_repo(job.keep, repo_type="dataset", private=True, exist_ok=True)
        snapshot_download(job.keep, repo_type="dataset", local_dir=job.work)


def keep(job: argparse.Namespace, run: Path) -> None:
    """Upload the run as it is: whole copies of the files of its store, which are being written."""
    if not (run / "config.yaml").exists():
        return
    copy = job.work / "copy" / "run"
    shutil.rmtree(copy.parent, ignore_errors=True)
    shutil.copytree(run, copy, ignore=LEFT_OUT)
    for path in (run / "calls").glob("*.sqlite"):
        with (
            closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as store,
            closing(sqlite3.connect(copy / "calls" / path.name)) as to,
        ):
            store.backup(to)
    message = "Keep the run as it is"
    if job.keep.startswith(BUCKETS):
        sync_bucket(str(copy.parent), job.keep, quiet=True)
    else:
        upload_folder(repo_id=job.keep, repo_type="dataset", folder_path=copy.parent, commit_message=message)


if __name__ == "__main__":
    sys.exit(main())
