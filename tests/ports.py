"""Ports that a test has to itself, also while nobody listens there."""

import socket
from contextlib import contextmanager


@contextmanager
def reserved_port():
    """A port that no other process is given and at which nobody listens, but for servers of this test.

    A port that was free a moment ago may be anybody's by now, also that of a connection to elsewhere.
    """
    with socket.socket() as held:
        held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        held.bind(("127.0.0.1", 0))
        yield held.getsockname()[1]
