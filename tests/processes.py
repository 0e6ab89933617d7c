"""Looks after processes that tests start."""

import time

import psutil


def group_of(process):
    """The process ids of all that a process has started, directly or not."""
    return [child.pid for child in psutil.Process(process.pid).children(recursive=True)]


def is_running(pid):
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def are_gone(pids, seconds=15):
    """Whether all of them end within some seconds."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if not any(is_running(pid) for pid in pids):
            return True
        time.sleep(0.05)
    return False
