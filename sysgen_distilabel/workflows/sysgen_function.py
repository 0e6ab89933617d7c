"""`sysgen`: a run as one call, from data to a Distiset, for scripts and notebooks."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from sysgen_distilabel.errors import ConfigError
from sysgen_distilabel.inputs import Source, open_input
from sysgen_distilabel.llms.llm_fields import name_llm
from sysgen_distilabel.runs.read_distiset import read_distiset
from sysgen_distilabel.settings.presets import find_config
from sysgen_distilabel.settings.run_config import RunConfig, load_config
from sysgen_distilabel.workflows.run import run

if TYPE_CHECKING:
    from distilabel.distiset import Distiset
    from distilabel.models.llms.base import LLM

    from sysgen_distilabel.runs.run_directory import Resume
    from sysgen_distilabel.workflows.console_observer import ConsoleObserver


def sysgen(
    data: Source,
    llm: LLM | str | None = None,
    *,
    model: str | None = None,
    output: str | Path | None = None,
    config: str | Path | None = None,
    resume: Resume = "if_possible",
    retry: Collection[str] = (),
    apply_review: bool = False,
    progress: bool = True,
    **settings: Any,
) -> Distiset:
    """Write, filter, verify and apply system messages for every conversation of the data.

    With `output` this is `sysgen run`: the directory keeps every reply, the same call goes on where
    it was stopped, and the commands for a run (`show`, `report`, `review`, `push`, `export`) work on it.
    Without it the run lives in a temporary directory that is gone when the function returns or
    raises, and its rows are held in memory.

    Args:
        data: conversations in any layout that `sysgen run` reads: a path, a dataset on the Hub, a
            list of dictionaries, or a `datasets.Dataset`.
        llm: what answers: an LLM of distilabel, such as `SimulatedLLM()`, its import path, or
            `simulated`. Of an instance its fields are taken; each Task makes an LLM of its own.
        model: instead of `llm`, a Hub repo id or a directory to serve with vLLM, or, with the
            setting `base_url`, the name it is served under.
        output: the run directory.
        config: a YAML file with settings, or the name of a preset.
        resume: what to do with a run that is there already, see `run`.
        retry: reasons; rows that a finished run rejected for one of them are asked again.
        apply_review: whether to apply what people have corrected since to a finished run.
        progress: whether to show how far the run is, and warnings about the data.
        settings: any other setting of `RunConfig`, such as `limit=100` or `max_attempts=3`; they win
            over the file.

    Returns:
        A Distiset with the subsets `accepted` and `rejected`, each with the split `train`; a run
        directory that holds further subsets, such as `review`, has them too.

    Raises:
        InputError: the data cannot be read, or no row of it holds a conversation.
        ConfigError: a setting is missing, unknown or wrong.
        RunError: the directory is in use, unwritable or of another run.
        FatalError: the engine is gone or the run was stopped (`Interrupted`); with `output` what was
            answered is kept.
    """
    run_config = _read_settings(data, llm, model, config, settings)
    with ExitStack() as stack:
        directory = stack.enter_context(TemporaryDirectory(prefix="sysgen-")) if output is None else output
        result = run(
            run_config,
            Path(directory),
            data=None if isinstance(data, str | Path) else data,
            resume=resume,
            retry=retry,
            apply_review=apply_review,
            observer=_make_observer(run_config) if progress else None,
        )
        return read_distiset(result.directory, in_memory=output is None)


def _read_settings(
    data: Source,
    llm: LLM | str | None,
    model: str | None,
    config: str | Path | None,
    settings: Mapping[str, Any],
) -> RunConfig:
    """The settings as `sysgen run` reads them."""
    if "input" in settings:
        raise ConfigError("`input` is a setting of the command line.", "Give the data as the first argument.")
    location = str(data) if isinstance(data, str | Path) else open_input(data).location
    given: dict[str, Any] = {**settings, "input": location, "llm": llm, "model": model}
    if llm is not None and not isinstance(llm, str):
        if settings.get("llm_args"):
            raise ConfigError("`llm_args` are fields of an LLM that is named.", "Set them on the instance.")
        given["llm"], given["llm_args"] = name_llm(llm)
    return load_config(find_config(Path(config)) if config else None, given)


def _make_observer(config: RunConfig) -> ConsoleObserver:

    from sysgen_distilabel.report.terminal.console import make_console
    from sysgen_distilabel.workflows.console_observer import ConsoleObserver

    return ConsoleObserver(make_console(stderr=True), config)
