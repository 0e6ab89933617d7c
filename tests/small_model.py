"""SmolLM2-135M-Instruct for tests with a real model, made once per environment (`make test-torch` does)."""

import fcntl
import sys
from pathlib import Path

from examples.small_model.make import NAME, find_weights, make_small_model


def small_model():
    """The directory of the checkpoint; whichever process comes first makes it."""
    directory = Path(sys.prefix, NAME)
    with directory.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        return directory if directory.exists() else make_small_model(directory, find_weights())
