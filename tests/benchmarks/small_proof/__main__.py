"""A proof of the whole loop on one small model and no GPU: data by the pipeline, arms, held-out prompts.

    python -m tests.benchmarks.small_proof FILE... --model MODEL --output DIR

On a CPU vLLM wants `--run "--model MODEL --engine-arg dtype=float32 --engine-arg enforce_eager=true"`.
Conversations are those of the files. Of each, phase 1 makes a system message of a persona and one rule that a
program can check (`message_writer`); the model answers under it until the rule is followed, and rows where
that does not help are rejected. Then `sysgen prove` trains the arms and asks held-out prompts with other
questions, personas and wordings, half of them with kinds of rules that are trained nowhere. The same command
goes on where it was stopped.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Final

import typer

from sysgen_distilabel.cli import app
from tests.benchmarks.small_proof.prepare import write_inputs

_HERE: Final = Path(__file__).parent


def main(arguments: list[str] | None = None) -> None:
    """Make the inputs, run the pipeline, prove."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("files", nargs="+", help="conversations in any layout `sysgen run` reads")
    parser.add_argument("--model", required=True, help="the checkpoint that answers and is trained")
    parser.add_argument("--output", type=Path, required=True)
    parser.add_argument("--rows", type=int, default=1000, help="conversations of the run")
    parser.add_argument("--held-out", type=int, default=200, help="prompts that are asked")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--run", default="", help="more options of `sysgen run`, as its engine")
    parser.add_argument("--prove", default="", help="more options of `sysgen prove`")
    options = parser.parse_args(arguments)
    write_inputs(options.files, options.output, options.rows, options.held_out, options.seed)
    data, run = options.output / "conversations.jsonl", options.output / "run"
    engine = options.run.split() or ["--model", options.model]
    if not (run / "report.json").exists():
        _sysgen("run", str(data), "--config", str(_HERE / "run.yaml"), "--output", str(run), *engine)
    test = ["--test", str(options.output / "heldout.jsonl"), "--output", str(options.output / "proof")]
    model = ["--model", options.model, "--config", str(_HERE / "prove.yaml")]
    _sysgen("prove", str(run), *model, *test, *options.prove.split())


def _sysgen(*command: str) -> None:
    print(f"$ sysgen {' '.join(command)}", flush=True)
    typer.main.get_command(app).main(list(command), standalone_mode=False)


if __name__ == "__main__":
    main()
