"""Distillation as in the paper (§4.3): a student learns from the data a teacher wrote, no logits needed.

    sysgen run data.jsonl --output teacher --model microsoft/phi-4
    python pipelines/distill.py teacher --student google/gemma-2-9b-it --output student-data
    accelerate launch --config_file examples/train/zero3.yaml -m examples.train.sft student-data

A student whose chat template refuses or loses system messages, such as Gemma-2, gets a repaired one
(appendix F); where that is not possible, the system message opens the first user turn.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from sysgen_distilabel import ConfigError, RunDirectory, SysGenError, export_run
from sysgen_distilabel.export.diagnosis import diagnose
from sysgen_distilabel.export.export_run import Exported
from sysgen_distilabel.export.export_view import describe_export
from sysgen_distilabel.export.plan import Options, SystemRole, make_plan
from sysgen_distilabel.export.trained_chat import load_chat
from sysgen_distilabel.export.trainer_format import Format


def main(arguments: list[str] | None = None) -> None:
    """Export a teacher's run for a student, and say what to run next."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("run", type=Path, help="the teacher's run directory")
    parser.add_argument("--student", required=True, help="the model to train: a directory or a Hub id")
    parser.add_argument("--output", type=Path, required=True, help="the directory to write")
    parser.add_argument("--format", choices=[f.value for f in Format], default="trl-prompt-completion")
    options = parser.parse_args(arguments)
    for what, found in diagnose(load_chat(options.student)).lines().items():
        print(f"{what}: {found}")
    exported = export_for_student(options.run, options.student, options.output, Format(options.format))
    for line in describe_export(exported, options.output):
        print(line)
    if exported.simulation_notice:
        print(f"Simulated. {exported.simulation_notice}")
    print(f"How to train on it is in {options.output / 'README.md'}")


def export_for_student(run: Path, student: str, output: Path, layout: Format) -> Exported:
    """Export a run with the student's chat template handled.

    Args:
        run: the teacher's run directory.
        student: the model to train.
        output: the directory to write.
        layout: how the data is laid out.
    """
    options = Options(
        layout=layout, system_role=choose_system_role(student), tokenizer=student, too_long="drop"
    )
    return export_run(RunDirectory(run), options, output)


def choose_system_role(student: str) -> SystemRole:
    """`native` as in the paper, or `fold` if the student's chat template cannot be given a system turn."""
    try:
        make_plan(Options(layout=Format.SHAREGPT, tokenizer=student))
    except ConfigError:
        return "fold"
    return "native"


if __name__ == "__main__":
    try:
        main()
    except SysGenError as error:
        sys.exit(f"Error: {error}")
