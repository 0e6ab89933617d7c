"""`sysgen evaluate`: measure how well a model follows system messages."""

from __future__ import annotations

import inspect
from pathlib import Path
from typing import Annotated, Any, Final, Literal

import typer

from sysgen_distilabel.cli import evaluate_results_command as evaluate_results
from sysgen_distilabel.cli.evaluate_responses_command import hold_out_command, responses_command
from sysgen_distilabel.cli.options import (
    BaseURLs,
    EngineArguments,
    EngineKind,
    JudgeBaseURLs,
    JudgeEngineArguments,
    JudgeLLMArguments,
    JudgeLLMName,
    JudgeModel,
    LLMArguments,
    LLMName,
    ModelName,
    StructuredOutputs,
    engine_flags,
)
from sysgen_distilabel.errors import ConfigError, FatalError
from sysgen_distilabel.evaluation.benchmarks.benchmark import Benchmark
from sysgen_distilabel.evaluation.benchmarks.registry import BENCHMARKS
from sysgen_distilabel.settings.engine_config import EngineConfig, load_engine

app = typer.Typer(help="Measure how well a model follows system messages.", no_args_is_help=True)
app.command("lm-eval-pack")(evaluate_results.pack_command)
app.command("check-prompts")(evaluate_results.check_prompts_command)
app.command("compare")(evaluate_results.compare_command)
app.command("results")(evaluate_results.results_command)
app.command("responses")(responses_command)
app.command("hold-out")(hold_out_command)


_Option = tuple[Any, Any]
"""Type and default of an option."""

_DATA: Final[_Option] = (
    Annotated[
        str | None,
        typer.Argument(help="Local data in the published schema; without it, the published data."),
    ],
    None,
)
_OWN_DATA: Final[_Option] = (
    Annotated[str, typer.Argument(help="Rows with system_message, messages and constraints.")],
    inspect.Parameter.empty,
)
_COMMON: Final[dict[str, _Option]] = {
    "output": (
        Annotated[Path | None, typer.Option("--output", "-o", help="Directory of the evaluation.")],
        None,
    ),
    "model": (ModelName, None),
    "base_url": (BaseURLs, None),
    "engine": (EngineKind, None),
    "engine_arg": (EngineArguments, None),
    "llm": (LLMName, None),
    "llm_arg": (LLMArguments, None),
    "limit": (
        Annotated[int | None, typer.Option(min=1, help="Use the first rows (of each file) only.")],
        None,
    ),
    "runs": (Annotated[int, typer.Option(min=1, help="How often every row is answered and judged.")], 1),
    "system_role": (
        Annotated[
            Literal["native", "fold"],
            typer.Option(help="The system message in its role, or in the first user turn (paper, table 7)."),
        ],
        "native",
    ),
    "max_concurrency": (Annotated[int, typer.Option(min=1, help="Requests in flight.")], 64),
}
_OF_SOME: Final[dict[str, dict[str, _Option]]] = {
    "judge": {
        "structured_outputs": (StructuredOutputs, None),
        "judge_model": (JudgeModel, None),
        "judge_base_url": (JudgeBaseURLs, None),
        "judge_engine_arg": (JudgeEngineArguments, None),
        "judge_llm": (JudgeLLMName, None),
        "judge_llm_arg": (JudgeLLMArguments, None),
    },
    "judge_prompt": {
        "judge_prompt": (
            Annotated[
                str,
                typer.Option(
                    help="The judge's wording: ours, owners (fetched from them), or a copy of their file."
                ),
            ],
            "ours",
        )
    },
    "sessions": {
        "sessions": (
            Annotated[
                int | None,
                typer.Option(
                    min=1, help="Draw so many sessions, four in five with dependent turns (paper: 100)."
                ),
            ],
            None,
        ),
        "seed": (Annotated[int, typer.Option(help="Another seed draws other sessions.")], 0),
    },
    "translate": {
        "translate": (
            Annotated[
                Path | None,
                typer.Option(help="Directory of an English translation, which the judge makes if need be."),
            ],
            None,
        )
    },
    "history": {
        "history": (
            Annotated[
                Literal["own", "reference"],
                typer.Option(
                    help="What the model sees of earlier turns: its own answers, or the ground truth."
                ),
            ],
            "own",
        )
    },
    "subsets": {
        "subsets": (
            Annotated[
                Path | None,
                typer.Option(help="YAML file `source: column` for the columns of the published table."),
            ],
            None,
        )
    },
    "released": {
        "released": (
            Annotated[
                Path | None,
                typer.Option(help="Score a file of judged outputs as the owners release them; asks nobody."),
            ],
            None,
        )
    },
}
"""The options that a benchmark has if it names them, see `Benchmark.options`."""


def _add_command(benchmark: Benchmark) -> None:
    """The command of a benchmark, with the options that it takes."""
    options = {"data": _DATA if benchmark.origin else _OWN_DATA, **_COMMON}
    for name in benchmark.options:
        options |= _OF_SOME[name]

    def command(**given: Any) -> None:
        _run(benchmark.name, **given)

    kind = inspect.Parameter.KEYWORD_ONLY
    parameters = [
        inspect.Parameter(name, kind, default=default, annotation=type_)
        for name, (type_, default) in options.items()
    ]
    command.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    command.__annotations__ = {name: type_ for name, (type_, _) in options.items()}
    app.command(benchmark.name, help=benchmark.summary)(command)


def _run(
    benchmark: str,
    *,
    data: str | None,
    output: Path | None,
    limit: int | None,
    runs: int,
    max_concurrency: int,
    system_role: Literal["native", "fold"],
    history: str = "own",
    judge_prompt: str = "ours",
    sessions: int | None = None,
    seed: int = 0,
    translate: Path | None = None,
    subsets: Path | None = None,
    released: Path | None = None,
    **engines: Any,
) -> None:
    """Run one evaluation with a line of progress, and show its figures."""
    from sysgen_distilabel.evaluation.benchmarks.released import score_released
    from sysgen_distilabel.evaluation.evaluation_progress import EvaluationProgress
    from sysgen_distilabel.evaluation.evaluation_settings import EvaluationSettings
    from sysgen_distilabel.evaluation.results.evaluation_view import render_evaluation
    from sysgen_distilabel.evaluation.run_benchmark import evaluate
    from sysgen_distilabel.report.terminal.console import make_console

    if released is not None:
        report = score_released(benchmark, released, subsets, output)
    else:
        settings = EvaluationSettings(
            benchmark=benchmark,
            data=data,
            limit=limit,
            runs=runs,
            history=history,
            system_role=system_role,
            judge_prompt=judge_prompt,
            sessions=sessions,
            seed=seed,
            translate=str(translate) if translate else None,
            subsets=str(subsets) if subsets else None,
            **_read_engines(engines, max_concurrency),
        )
        if output is None:
            raise ConfigError("No directory is given.", "Add --output DIR.")
        with EvaluationProgress(make_console(stderr=True)) as progress:
            try:
                report = evaluate(settings, output, progress.note_batch, progress.note_wait)
            except FatalError as error:
                error.hint = f"{error.hint} {error.kept}: the same command goes on.".strip()
                raise
    console = make_console()
    console.print(render_evaluation(report))
    if output is not None:
        console.print(f"\nAll figures: {output}/evaluation.json", soft_wrap=True)
        console.print(f"As a page: sysgen evaluate results {output}", soft_wrap=True)


def _read_engines(options: dict[str, Any], max_concurrency: int) -> dict[str, EngineConfig]:
    """The engines that answer and judge, from their options; those a command lacks are not given."""
    names = ("model", "base_url", "engine", "engine_arg", "structured_outputs", "llm", "llm_arg")
    answering = engine_flags(**{name: options.get(name) for name in names})
    judging = engine_flags(**{name: options.get(f"judge_{name}") for name in names})
    judging["structured_outputs"] = options.get("structured_outputs")
    engines = {"answering": load_engine({**answering, "max_concurrency": max_concurrency})}
    if judging["model"] or judging["llm"]:
        engines["judging"] = load_engine({**judging, "max_concurrency": max_concurrency})
    return engines


for _benchmark in BENCHMARKS.values():
    _add_command(_benchmark)
