"""Writes the command that starts `vllm serve`: where vLLM is, its options, its port, its environment."""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
import socket
import sys
from importlib import metadata
from pathlib import Path
from typing import Any, Final

from sysgen_distilabel.errors import ConfigError
from sysgen_distilabel.serving import vllm_command
from sysgen_distilabel.serving.engine_keys import KEY_VARIABLE
from sysgen_distilabel.serving.serve_failures import missing_vllm

_KEEP_ALIVE: Final = "600"
"""Seconds a connection may be idle before the server closes it."""


def find_vllm() -> list[str]:
    """The `vllm` command of this environment, or else the one on the PATH.

    Raises:
        ConfigError: if there is none.
    """
    # The CPU build is another distribution with the same module, so the module is what counts.
    if _is_here():
        beside = Path(sys.executable).with_name("vllm")
        if beside.exists() and _is_distribution("vllm"):
            return [str(beside)]
        return [sys.executable, "-P", vllm_command.__file__]
    if elsewhere := shutil.which("vllm"):
        return [elsewhere]
    raise missing_vllm()


def to_flags(options: dict[str, Any]) -> list[str]:
    """Options of `vllm serve` as they are written on a command line."""
    flags: list[str] = []
    for name, value in options.items():
        flag = name.replace("_", "-")
        if value is None:
            continue
        if isinstance(value, bool):
            flags.append(f"--{flag}" if value else f"--no-{flag}")
        elif isinstance(value, list | tuple):
            flags += [f"--{flag}", *map(str, value)]
        else:
            flags += [f"--{flag}", json.dumps(value) if isinstance(value, dict) else str(value)]
    return flags


def find_model(model: str) -> str:
    """The model as vLLM takes it: a path without `~`, or the name of a repository as it is.

    Raises:
        ConfigError: if the model is a path and there is no such directory; vLLM would take half a
            minute to say so, in worse words.
    """
    path = Path(model).expanduser()
    if model.startswith(("/", "./", "../", "~")) and not path.is_dir():
        raise ConfigError(
            f"There is no directory '{model}'.", "Give a repository on the Hub, or a directory that exists."
        )
    return str(path) if model.startswith("~") else model


def choose_port(host: str, port: int | None) -> int:
    """The port asked for, or a free one.

    Raises:
        ConfigError: if nobody can listen there.
    """
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port or 0))
        except OSError as error:
            raise ConfigError(
                f"The server cannot listen at {host}, port {port or 'any'}: {error.strerror}.",
                "Choose another port, or leave it out to get a free one.",
            ) from None
        chosen: int = probe.getsockname()[1]
        return chosen


def guard_flags(key: str) -> list[str]:
    """The options that make the server ask for its key on every path, where it can import what does so."""
    return ["--middleware", "sysgen_distilabel.serving.require_key.RequireKey"] if key and _is_here() else []


def make_environment(model: str, key: str = "", hf_token: object = None) -> dict[str, str]:
    """Our environment, with nothing reported to anybody, and no look at the Hub for a local model.

    Args:
        model: the model as vLLM takes it.
        key: the key to the server; empty for none.
        hf_token: the token for the Hub, if it is not that of our own environment.
    """
    environment = {**os.environ, "VLLM_NO_USAGE_STATS": "1", "DO_NOT_TRACK": "1", KEY_VARIABLE: key}
    if isinstance(hf_token, str):
        environment["HF_TOKEN"] = hf_token
    # By default idle connections are closed after 5 s, at times under a request that is just being sent.
    environment.setdefault("VLLM_HTTP_TIMEOUT_KEEP_ALIVE", _KEEP_ALIVE)
    if Path(model).is_dir():
        environment.setdefault("HF_HUB_OFFLINE", "1")
    return environment


def _is_here() -> bool:
    return importlib.util.find_spec("vllm") is not None


def _is_distribution(name: str) -> bool:
    try:
        metadata.version(name)
    except metadata.PackageNotFoundError:
        return False
    return True
