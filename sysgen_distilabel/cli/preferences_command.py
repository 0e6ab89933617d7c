"""`sysgen preferences`: preference pairs out of the accepted rows of a run."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any, cast, get_args

import typer

from sysgen_distilabel.cli.options import (
    BaseURLs,
    JudgeBaseURLs,
    JudgeEngineArguments,
    JudgeLLMArguments,
    JudgeLLMName,
    JudgeModel,
    LLMArguments,
    judge_flags,
    parse_pairs,
)
from sysgen_distilabel.cli.say import say_simulated
from sysgen_distilabel.errors import ConfigError, RunError
from sysgen_distilabel.settings.engine_config import EngineConfig, load_engine
from sysgen_distilabel.settings.run_config import RunConfig, load_config


def preferences_command(
    directory: Annotated[Path, typer.Argument(help="A run directory.")],
    kind: Annotated[
        list[str] | None,
        typer.Option(
            help="Where rejected responses are from: original, contrastive. Repeat; by default both."
        ),
    ] = None,
    contrast: Annotated[
        list[str] | None,
        typer.Option(help="What is done to a functionality: drop, flip. Repeat; by default both."),
    ] = None,
    max_length_ratio: Annotated[
        float | None,
        typer.Option(min=1, help="Leave out pairs with one response so many times longer, such as 1.5."),
    ] = None,
    min_margin: Annotated[
        float | None,
        typer.Option(help="Leave out original pairs with a lower measured margin of lift (`measure_lift`)."),
    ] = None,
    seed: Annotated[int, typer.Option(help="Other seeds contrast other functionalities.")] = 0,
    base_url: BaseURLs = None,
    llm_arg: LLMArguments = None,
    judge_model: JudgeModel = None,
    judge_base_url: JudgeBaseURLs = None,
    judge_engine_arg: JudgeEngineArguments = None,
    judge_llm: JudgeLLMName = None,
    judge_llm_arg: JudgeLLMArguments = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Show no progress.")] = False,
) -> None:
    """Write the subset `preferences` of a run: prompt, chosen and rejected response.

    Chosen is the aligned response. Rejected is the original response where a judge finds that it
    breaks the system message, or a response given under a message in which one functionality was
    dropped or flipped. The judge is asked in both orders. The engine of the run answers, and
    judges too unless another judge is named. What was answered is in the run directory and is not
    asked again.
    """
    from sysgen_distilabel.report.terminal.console import make_console
    from sysgen_distilabel.report.terminal.preference_view import render_preferences
    from sysgen_distilabel.runs.run_directory import RunDirectory
    from sysgen_distilabel.steps.load_pairs import PairKind
    from sysgen_distilabel.variety.contrast import Contrast
    from sysgen_distilabel.workflows.console_observer import ConsoleObserver
    from sysgen_distilabel.workflows.make_preferences import make_preferences
    from sysgen_distilabel.workflows.preference_pipeline import PreferenceSettings

    run = RunDirectory(directory)
    if not run.exists():
        raise RunError(f"There is no run in {directory}.", "Make one with `sysgen run`.")
    flags: dict[str, Any] = {
        "base_url": base_url[0] if base_url and len(base_url) == 1 else base_url or None,
        "llm_args": parse_pairs(llm_arg, "--llm-arg"),
    }
    responder = _check_secrets(load_config(run.config_file, flags))
    judge: EngineConfig = responder
    engine = judge_flags(judge_model, judge_base_url, None, judge_engine_arg, None, judge_llm, judge_llm_arg)
    if engine is not None:
        judge = load_engine({**engine, "max_concurrency": responder.max_concurrency})
    settings = PreferenceSettings(
        responder=responder,
        judge=judge,
        kinds=cast(list[PairKind], _check_names(kind, "--kind", get_args(PairKind))),
        contrasts=[Contrast(name) for name in _check_names(contrast, "--contrast", list(Contrast))],
        max_length_ratio=max_length_ratio,
        min_margin=min_margin,
        seed=seed,
    )
    console = make_console(stderr=True)
    observer = ConsoleObserver(console, responder, checks=False, quiet=quiet)
    figures = make_preferences(run, settings, observer)
    console.print(render_preferences(figures))
    console.print()
    say_simulated(figures["judge_notice"], err=True)
    console.print(f"Pairs: {run.dataset / 'preferences'}", soft_wrap=True)


def _check_names(given: list[str] | None, flag: str, known: Sequence[str]) -> list[str]:
    """The names given, each once, or all."""
    for name in given or ():
        if name not in known:
            raise ConfigError(f"{flag} {name} is unknown.", f"Use {' or '.join(known)}.")
    return list(dict.fromkeys(given or known))


def _check_secrets(config: RunConfig) -> RunConfig:
    """Refuse a key that the run directory does not hold."""
    from sysgen_distilabel.secrets import is_redacted

    for name, value in config.llm_args.items():
        if is_redacted(value):
            raise ConfigError(
                f"The run directory does not hold the secret '{name}' of its LLM.",
                f"Give it again with --llm-arg {name}=...",
            )
    return config
