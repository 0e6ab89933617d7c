"""What every test finds as if it were the first: the host leaves signal handlers and loggers changed."""

import logging
import signal

import pytest
from hypothesis import HealthCheck, settings

# A busy machine is no failure.
settings.register_profile("no clock", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("no clock")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items):
    """Tests that share what their file starts once share a worker of pytest-xdist."""
    for item in items:
        if not item.get_closest_marker("xdist_group") and _shares(item):
            item.add_marker(pytest.mark.xdist_group(item.path.stem))


def _shares(item):
    """Whether it uses a fixture of ours that lasts longer than a test."""
    fixtures = (fixture for known in item._fixtureinfo.name2fixturedefs.values() for fixture in known)
    return any(fixture.baseid and fixture.scope in ("module", "session") for fixture in fixtures)


@pytest.fixture(autouse=True)
def as_if_first():
    handlers = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    root = logging.getLogger()
    level, root_handlers = root.level, root.handlers[:]
    yield
    for number, handler in handlers.items():
        signal.signal(number, handler)
    root.handlers[:] = root_handlers
    root.setLevel(level)
