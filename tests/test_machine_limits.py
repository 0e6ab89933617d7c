"""What the machine cannot give is said as such, and is laid to no row."""

import errno
import logging
import subprocess
import sys

import pytest

from sysgen_distilabel.errors import MachineLimit
from sysgen_distilabel.machine_limits import name_limit
from sysgen_distilabel.rows import log_failure
from tests.commands import ROOT, SYSGEN, write_rows
from tests.patience import PATIENCE


def masked(error, by):
    """An error that comes of tidying up after another one."""
    try:
        try:
            raise error
        finally:
            raise by
    except type(by) as caught:
        return caught


LIMITS = {
    "memory": MemoryError(),
    "memory of the system": OSError(errno.ENOMEM, "Cannot allocate memory"),
    "threads": RuntimeError("can't start new thread"),
    "behind another": masked(MemoryError(), RuntimeError("cannot join thread before it is started")),
    "files": OSError(errno.EMFILE, "Too many open files"),
    "disk": OSError(errno.ENOSPC, "No space left on device", "/tmp/x"),
    "size of a file": OSError(errno.EFBIG, "File too large"),
}


@pytest.mark.parametrize("error", LIMITS.values(), ids=LIMITS)
def test_a_limit_of_the_machine_ends_the_run_and_not_the_row(error):
    with pytest.raises(MachineLimit) as limit:
        log_failure(logging.getLogger(), {"source_id": "a"}, "failed", error)
    assert limit.value.message and limit.value.hint and limit.value.exit_code == 5


def test_the_file_is_named():
    limit = name_limit(OSError(errno.ENOSPC, "", "/data/x"))
    assert limit is not None and limit.message == "/data/x cannot be written: No space left on device."


@pytest.mark.parametrize(
    "error", [ValueError("odd"), FileNotFoundError(errno.ENOENT, "gone"), RuntimeError("a thread ended")]
)
def test_other_errors_are_those_of_a_row(error, caplog):
    log_failure(logging.getLogger(), {"source_id": "a"}, "failed", error)
    assert "Row 'a' failed" in caplog.text


@pytest.mark.slow  # a command that is not warm
def test_a_limit_of_file_sizes_loses_no_row(tmp_path):
    """The identifier of languages unpacks itself into a file that is larger than this."""
    rows = write_rows(tmp_path / "rows.jsonl", 2, "Explique el número {n} con una frase corta, por favor.")
    command = f"'{SYSGEN}' run '{rows}' --output '{tmp_path}/run' --llm simulated -q --skip-checks"
    line = f"ulimit -f 1000; exec {command}"
    done = subprocess.run(["bash", "-c", line], capture_output=True, text=True, timeout=PATIENCE)
    assert done.returncode == 5 and "cannot be written: File too large." in done.stderr
    assert "resumes the run" in done.stderr and "defect" not in done.stderr
    assert not (tmp_path / "run" / "dataset").exists()


LITTLE_MEMORY = """
import resource, sys
from pathlib import Path
from sysgen_distilabel.host.pipeline import SysGenPipeline
from sysgen_distilabel.measures.near_duplicates import SimilarTexts
from tests.host_steps import Pass, Rows

with SysGenPipeline(name="little", cache_dir=sys.argv[1]) as pipeline:
    Rows(count=2) >> Pass()
size = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize() + 50_000_000
resource.setrlimit(resource.RLIMIT_AS, (size, size))
for start in (SimilarTexts, pipeline.run):
    try:
        start()
    except MemoryError as error:
        print(error)
"""


@pytest.mark.slow  # a process without SciPy
def test_nothing_that_needs_scipy_begins_in_too_little_memory(tmp_path):
    """OpenBLAS would ask for it for ever, or end the process."""
    command = [sys.executable, "-c", LITTLE_MEMORY, str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE, cwd=ROOT)
    assert done.stdout.count("`ulimit -v` leaves less than") == 2, done.stderr
