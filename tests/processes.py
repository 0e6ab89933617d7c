"""Looks after processes that tests start."""

import psutil

from tests.patience import wait_until


def group_of(process):
    """The process ids of all that a process has started, directly or not."""
    return [child.pid for child in psutil.Process(process.pid).children(recursive=True)]


def is_running(pid):
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def are_gone(pids):
    """Whether all of them end."""
    return wait_until(lambda: not any(is_running(pid) for pid in pids))
