"""`sysgen evaluate`: measure how well a model follows system messages."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal

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
from sysgen_distilabel.settings.engine_config import EngineConfig, load_engine

app = typer.Typer(
    help="Measure how well a model follows system messages.", no_args_is_help=True, rich_markup_mode=None
)
app.command("lm-eval-pack")(evaluate_results.pack_command)
app.command("check-prompts")(evaluate_results.check_prompts_command)
app.command("compare")(evaluate_results.compare_command)
app.command("results")(evaluate_results.results_command)
app.command("responses")(responses_command)
app.command("hold-out")(hold_out_command)

_RESUMES = "What was answered is kept: the same command goes on."

Data = Annotated[
    str | None, typer.Argument(help="Local data in the published schema; without it, the published data.")
]
Output = Annotated[Path | None, typer.Option("--output", "-o", help="Directory of the evaluation.")]
Limit = Annotated[int | None, typer.Option(min=1, help="Use the first rows (of each file) only.")]
Runs = Annotated[int, typer.Option(min=1, help="How often every row is answered and judged.")]
Concurrency = Annotated[int, typer.Option("--max-concurrency", min=1, help="Requests in flight.")]
Released = Annotated[
    Path | None, typer.Option(help="Score a file of judged outputs as the owners release them; asks nobody.")
]


@app.command("multifacet")
def multifacet_command(
    data: Data = None,
    output: Output = None,
    model: ModelName = None,
    base_url: BaseURLs = None,
    engine: EngineKind = None,
    engine_arg: EngineArguments = None,
    structured_outputs: StructuredOutputs = None,
    llm: LLMName = None,
    llm_arg: LLMArguments = None,
    judge_model: JudgeModel = None,
    judge_base_url: JudgeBaseURLs = None,
    judge_engine_arg: JudgeEngineArguments = None,
    judge_llm: JudgeLLMName = None,
    judge_llm_arg: JudgeLLMArguments = None,
    limit: Limit = None,
    runs: Runs = 1,
    max_concurrency: Concurrency = 64,
    subsets: Annotated[
        Path | None, typer.Option(help="YAML file `source: column` for the columns of the published table.")
    ] = None,
    released: Released = None,
) -> None:
    """Preferences of four kinds in the system message, graded 1 to 5 with rubrics (921 rows).

    The published scores are the mean of three runs: --runs 3.
    """
    _run("multifacet", **locals())


@app.command("sysbench")
def sysbench_command(
    data: Data = None,
    output: Output = None,
    model: ModelName = None,
    base_url: BaseURLs = None,
    engine: EngineKind = None,
    engine_arg: EngineArguments = None,
    structured_outputs: StructuredOutputs = None,
    llm: LLMName = None,
    llm_arg: LLMArguments = None,
    judge_model: JudgeModel = None,
    judge_base_url: JudgeBaseURLs = None,
    judge_engine_arg: JudgeEngineArguments = None,
    judge_llm: JudgeLLMName = None,
    judge_llm_arg: JudgeLLMArguments = None,
    limit: Limit = None,
    runs: Runs = 1,
    max_concurrency: Concurrency = 64,
    history: Annotated[
        Literal["own", "reference"],
        typer.Option(help="What the model sees of earlier turns: its own answers, or the ground truth."),
    ] = "own",
    released: Released = None,
) -> None:
    """Constraints of a system message over five turns, checked by a judge (500 Chinese sessions)."""
    _run("sysbench", **locals())


@app.command("s-ifeval")
def s_ifeval_command(
    data: Data = None,
    output: Output = None,
    model: ModelName = None,
    base_url: BaseURLs = None,
    engine: EngineKind = None,
    engine_arg: EngineArguments = None,
    llm: LLMName = None,
    llm_arg: LLMArguments = None,
    limit: Limit = None,
    runs: Runs = 1,
    max_concurrency: Concurrency = 64,
) -> None:
    """IFEval with its constraints in the system message, checked by a program (541 rows)."""
    _run("s-ifeval", **locals())


@app.command("iheval")
def iheval_command(
    data: Data = None,
    output: Output = None,
    model: ModelName = None,
    base_url: BaseURLs = None,
    engine: EngineKind = None,
    engine_arg: EngineArguments = None,
    llm: LLMName = None,
    llm_arg: LLMArguments = None,
    limit: Limit = None,
    runs: Runs = 1,
    max_concurrency: Concurrency = 64,
) -> None:
    """System messages that user or history contradict, checked by rules (five of nine tasks)."""
    _run("iheval", **locals())


@app.command("heldout")
def heldout_command(
    data: Annotated[str, typer.Argument(help="Rows with system_message, messages and constraints.")],
    output: Output = None,
    model: ModelName = None,
    base_url: BaseURLs = None,
    engine: EngineKind = None,
    engine_arg: EngineArguments = None,
    llm: LLMName = None,
    llm_arg: LLMArguments = None,
    limit: Limit = None,
    runs: Runs = 1,
    max_concurrency: Concurrency = 64,
) -> None:
    """Rows held out of a run of your own, whose constraints a program checks."""
    _run("heldout", **locals())


def _run(
    benchmark: str,
    *,
    data: str | None,
    output: Path | None,
    limit: int | None,
    runs: int,
    max_concurrency: int,
    history: str = "own",
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
            subsets=str(subsets) if subsets else None,
            **_read_engines(engines, max_concurrency),
        )
        if output is None:
            raise ConfigError("No directory is given.", "Add --output DIR.")
        with EvaluationProgress(make_console(stderr=True)) as progress:
            try:
                report = evaluate(settings, output, progress.note_batch, progress.note_wait)
            except FatalError as error:
                error.hint = f"{error.hint} {_RESUMES}".strip()
                raise
    console = make_console()
    console.print(render_evaluation(report))
    if output is not None:
        console.print(f"\nAll figures: {output}/evaluation.json", soft_wrap=True)
        console.print(f"Page: sysgen evaluate results {output}", soft_wrap=True)


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
