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
    engine_flags,
)


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
    from rich.console import Console

    from sysgen_distilabel.config import load_config
    from sysgen_distilabel.evaluation.responses import ResponseSettings, evaluate_responses, read_questions
    from sysgen_distilabel.report.response_view import render_responses
    from sysgen_distilabel.run_directory import RunDirectory

    run = RunDirectory(directory)
    chosen = engine_flags(
        judge_model,
        judge_base_url,
        judge_engine,
        judge_engine_arg,
        structured_outputs,
        judge_llm,
        judge_llm_arg,
    )
    judge = None
    if judge_model or judge_llm:
        limits = {"input": str(run.dataset), "max_concurrency": max_concurrency}
        judge = load_config(None, {**chosen, **limits})
    settings = ResponseSettings(
        judge=judge,
        questions=read_questions(question),
        sample=sample,
        embeddings=embeddings,
        bertscore_model=bertscore_model,
        bertscore_layers=bertscore_layers,
    )
    with Console(stderr=True).status("Measuring and judging responses"):
        figures = evaluate_responses(run, settings)
    console = Console()
    console.print(render_responses(figures))
    console.print(
        f"\nRows: {run.evaluation}   Page: {run.path / 'report.html'}", highlight=False, soft_wrap=True
    )
