"""What every test finds as if it were the first: the host leaves signal handlers and loggers changed."""

import logging
import signal

import pytest
from hypothesis import HealthCheck, settings

# A busy machine is no failure.
settings.register_profile("no clock", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("no clock")


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
