"""An engine for commands that are no run: the one the settings name, started if need be."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sysgen_distilabel.serving.start_engine import running_engine
from sysgen_distilabel.settings.run_config import RunConfig


@contextmanager
def engine_at_hand(config: RunConfig) -> Iterator[RunConfig]:
    """Start the engine if the settings ask for one, and stop it afterwards.

    What it says is kept in a temporary directory, which stays when something goes wrong.

    Yields:
        The settings, with the address of the engine.

    Raises:
        ConfigError: if it cannot start with these settings.
        EngineGone: if it ends before it is ready.
    """
    directory = Path(tempfile.mkdtemp(prefix="sysgen-engine-"))
    with running_engine(config, directory / "engine.log") as served:
        yield served
    shutil.rmtree(directory)
