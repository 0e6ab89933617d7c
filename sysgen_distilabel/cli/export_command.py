"""`sysgen export`: what a trainer reads, checked against the chat template of the model to train."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from sysgen_distilabel.cli.options import (
    BaseURLs,
    EngineArguments,
    JudgeBaseURLs,
    JudgeEngineArguments,
    JudgeLLMArguments,
    JudgeLLMName,
    JudgeModel,
    LLMArguments,
    LLMName,
    ModelName,
    TemplateKwargs,
    engine_flags,
    judge_flags,
    read_kwargs,
)
from sysgen_distilabel.cli.say import say, say_simulated
from sysgen_distilabel.errors import ConfigError
from sysgen_distilabel.export.trainer_format import Format
from sysgen_distilabel.plural import count_of
from sysgen_distilabel.rl_environments.environment_format import EnvironmentFormat
from sysgen_distilabel.settings.engine_config import load_engine

_Layout = StrEnum("_Layout", {name.name: name.value for name in (*Format, *EnvironmentFormat)})  # type: ignore[misc]
"""All layouts, those of trainers and those of environments."""
_DEFAULT = _Layout(Format.TRL_PROMPT_COMPLETION)


def export_command(
    directory: Annotated[Path, typer.Argument(help="A run directory.")],
    format: Annotated[
        _Layout,
        typer.Option(
            help="The layout to write: for a trainer, or an environment for reinforcement learning."
        ),
    ] = _DEFAULT,
    tokenizer: Annotated[
        str | None,
        typer.Option(help="The model to train: a directory or a Hub id. Without it nothing is checked."),
    ] = None,
    system_role: Annotated[
        Literal["native", "fold"],
        typer.Option(help="Keep system messages in a turn of their own, or write them into the user's."),
    ] = "native",
    ablation: Annotated[
        Literal["none", "default", "no-aligned", "all"] | None,
        typer.Option(
            help="Export data that the paper compares with instead (an arm of its table 5), or all of them."
        ),
    ] = None,
    max_length: Annotated[int, typer.Option(min=1, help="The most tokens a conversation may have.")] = 4096,
    too_long: Annotated[
        Literal["fail", "drop", "cut"],
        typer.Option(help="What becomes of conversations over the limit; cut leaves out their last turns."),
    ] = "fail",
    hold_out: Annotated[
        float,
        typer.Option(min=0.0, max=1.0, help="Leave out what `evaluate hold-out` holds out at this share."),
    ] = 0.0,
    plain_share: Annotated[
        float, typer.Option(min=0.0, max=1.0, help="Share of rows without a message, with original answers.")
    ] = 0.0,
    empty_share: Annotated[
        float, typer.Option(min=0.0, max=1.0, help="The same with an empty message.")
    ] = 0.0,
    default_share: Annotated[
        float, typer.Option(min=0.0, max=1.0, help="The same with a common message.")
    ] = 0.0,
    fold_share: Annotated[
        float, typer.Option(min=0.0, max=1.0, help="Share of rows with their message in the user turn.")
    ] = 0.0,
    reasoning: Annotated[
        bool, typer.Option("--reasoning", help="Train on what the model thought too (`keep_reasoning`).")
    ] = False,
    mix: Annotated[
        list[str] | None,
        typer.Option(help="FILE:SHARE of your own rows to train on beside; may be given several times."),
    ] = None,
    template_kwargs: TemplateKwargs = None,
    workers: Annotated[int, typer.Option(min=1, help="Processes that share the work.")] = 1,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Directory; by default one in the run directory.")
    ] = None,
    rollouts: Annotated[
        int, typer.Option(min=0, help="Answers sampled for each task of an environment, for its pass rate.")
    ] = 0,
    difficulty: Annotated[
        str | None, typer.Option(metavar="LOW:HIGH", help="Keep the tasks with such a pass rate, as 0.1:0.9.")
    ] = None,
    tasks: Annotated[
        int, typer.Option(min=0, help="The most tasks of an environment, drawn by a hash; 0 for all.")
    ] = 0,
    strata: Annotated[
        str | None,
        typer.Option(help="Draw --tasks in equal numbers by kinds (of checks), language or a column."),
    ] = None,
    propose: Annotated[
        bool, typer.Option("--propose", help="Have the judge propose checks for phrases that no rule reads.")
    ] = False,
    model: ModelName = None,
    base_url: BaseURLs = None,
    engine_arg: EngineArguments = None,
    llm: LLMName = None,
    llm_arg: LLMArguments = None,
    judge_model: JudgeModel = None,
    judge_base_url: JudgeBaseURLs = None,
    judge_engine_arg: JudgeEngineArguments = None,
    judge_llm: JudgeLLMName = None,
    judge_llm_arg: JudgeLLMArguments = None,
) -> None:
    """Write accepted rows, or preference pairs, as a trainer reads them, with the trainer's settings.

    With --tokenizer every row is rendered as the trainer will render it: the export fails if a
    system message, a turn or an end token would be lost, and a chat template that would lose one is
    repaired and saved beside the data.

    An environment (nemo-gym, verifiers, trl-grpo) has the prompts under their system messages, and proven
    checks that give a reward. --rollouts asks the model, a judge looks at what checks mean and answers the
    questions that no program can.
    """
    if format.value in set(EnvironmentFormat):
        engine = engine_flags(model, base_url, None, engine_arg, None, llm, llm_arg)
        judge = judge_flags(
            judge_model, judge_base_url, None, judge_engine_arg, None, judge_llm, judge_llm_arg
        )
        environment: dict[str, Any] = {
            "layout": EnvironmentFormat(format.value),
            "hold_out": hold_out,
            "rollouts": rollouts,
            "difficulty": difficulty,
            "propose": propose,
            "tasks": tasks,
            "strata": strata or "",
            "sampled": engine if model or llm or base_url else None,
            "judge": judge,
        }
        _export_environment(directory, environment, output)
        return
    if rollouts or difficulty or propose or tasks or strata or model or llm or base_url:
        raise ConfigError(
            "--rollouts, --difficulty, --tasks, --strata, --propose and engines are for environments.",
            f"Choose one with --format: {', '.join(EnvironmentFormat)}.",
        )
    training: dict[str, Any] = {
        "layout": Format(format.value),
        "system_role": system_role,
        "tokenizer": tokenizer,
        "arms": ablation,
        "max_length": max_length,
        "too_long": too_long,
        "hold_out": hold_out,
        "template_kwargs": read_kwargs(template_kwargs),
        "mixture": (plain_share, default_share, fold_share, empty_share),
        "mixes": mix or (),
        "reasoning": reasoning,
    }
    _export_training(directory, training, output, workers)


def _export_training(directory: Path, given: dict[str, Any], output: Path | None, workers: int) -> None:
    """Write the rows for a trainer, and say what came of it."""
    from sysgen_distilabel.export.arms import Arm
    from sysgen_distilabel.export.export_run import default_output, export_run
    from sysgen_distilabel.export.export_view import describe_export
    from sysgen_distilabel.export.mixture import Mixture
    from sysgen_distilabel.export.other_rows import parse_mix
    from sysgen_distilabel.export.plan import Options
    from sysgen_distilabel.runs.run_directory import RunDirectory

    arms = tuple(Arm) if given["arms"] == "all" else (Arm(given["arms"] or "sysgen"),)
    mixed = {"mixture": Mixture(*given["mixture"]), "mixes": tuple(map(parse_mix, given["mixes"]))}
    options = Options(**{**given, **mixed, "arms": arms})
    run = RunDirectory(directory)
    target = output or default_output(run, options)
    exported = export_run(run, options, target, workers)
    for line in describe_export(exported, target):
        say(line)
    _say_place(target, exported.simulation_notice)


def _export_environment(directory: Path, given: dict[str, Any], output: Path | None) -> None:
    """Write the environment, and say what came of it."""
    from sysgen_distilabel.rl_environments.difficulty import Difficulty
    from sysgen_distilabel.rl_environments.environment_task import NoTask
    from sysgen_distilabel.runs.run_directory import RunDirectory
    from sysgen_distilabel.workflows.export_environment import EnvironmentOptions, export_environment

    engines = {name: load_engine(given[name]) if given[name] else None for name in ("sampled", "judge")}
    difficulty = Difficulty.parse(given["difficulty"]) if given["difficulty"] else None
    options = EnvironmentOptions(**{**given, **engines, "difficulty": difficulty})
    run = RunDirectory(directory)
    target = output or run.path / "export" / options.layout
    facts = export_environment(run, options, target)
    programs = count_of(facts["checks"]["programs"], "check by a program", "checks by programs")
    questions = count_of(facts["checks"]["questions"], "question")
    say(f"{count_of(facts['tasks'], 'task')}, {programs}, {questions}")
    if alone := facts["tasks_of_questions_alone"]:
        say(f"{count_of(alone, 'task')} with questions alone: without a judge they give no reward")
    for reason, number in facts["left_out"].items():
        say(f"{count_of(number, 'row')} left out: {NoTask(reason).explanation}")
    _say_place(target, facts["simulation_notice"])


def _say_place(target: Path, simulation_notice: str) -> None:
    """End with where the files are, and with whether a language model wrote them."""
    say_simulated(simulation_notice)
    say(target)
