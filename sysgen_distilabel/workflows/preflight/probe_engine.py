"""Asks an engine one tiny question, to know that it answers before anything is spent."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import Any, Final

from sysgen_distilabel.errors import FatalError, SysGenError
from sysgen_distilabel.llms.choose_llm import choose_llm
from sysgen_distilabel.recorded.recorded_llm import Recorded
from sysgen_distilabel.recorded.reply import Reply
from sysgen_distilabel.settings.run_config import TASKS, RunConfig

_HINT: Final = "Start it, and check its address, model and key."


@dataclass(frozen=True, slots=True)
class Probe:
    """What an engine did with a tiny request.

    Attributes:
        model: its model, empty if it could not even be loaded.
        problem: why it gave no answer, empty if it gave one.
        hint: what to do about that.
        system_role_problem: why it does not take a chat with a system turn, empty if it does.
        load_seconds: how long it took to load.
        answer_seconds: how long it took to answer.
        max_model_len: tokens that prompt and answer may have together, `None` if it does not say.
        structured_outputs: the formats of structured output it takes, `None` if it does not say.
        parameter_problem: which parameter of a Task it refuses and what to do about it, empty if none.
    """

    model: str = ""
    problem: str = ""
    hint: str = ""
    system_role_problem: str = ""
    load_seconds: float = 0.0
    answer_seconds: float = 0.0
    max_model_len: int | None = None
    structured_outputs: tuple[str, ...] | None = None
    parameter_problem: str = ""


def probe_engine(config: RunConfig) -> Probe:
    """Load the LLM of a run and ask it to say one word, without and with a system message.

    Args:
        config: the settings of the run, with the address of the engine.

    Raises:
        ConfigError: if the LLM cannot be made.
    """
    llm = choose_llm(config.engine_of(TASKS[0]))
    recorded = Recorded(llm=llm, max_tries=1, patience=0.0, fail_on_truncated=False)
    started = time.monotonic()
    try:
        recorded.load()
    except SysGenError as error:
        return Probe(problem=error.message, hint=error.hint)
    except Exception as error:  # whatever an engine's own code makes of its settings
        said = f"{type(error).__name__}: {' '.join(str(error).split())}"
        return Probe(problem=f"The engine cannot be loaded: {said}", hint=_HINT)
    try:
        probe = _ask(recorded, time.monotonic() - started)
        return probe if probe.problem else replace(probe, parameter_problem=_try_sampling(recorded, config))
    finally:
        recorded.unload()


def _try_sampling(recorded: Recorded, config: RunConfig) -> str:
    """What the engine says to the parameters of the three Tasks, empty if it takes them."""
    from sysgen_distilabel.tasks import GenerateAlignedResponse, GenerateSystemMessage, VerifyFunctionalities

    paper = (GenerateSystemMessage, VerifyFunctionalities, GenerateAlignedResponse)
    own: dict[str, dict[str, Any]] = {str(name): kwargs for name, kwargs in config.generation_kwargs.items()}
    try:
        for name, task in zip(TASKS, paper, strict=True):
            sampling = {**recorded.accepted(task.sampling), **own.get(name, {})}
            recorded.check_sampling(sampling, name)
    except SysGenError as error:
        return str(error)
    return ""


def _ask(recorded: Recorded, load_seconds: float) -> Probe:
    user = {"role": "user", "content": "Say yes."}
    plain = _find_problem(recorded, [user])
    started = time.monotonic()
    system = {"role": "system", "content": "Answer with one word."}
    with_system = plain or _find_problem(recorded, [system, user])
    capabilities = getattr(recorded.llm, "capabilities", None)
    formats = getattr(capabilities, "structured_outputs", None)
    return Probe(
        model=recorded.model_name,
        problem=f"The engine does not answer: {plain}" if plain else "",
        hint=_HINT if plain else "",
        system_role_problem=with_system if not plain else "",
        load_seconds=load_seconds,
        answer_seconds=time.monotonic() - started,
        max_model_len=getattr(capabilities, "max_model_len", None),
        structured_outputs=None if formats is None else tuple(sorted(formats)),
    )


def _find_problem(recorded: Recorded, chat: list[dict[str, str]]) -> str:
    """What keeps the engine from answering, empty if nothing does."""
    sampling = recorded.accepted({"max_new_tokens": 8})
    try:
        reply: Reply = recorded.run(recorded.ask(chat, task="check", generation_kwargs=sampling))
    except FatalError as error:
        return error.message
    return "" if reply.fault is None else f"{reply.fault.kind}: {reply.fault.message}".rstrip(": ")
