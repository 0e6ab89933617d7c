"""`sysgen prove`: does training on a run make a model follow system messages?"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from sysgen_distilabel.cli.options import EngineArguments, parse_pairs
from sysgen_distilabel.cli.say import say
from sysgen_distilabel.errors import ConfigError


def prove_command(
    runs: Annotated[list[str] | None, typer.Argument(help="Directories of finished runs.")] = None,
    model: Annotated[
        str | None, typer.Option(help="The checkpoint to train: a directory or a Hub id.")
    ] = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Directory of the proof; the same one goes on.")
    ] = None,
    config: Annotated[
        Path | None, typer.Option(help="A prove.yaml with settings. Options win over it.")
    ] = None,
    test: Annotated[
        list[str] | None,
        typer.Option(help="heldout (of the runs), s-ifeval, iheval, NAME=FILE, or a file. Repeat."),
    ] = None,
    unseen: Annotated[
        list[str] | None,
        typer.Option(
            help="Also ask a task of lm-eval: a name, a YAML file, or paper (the eight of Table 11). Repeat."
        ),
    ] = None,
    arm: Annotated[
        list[str] | None,
        typer.Option(
            help="Data: base, none, default, no-aligned, sysgen, preferences. Repeat; by default all."
        ),
    ] = None,
    seeds: Annotated[int | None, typer.Option(min=1, help="How often every arm is trained.")] = None,
    method: Annotated[
        Literal["full", "lora"] | None, typer.Option(help="Train all weights, or an adapter.")
    ] = None,
    epochs: Annotated[
        float | None, typer.Option(help="Passes over the longest arm; all arms get its steps.")
    ] = None,
    steps: Annotated[int | None, typer.Option(min=1, help="Steps of the optimiser instead.")] = None,
    tokens_per_step: Annotated[int | None, typer.Option(min=1, help="Tokens of a step.")] = None,
    accumulation: Annotated[
        int | None, typer.Option(min=1, help="Parts a step is computed in, to save memory.")
    ] = None,
    learning_rate: Annotated[float | None, typer.Option(help="The highest learning rate.")] = None,
    max_length: Annotated[
        int | None, typer.Option(min=1, help="Tokens of a conversation; longer ones are left out.")
    ] = None,
    hold_out: Annotated[
        float | None, typer.Option(help="Share of the rows kept out of training for the test heldout.")
    ] = None,
    limit: Annotated[int | None, typer.Option(min=1, help="Prompts of each test to use.")] = None,
    max_new_tokens: Annotated[int | None, typer.Option(min=1, help="Tokens of an answer.")] = None,
    engine: Annotated[
        Literal["auto", "vllm", "transformers"] | None,
        typer.Option(help="What answers; auto is vLLM where it is installed."),
    ] = None,
    engine_arg: EngineArguments = None,
    keep: Annotated[Literal["best", "all"] | None, typer.Option(help="Which trained weights stay.")] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would be done, and what time and memory it takes.")
    ] = False,
) -> None:
    """Train a model on each kind of data of the paper's Table 5, and ask each the same held-out prompts.

    Each kind is called an arm, as the groups of a trial are. Arms differ only by their data: the same
    rows, equal steps, equal tokens per step. Each model is asked with the system message in its role and
    folded into the user's turn (Table 7). What comes out is a table with intervals and paired tests, a page
    with plots, the recipe (prove.yaml) and the best model with its card. The same command goes on with a
    proof that was stopped.
    """
    from sysgen_distilabel.workflows.prove.prove_function import forecast_proof, prove
    from sysgen_distilabel.workflows.prove.recipe import load_recipe

    given: dict[str, Any] = {
        "runs": runs or None,
        "model": model,
        "tests": test,
        "unseen": unseen,
        "arms": arm,
        "seeds": seeds,
        "method": method,
        "epochs": epochs,
        "steps": steps,
        "tokens_per_step": tokens_per_step,
        "accumulation": accumulation,
        "learning_rate": learning_rate,
        "max_length": max_length,
        "hold_out": hold_out,
        "limit": limit,
        "max_new_tokens": max_new_tokens,
        "engine": engine,
        "engine_args": parse_pairs(engine_arg, "--engine-arg"),
        "keep": keep,
    }
    recipe = load_recipe(given, config)
    if dry_run:
        for line in forecast_proof(recipe):
            say(line)
        return
    if output is None:
        raise ConfigError("No directory is given.", "Add --output DIR.")
    figures = prove(recipe, output, say)
    _show(output, figures["best"])


def _show(output: Path, best: str) -> None:
    from sysgen_distilabel.workflows.prove.proof_directory import ProofDirectory
    from sysgen_distilabel.workflows.prove.recipe import ProveArm

    directory = ProofDirectory(output)
    say(directory.table.read_text(encoding="utf-8"))
    say(f"page: {directory.page}\nbest arm: {best}, its model: {directory.model(ProveArm(best), 0)}")
