"""Starts several vLLM servers on the nodes of a Ray cluster, and stops them whatever happens."""

from __future__ import annotations

import contextlib
import math
import os
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from sysgen_distilabel.errors import ConfigError, EngineGone, SysGenError
from sysgen_distilabel.serving.engine_keys import known_key, make_key

if TYPE_CHECKING:
    from sysgen_distilabel.serving.vllm_server import OnWait

_BETWEEN_SIGNS: Final = 10.0
_GRACE: Final = 30.0
_PLACEMENT: Final = 600.0
"""Seconds in which servers have to find room; others may hold the GPUs for ever."""

_GPUS_EACH: Final = ("tensor_parallel_size", "pipeline_parallel_size", "data_parallel_size")
"""Options of `vllm serve` whose product is the number of GPUs of one server."""


class ServerActor:
    """Holds one server on the node it was placed on; the server ends with it.

    Args:
        environment: variables of the driver, such as keys; those the node has itself win.
    """

    def __init__(self, environment: Mapping[str, str]) -> None:
        for name, value in environment.items():
            os.environ.setdefault(name, value)
        self._stack = contextlib.ExitStack()

    def start(self, model: str, log: str, arguments: Mapping[str, Any]) -> str:
        """Start the server and return its address, which other nodes can reach."""
        import ray

        from sysgen_distilabel.serving.vllm_server import vllm_server

        host = ray.util.get_node_ip_address()
        server = vllm_server(model, log=Path(log), host=host, on_wait=lambda *_: None, **arguments)
        return self._stack.enter_context(server).base_url

    def stop(self) -> None:
        """End the server."""
        self._stack.close()


@contextlib.contextmanager
def ray_servers(
    model: str, number: int, log: Path, on_wait: OnWait | None, arguments: Mapping[str, Any]
) -> Iterator[list[str]]:
    """Serve a model from several servers, each on the GPUs that Ray gives it.

    Args:
        model: repository on the Hub, or directory of the model on every node.
        number: how many servers.
        log: file for what a server says; with several, `engine.log` becomes `engine-0.log` and so on.
        on_wait: told about every ten seconds how many are ready.
        arguments: options of `vllm serve`, the same for all. They have one random key, unless `api_key`
            names one or `without_key` opens them to everybody in the network.

    Yields:
        Their addresses.

    Raises:
        ConfigError: if the nodes have too few GPUs, vLLM is missing on a node, or cannot start.
        EngineGone: if a server finds no room in time, or ends before all are ready.
    """
    import ray

    from sysgen_distilabel.serving.ray_cluster import passed_on_environment

    options, environment = (
        {"num_cpus": 1, "num_gpus": _count_gpus(number, arguments)},
        passed_on_environment(),
    )
    without_key = bool(arguments.get("without_key"))
    key = "" if without_key else make_key(arguments.get("api_key"))
    arguments = {**arguments, "api_key": key or None}
    actors = [ray.remote(ServerActor).options(**options).remote(environment) for _ in range(number)]
    logs = [log.absolute() if number == 1 else log.absolute().with_stem(f"engine-{n}") for n in range(number)]
    try:
        _wait_for_room(actors, on_wait)
        pending = [
            actor.start.remote(model, str(path), dict(arguments))
            for actor, path in zip(actors, logs, strict=True)
        ]
        addresses = _wait_for(pending, on_wait)
        with known_key(addresses, key):
            yield addresses
    finally:
        ray.wait([actor.stop.remote() for actor in actors], num_returns=number, timeout=_GRACE)
        for actor in actors:
            ray.kill(actor)


def _wait_for_room(actors: list[Any], on_wait: OnWait | None) -> None:
    """Return once every actor is on a node."""
    import ray

    started, waiting = time.monotonic(), [actor.__ray_ready__.remote() for actor in actors]
    while True:
        _, waiting = ray.wait(waiting, num_returns=len(waiting), timeout=_BETWEEN_SIGNS)
        if not waiting:
            return
        seconds, placed = time.monotonic() - started, len(actors) - len(waiting)
        if seconds > _PLACEMENT:
            raise EngineGone(
                f"Only {placed} of {len(actors)} engines found free GPUs and CPUs in {seconds:.0f} s.",
                "Look at `ray status`; wait until they are free, or use fewer --engines.",
            )
        if on_wait is not None:
            on_wait(seconds, f"{placed} of {len(actors)} servers have found room")


def _wait_for(pending: list[Any], on_wait: OnWait | None) -> list[str]:
    """The addresses, once all are ready; the first failure ends the wait."""
    import ray

    started, waiting = time.monotonic(), list(pending)
    while waiting:
        ready, waiting = ray.wait(waiting, timeout=_BETWEEN_SIGNS)
        for reference in ready:
            try:
                ray.get(reference)
            except SysGenError as error:  # Ray adds its own class and a traceback
                raise (getattr(error, "cause", None) or error) from None
            except ray.exceptions.RayError as error:
                reason = " ".join(str(error).split())
                raise EngineGone(f"A vLLM server on the cluster ended: {reason[:500]}") from None
        if not ready and on_wait is not None:
            done = len(pending) - len(waiting)
            on_wait(time.monotonic() - started, f"{done} of {len(pending)} servers are ready")
    return [str(address) for address in ray.get(pending)]


def _count_gpus(number: int, arguments: Mapping[str, Any]) -> float:
    """The GPUs of one server, all on one node; none where there are none and vLLM runs on the CPU."""
    import ray

    named = {name.replace("-", "_"): value for name, value in arguments.items()}
    each = math.prod(int(named.get(option) or 1) for option in _GPUS_EACH)
    there = [node["Resources"].get("GPU", 0) for node in ray.nodes() if node["Alive"]]
    if not any(there):
        return 0
    room = sum(int(gpus // each) for gpus in there)
    if room < number:
        raise ConfigError(
            f"{number} engines of {each} GPUs each are wanted, and the cluster has room for {room}.",
            "Use fewer --engines, fewer GPUs for each, or more nodes.",
        )
    return each
