"""`sysgen evaluate responses`: measure and judge the responses of a finished run."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sysgen_distilabel.cli.options import (
    EngineKind,
    JudgeBaseURLs,
    JudgeEngineArguments,
    JudgeLLMArguments,
    JudgeLLMName,
    JudgeModel,
    StructuredOutputs,
    judge_flags,
)
from sysgen_distilabel.cli.say import say
from sysgen_distilabel.plural import count_of


def responses_command(
    directory: Annotated[Path, typer.Argument(help="A run directory.")],
    judge_model: JudgeModel = None,
    judge_base_url: JudgeBaseURLs = None,
    judge_engine: EngineKind = None,
    judge_engine_arg: JudgeEngineArguments = None,
    judge_llm: JudgeLLMName = None,
    judge_llm_arg: JudgeLLMArguments = None,
    structured_outputs: StructuredOutputs = None,
    question: Annotated[
        list[str] | None,
        typer.Option(help="request, system_message, alignment or paper. Repeat; by default all but paper."),
    ] = None,
    sample: Annotated[int, typer.Option(min=1, help="How many accepted rows to look at.")] = 1000,
    max_concurrency: Annotated[int, typer.Option(min=1, help="Requests in flight.")] = 64,
    embeddings: Annotated[
        str | None, typer.Option(help="A sentence-transformers model, for the similarity of embeddings.")
    ] = None,
    bertscore_model: Annotated[str | None, typer.Option(help="An encoder, for BERTScore.")] = None,
    bertscore_layers: Annotated[
        int | None, typer.Option(min=1, help="Its layers to use, if bert-score does not know it.")
    ] = None,
) -> None:
    """Hold the aligned responses of a run against the original ones, and let a judge compare them.

    Without a judge they are only measured (ROUGE, GLEU, length; the paper's Table 1). The judge is
    asked in both orders which response is better for the request and which follows the system
    message better, and whether the system message is followed. `--question paper` asks as the paper
    did. What was answered is kept in the run directory and not asked again. The figures go into
    the report of the run.
    """
    from sysgen_distilabel.errors import FatalError
    from sysgen_distilabel.evaluation.evaluate_responses import (
        ResponseSettings,
        evaluate_responses,
        read_questions,
    )
    from sysgen_distilabel.report.page.response_view import render_responses
    from sysgen_distilabel.report.terminal.console import make_console
    from sysgen_distilabel.runs.run_directory import RunDirectory
    from sysgen_distilabel.settings.engine_config import load_engine

    run = RunDirectory(directory)
    chosen = judge_flags(
        judge_model,
        judge_base_url,
        judge_engine,
        judge_engine_arg,
        structured_outputs,
        judge_llm,
        judge_llm_arg,
    )
    judge = None
    if chosen is not None:
        judge = load_engine({**chosen, "max_concurrency": max_concurrency})
    settings = ResponseSettings(
        judge=judge,
        questions=read_questions(question),
        sample=sample,
        embeddings=embeddings,
        bertscore_model=bertscore_model,
        bertscore_layers=bertscore_layers,
    )
    try:
        with make_console(stderr=True).status("Measuring and judging responses"):
            figures = evaluate_responses(run, settings)
    except FatalError as error:
        error.hint = f"{error.hint} {error.kept}: the same command goes on.".strip()
        raise
    console = make_console()
    console.print(render_responses(figures))
    console.print(f"\nRows: {run.evaluation}   Page: {run.path / 'report.html'}", soft_wrap=True)


def hold_out_command(
    directory: Annotated[Path, typer.Argument(help="A run directory.")],
    output: Annotated[Path, typer.Option("--output", "-o", help="A new directory for the two splits.")],
    share: Annotated[float, typer.Option(min=0.0, max=1.0, help="Share of the accepted rows.")] = 0.05,
) -> None:
    """Split the accepted rows of a run into `train` and `heldout`.

    A row is chosen by a hash of its id, so it is on the same side in every run. Held out are those
    whose system message has a constraint that a program can check: `sysgen evaluate heldout
    OUTPUT/heldout.parquet` measures a model on them, without a judge.
    """
    from sysgen_distilabel.runs.hold_out import hold_out
    from sysgen_distilabel.runs.run_directory import RunDirectory

    run = RunDirectory(directory).require_finished()
    counts = hold_out(run.dataset, output, share)
    train = count_of(counts["train"], "row")
    say(
        f"{train} to train on, {counts['heldout']:,} held out, {counts['neither']:,} chosen"
        f" but left out, as nothing in them can be checked: {output}"
    )
