"""How long tests wait for what has to come: so long that only what never comes is missed."""

import time

PATIENCE = 1200.0
_LOOK_UP = 0.02


def wait_until(condition):
    """Wait until something holds, and return what it is; fail only if it never does."""
    deadline = time.monotonic() + PATIENCE
    while not (found := condition()):
        assert time.monotonic() < deadline, "it never came"
        time.sleep(_LOOK_UP)
    return found
