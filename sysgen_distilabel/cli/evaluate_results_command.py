"""`sysgen evaluate lm-eval-pack`, `check-prompts`, `compare` and `results`: lm-eval, and what came out."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sysgen_distilabel.cli.say import say
from sysgen_distilabel.errors import ConfigError, RunError


def pack_command(
    folder: Annotated[Path, typer.Argument(help="Where the tasks are written.")],
    s_ifeval: Annotated[
        str | None, typer.Option(help="Local copy of sys_ifeval.jsonl; without it, the published file.")
    ] = None,
    heldout: Annotated[
        str | None, typer.Option(help="Rows with system_message, messages and constraints.")
    ] = None,
    only_heldout: Annotated[bool, typer.Option("--only-heldout", help="Leave S-IFEval out.")] = False,
) -> None:
    """Write tasks for lm-evaluation-harness in which each row has its own system message.

    Run them with: lm-eval run --include_path FOLDER --tasks sysgen_s_ifeval --apply_chat_template
    --log_samples --output_path OUT ..., then `sysgen evaluate check-prompts` on the samples.
    """
    from sysgen_distilabel.evaluation.lm_eval_pack import write_pack

    data = ({} if only_heldout else {"s-ifeval": s_ifeval}) | ({"heldout": heldout} if heldout else {})
    if not data:
        raise ConfigError("No task is left.", "Add --heldout FILE, or drop --only-heldout.")
    for task, documents, left_out in write_pack(folder, data):
        say(f"{task}: {documents:,} documents")
        for problem in left_out[:5]:
            say(f"  left out: {problem}")
        if len(left_out) > 5:
            say(f"  left out: {len(left_out) - 5:,} more")


def check_prompts_command(
    samples: Annotated[list[Path], typer.Argument(help="Files samples_*.jsonl of lm-eval --log_samples.")],
) -> None:
    """Check that the system message of every row was in the prompt that the model was sent.

    lm-eval drops it without a word where the chat template refuses a system turn.
    """
    from sysgen_distilabel.evaluation.rendered_prompts import check_prompts

    for file in samples:
        prompts, without, example = check_prompts(file)
        if without:
            raise RunError(
                f"{file.name}: {without:,} of {prompts:,} prompts lack their system message ({example}).",
                "Save a chat template that has a system role with the tokenizer, or one that puts it into "
                "the first user turn, and name it with tokenizer=DIR.",
            )
        say(f"{file.name}: all {prompts:,} prompts have their system message")


def compare_command(
    before: Annotated[Path, typer.Argument(help="results.json of lm-eval, or directory of an evaluation.")],
    after: Annotated[Path, typer.Argument(help="The same of the model after training.")],
) -> None:
    """Show what has become of each score, and whether the change is more than chance."""
    from sysgen_distilabel.evaluation.results.compare import compare
    from sysgen_distilabel.evaluation.results.evaluation_view import render_changes
    from sysgen_distilabel.report.terminal.console import make_console

    make_console().print(render_changes(compare(before, after)))


def results_command(
    sources: Annotated[
        list[str],
        typer.Argument(
            metavar="[NAME=]PATH...",
            help="Directories of evaluations and results of lm-eval; NAME is how the model is called.",
        ),
    ],
    output: Annotated[
        Path, typer.Option("--output", "-o", help="The page; its figures go beside as .json.")
    ] = Path("results.html"),
) -> None:
    """Put all evaluations of a model family on one page: an overview, plots, tables, published scores."""
    from sysgen_distilabel.evaluation.results.collect import read_results
    from sysgen_distilabel.evaluation.results.results_page import write_results

    figures = write_results(read_results(sources), output)
    say(f"{output}\n{figures}")
