"""Starts one `vllm serve` for all phases of a run, and stops it whatever happens to the run."""

from __future__ import annotations

import contextlib
import logging
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from sysgen_distilabel.errors import EngineGone, SysGenError
from sysgen_distilabel.serving import serve_launcher
from sysgen_distilabel.serving.engine_keys import known_key, make_key
from sysgen_distilabel.serving.local_http import is_ready
from sysgen_distilabel.serving.serve_command import (
    choose_port,
    find_model,
    find_vllm,
    guard_flags,
    make_environment,
    to_flags,
)
from sysgen_distilabel.serving.serve_failures import explain_failure, read_last_line

OnWait = Callable[[float, str], None]
"""Called while the server starts, with the seconds waited so far and the last line of its log."""

_LOGGER: Final = logging.getLogger("sysgen_distilabel.server")

_LOOK_UP: Final = 0.25
_BETWEEN_SIGNS: Final = 10.0


@dataclass(frozen=True, slots=True)
class VLLMServer:
    """A running server.

    Attributes:
        base_url: its address for OpenAI clients, with `/v1`.
        model: the name it serves the model under.
        process: the launcher that keeps the server and ends it; its exit is the server's.
        log: the file with all the server says.
        api_key: the key without which it answers nobody; an `EndpointLLM` for `base_url` finds it itself.
    """

    base_url: str
    model: str
    process: subprocess.Popen[bytes]
    log: Path
    api_key: str = field(repr=False)

    def find_failure(self, patience: float = 0.0) -> SysGenError | None:
        """Why the server ended, or `None` if it runs on for `patience` seconds."""
        try:
            self.process.wait(patience)
        except subprocess.TimeoutExpired:
            return None
        return explain_failure(self.log, "The vLLM server ended")


@contextlib.contextmanager
def vllm_server(
    model: str,
    *,
    log: Path | None = None,
    served_model_name: str | None = None,
    chat_template: str | Path | None = None,
    host: str = "127.0.0.1",
    port: int | None = None,
    api_key: str | None = None,
    without_key: bool = False,
    start_timeout: float = 3600.0,
    on_wait: OnWait | None = None,
    **engine_args: Any,
) -> Iterator[VLLMServer]:
    """Serve a model for as long as the context lasts.

    The server is gone when the context is left in any way, and when the process that entered it
    dies, even by SIGKILL.

    Args:
        model: repository on the Hub or directory of the model.
        log: file for what the server says; without it, a temporary one that is kept after an error.
        served_model_name: the name clients ask for, `model` without it.
        chat_template: file with a chat template, or its text, in place of the model's own.
        host: address to listen at.
        port: port to listen at, a free one without it.
        api_key: the key to the server; that of `VLLM_API_KEY`, or a random one, without it. The server
            finds it in its environment, where other users cannot read it.
        without_key: let everybody use the server who can reach it, which on a shared machine is everybody.
        start_timeout: seconds the server has to become ready; a download counts.
        on_wait: told about every ten seconds that the server is not ready yet; without it, a line
            is logged.
        engine_args: any option of `vllm serve`, such as `tensor_parallel_size=2`. True and False
            switch a flag on and off, a dictionary is passed as JSON, `None` is left out.

    Yields:
        The server, ready for requests.

    Raises:
        ConfigError: if vLLM is missing, or cannot start with this model or these options.
        EngineGone: if it ends before it is ready for any other reason, or is not ready in time.
    """
    model_path = find_model(model)
    given = {name.replace("-", "_"): value for name, value in engine_args.items()}
    key = "" if without_key else make_key(api_key or given.pop("api_key", None))
    command = [*find_vllm(), "serve", model_path, "--host", host, *guard_flags(key)]
    port = choose_port(host, port)
    name = served_model_name or model
    options = {
        "port": port,
        "served_model_name": name,
        "chat_template": chat_template,
        "enable_prompt_tokens_details": True,  # else it does not tell the cached tokens
    }
    folder = None
    if log is None:
        folder = Path(tempfile.mkdtemp(prefix="sysgen-"))
        log = folder / "vllm.log"
    environment = make_environment(model_path, key, given.pop("hf_token", None))
    command += to_flags({**options, **given})
    with serve_launcher.launched(command, log, environment) as process:
        address = f"http://{_to_reachable(host)}:{port}"
        server = VLLMServer(f"{address}/v1", name, process, log, key)
        _wait_until_ready(server, f"{address}/health", start_timeout, on_wait or _log_wait)
        with known_key([server.base_url], key):
            yield server
    if folder:
        shutil.rmtree(folder)


def _wait_until_ready(server: VLLMServer, health: str, timeout: float, on_wait: OnWait) -> None:
    started = last_sign = time.monotonic()
    while not is_ready(health):
        if failure := server.find_failure():
            raise failure
        now = time.monotonic()
        if now - started > timeout:
            raise EngineGone(
                f"The vLLM server was not ready after {timeout:g} s; its last line: "
                f"{read_last_line(server.log)}",
                f"Its log is {server.log}.",
            )
        if now - last_sign >= _BETWEEN_SIGNS:
            last_sign = now
            on_wait(now - started, read_last_line(server.log))
        time.sleep(_LOOK_UP)


def _to_reachable(host: str) -> str:
    if host in ("0.0.0.0", "::"):
        return "127.0.0.1" if host == "0.0.0.0" else "[::1]"
    return f"[{host}]" if ":" in host else host


def _log_wait(seconds: float, last_line: str) -> None:
    _LOGGER.info("Waiting for the vLLM server, %d s so far: %s", seconds, last_line)
