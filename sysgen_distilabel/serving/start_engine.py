"""The engine of a run: started for it, or found running."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final, TypeVar

from sysgen_distilabel.errors import EngineGone
from sysgen_distilabel.settings.engine_config import EngineConfig

Engine = TypeVar("Engine", bound=EngineConfig)

_PATIENCE: Final = 5.0
"""Seconds in which a server that stopped answering is seen to end, if it does."""


@contextmanager
def running_engine(
    config: Engine, log: Path, on_wait: Callable[[float, str], None] | None = None
) -> Iterator[Engine]:
    """Start the vLLM server for all phases if the settings ask for one, and stop it afterwards.

    On a Ray cluster it is started where there are GPUs, or several of them are.

    Args:
        config: the settings of the engine, or of a run, which has one.
        log: file for what the server says.
        on_wait: told every ten seconds that the server is not ready yet.

    Yields:
        The settings, with the address of the server as `base_url`.

    Raises:
        ConfigError: if vLLM is missing or cannot start with these settings.
        EngineGone: if the server ends before it is ready, or later; it says why where the server does.
    """
    if config.model is None or config.base_url is not None or config.engine != "server":
        yield config
        return
    if config.ray:
        from sysgen_distilabel.serving.ray_cluster import connected
        from sysgen_distilabel.serving.ray_servers import ray_servers

        with (
            connected(config.ray),
            ray_servers(config.model, config.engines, log, on_wait, config.engine_args) as addresses,
        ):
            yield config.model_copy(update={"base_url": addresses})
        return
    from sysgen_distilabel.serving.vllm_server import vllm_server

    with vllm_server(config.model, log=log, on_wait=on_wait, **config.engine_args) as server:
        try:
            # `engine_args` and `base_url` exclude each other in settings that a person writes.
            yield config.model_copy(update={"base_url": server.base_url})
        except EngineGone as gone:
            if failure := server.find_failure(patience=_PATIENCE):
                raise EngineGone(failure.message, failure.hint) from gone
            raise
