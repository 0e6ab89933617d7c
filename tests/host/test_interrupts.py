"""Signals end a run cleanly, and nothing outlives it."""

import os
import signal
import threading
from pathlib import Path

import pytest

from sysgen_distilabel.errors import Interrupted
from tests.host.chains import TEN, chain, numbers, rows_of
from tests.host_steps import (
    Pass,
    Rows,
    Waits,
    Writes,
)
from tests.isolated import isolated, no_process_left
from tests.patience import PATIENCE, wait_until


def interrupted(
    folder: Path, until: str, awaited: list[str], signum: int, grace: float = PATIENCE
) -> tuple[bool, int]:
    """Send a signal to a run whenever one of these files of `Waits` is there, and let the step go at the end.

    Returns:
        Whether the former handlers are back, and how many batches were done.
    """
    waits = (Waits, {"folder": str(folder), "until": until})
    pipeline = chain(folder, (Rows, {"count": 500, "batch_size": 5}), waits)
    pipeline.grace = grace
    before = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)]
    threading.Thread(target=send, args=(folder, awaited, signum), daemon=True).start()
    with pytest.raises(Interrupted) as raised:  # and not a partial result
        pipeline.run()
    assert raised.value.exit_code == 130
    after = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)]
    return before == after, len(list(folder.glob("*.done")))


def send(folder: Path, awaited: list[str], signum: int) -> None:
    for name in awaited:
        wait_until((folder / name).exists)
        os.kill(os.getpid(), signum)
    wait_until((folder / "told").exists)
    (folder / "go").touch()


@pytest.mark.parametrize("signum", [signal.SIGINT, signal.SIGTERM])
def test_first_signal_lets_the_batch_finish(tmp_path, signum):
    handlers_restored, done = isolated(interrupted, tmp_path, "go", ["begun"], signum)
    assert handlers_restored
    assert (tmp_path / "0.done").exists() and done < 100


def test_steps_are_told_of_the_first_signal(tmp_path):
    isolated(interrupted, tmp_path, "told", ["begun"], signal.SIGINT)
    assert (tmp_path / "told").exists()


def test_second_signal_ends_the_run_whatever_its_steps_do(tmp_path):
    handlers_restored, done = isolated(interrupted, tmp_path, "never", ["begun", "told"], signal.SIGINT)
    assert handlers_restored and not done


def test_grace_is_bounded(tmp_path):
    _, done = isolated(interrupted, tmp_path, "never", ["begun"], signal.SIGINT, grace=0.5)
    assert not done


def in_thread(folder: Path) -> list[int]:
    found: list[int] = []
    thread = threading.Thread(target=lambda: found.extend(numbers(rows_of(folder, TEN, (Pass, {})))))
    thread.start()
    thread.join()
    return found


def test_run_outside_the_main_thread(tmp_path):
    assert isolated(in_thread, tmp_path) == list(range(10))


@pytest.mark.parametrize("when", ["loading", "running"])
def test_no_process_outlives_a_killed_parent(tmp_path, when):
    pid = os.fork()
    if pid == 0:
        os.setsid()
        writes = (Writes, {"folder": str(tmp_path)})
        rows_of(tmp_path, TEN, writes, (Waits, {"folder": str(tmp_path), "until": "never"}))
        os._exit(0)
    wait_until(lambda: list(tmp_path.glob("*.pid" if when == "loading" else "begun")))
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    assert no_process_left(pid)
