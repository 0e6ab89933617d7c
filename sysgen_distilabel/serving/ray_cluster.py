"""The connection to a Ray cluster, and whether its nodes share a directory with the driver."""

from __future__ import annotations

import logging
import os
import signal
import socket
import threading
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from sysgen_distilabel.errors import ConfigError, RunError
from sysgen_distilabel.extras import missing_extra

_CHECK_SECONDS: Final = 60.0
_KNOCK_SECONDS: Final = 10.0

_PASSED_ON: Final = ("SYSGEN_", "OPENAI_", "HF_", "VLLM_", "DISTILABEL_")
"""Beginnings of the environment variables that the nodes get from the driver."""


@contextmanager
def connected(address: str | None = None, options: Mapping[str, Any] | None = None) -> Iterator[None]:
    """Be connected to a cluster; a connection that is there already is used, and left alone.

    Distilabel would also have every node build a new environment out of the pipeline's requirements.

    Args:
        address: `auto` for the cluster this machine belongs to, `HOST:PORT`, or `ray://HOST:PORT`;
            `local`, or none where none is found, starts one of this machine alone.
        options: further arguments of `ray.init`.

    Raises:
        ConfigError: if Ray is missing or the cluster cannot be reached.
    """
    try:
        import ray
    except ImportError as error:
        raise missing_extra("A Ray cluster", "ray", error.name) from None
    if ray.is_initialized():
        yield
        return
    on_sigterm = signal.getsignal(signal.SIGTERM)
    quiet = {"log_to_driver": False, "logging_level": logging.WARNING}
    try:
        _knock(address)
        ray.init(address=address, **{**quiet, **(options or {})})
    except (OSError, ValueError, RuntimeError) as error:
        reason = " ".join(str(error).split())
        raise ConfigError(
            f"The Ray cluster at {address or 'this machine'} cannot be reached: {reason[:300]}",
            "Start it with `ray start --head`, or name the address of one with --ray.",
        ) from None
    try:
        if callable(on_sigterm) and threading.current_thread() is threading.main_thread():
            signal.signal(signal.SIGTERM, on_sigterm)  # `ray.init` has put its own `sys.exit` there
        yield
    finally:
        ray.shutdown()


def passed_on_environment() -> dict[str, str]:
    """The variables of the driver, such as keys, that actors on the nodes need too."""
    return {name: value for name, value in os.environ.items() if name.startswith(_PASSED_ON)}


def _knock(address: str | None) -> None:
    """Fail at once where nobody listens; Ray would try for minutes."""
    host, _, port = (address or "").removeprefix("ray://").rpartition(":")
    if host and port.isdigit():
        socket.create_connection((host, int(port)), timeout=_KNOCK_SECONDS).close()


def check_shared(directory: Path) -> None:
    """Make sure that every node sees the directory as the driver does.

    Raises:
        RunError: if a node does not.
    """
    import ray
    from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy

    token = directory / f".shared-{uuid.uuid4().hex}"
    look = ray.remote(num_cpus=0, max_retries=0)(_sees)
    nodes = {node["NodeID"]: node["NodeManagerAddress"] for node in ray.nodes() if node["Alive"]}
    token.write_text(token.name)
    try:
        pending = {
            look.options(scheduling_strategy=NodeAffinitySchedulingStrategy(node, soft=False)).remote(
                str(token.absolute())
            ): address
            for node, address in nodes.items()
        }
        ready, late = ray.wait(list(pending), num_returns=len(pending), timeout=_CHECK_SECONDS)
        blind = sorted({pending[ref] for ref in late} | {pending[ref] for ref in ready if not ray.get(ref)})
    finally:
        token.unlink()
    if blind:
        raise RunError(
            f"The nodes {', '.join(blind)} do not see {directory}.",
            "Put the run directory on a disk that all nodes share.",
        )


def _sees(token: str) -> bool:
    try:
        return Path(token).read_text() == os.path.basename(token)  # noqa: PTH119
    except OSError:
        return False
