"""What every test finds as if it were the first: the host leaves signal handlers and loggers changed."""

import contextlib
import logging
import os
import signal
import threading

import psutil
import pytest
from hypothesis import HealthCheck, settings

# A busy machine is no failure.
settings.register_profile("no clock", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("no clock")

_TIME_TO_PRINT = 10


def pytest_configure():
    """Signals that whoever started the tests ignored (nohup, a job in the background) work again."""
    _reset_signals()


def _reset_signals():
    """As in a new process: a worker of a pool inherits what Ray leaves there, and outlives the pool by it."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item):
    """End the process of a test that hangs, once pytest has printed its stacks, and all it has started.

    A child that is left would hold the pipe by which pytest-xdist learns that the process is gone, for ever.
    """
    patience = float(item.config.getini("faulthandler_timeout")) + _TIME_TO_PRINT
    watchdog = threading.Timer(patience, _give_up)
    watchdog.daemon = True
    watchdog.start()
    try:
        return (yield)
    finally:
        watchdog.cancel()


def _give_up():
    for child in psutil.Process().children(recursive=True):
        with contextlib.suppress(psutil.NoSuchProcess):
            child.kill()
    os._exit(1)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items):
    """Tests that share what their file or folder starts once share a worker of pytest-xdist.

    Files with slow ones come first, so that quick ones fill up the workers in the end.
    """
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    items.sort(key=lambda item: item.path not in slow)
    for item in items:
        if not item.get_closest_marker("xdist_group") and (place := _shared_place(item)):
            item.add_marker(pytest.mark.xdist_group(place))


def _shared_place(item):
    """Where the fixtures of ours are defined that last longer than a test: the widest of these places."""
    fixtures = (fixture for known in item._fixtureinfo.name2fixturedefs.values() for fixture in known)
    places = [f.baseid for f in fixtures if f.baseid and f.scope in ("module", "session")]
    return min(places, key=len, default="")


@pytest.fixture(autouse=True)
def as_if_first():
    _reset_signals()
    root = logging.getLogger()
    level, root_handlers = root.level, root.handlers[:]
    yield
    _reset_signals()
    root.handlers[:] = root_handlers
    root.setLevel(level)


@pytest.fixture
def stock_distilabel(monkeypatch):
    """For a Pipeline of distilabel itself, which can hang at its end while its steps log: they do not."""
    monkeypatch.setenv("DISTILABEL_LOG_LEVEL", "ERROR")
