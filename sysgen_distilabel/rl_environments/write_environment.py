"""Writes an environment into a directory: its lines, what its library needs beside them, facts and a card."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

from sysgen_distilabel import __version__
from sysgen_distilabel.constraints.proof import NoProof
from sysgen_distilabel.errors import RunError
from sysgen_distilabel.files import replaced_directory
from sysgen_distilabel.report.card.card_templates import render_card
from sysgen_distilabel.rl_environments import grpo, nemo_gym, verifiers_package
from sysgen_distilabel.rl_environments.difficulty import describe_rewards
from sysgen_distilabel.rl_environments.environment_format import EnvironmentFormat
from sysgen_distilabel.rl_environments.environment_task import EnvironmentTask, NoTask
from sysgen_distilabel.rl_environments.prove import Proofs

FACTS: Final = "environment.json"
"""Name of the file with the figures; a directory that has it may be replaced."""
LINES: Final = "train.jsonl"
_WRITERS: Final[
    Mapping[EnvironmentFormat, Callable[[EnvironmentTask, Mapping[str, Any]], dict[str, Any]]]
] = {
    EnvironmentFormat.NEMO_GYM: nemo_gym.write_row,
    EnvironmentFormat.VERIFIERS: verifiers_package.write_row,
    EnvironmentFormat.TRL_GRPO: grpo.write_row,
}
_TAGS: Final = ["rl-environment", "nemo-gym", "verifiers", "synthetic", "sysgen"]


def write_environment(
    layout: EnvironmentFormat,
    tasks: Sequence[EnvironmentTask],
    left_out: Mapping[NoTask, int],
    proofs: Proofs,
    output: Path,
    made: Mapping[str, Any],
) -> dict[str, Any]:
    """Write an environment, in place of one that is there.

    Args:
        layout: for which library.
        tasks: the tasks, in their order.
        left_out: how many rows are no task, by reason.
        proofs: what became of the constraints.
        output: the directory.
        made: how the tasks were made: models, rollouts, options; goes into facts and card as it is.

    Returns:
        The facts, as they are in `environment.json`.

    Raises:
        RunError: if there are no tasks, or the directory holds something else or cannot be written.
    """
    if not tasks:
        reasons = ", ".join(f"{number} {reason.explanation}" for reason, number in left_out.items())
        raise RunError(f"No row is a task: {reasons or 'there are no rows'}.", "Loosen what leaves rows out.")
    if output.exists() and not (output / FACTS).is_file():
        raise RunError(f"{output} holds something that is no environment.", "Name another --output.")
    facts = describe_environment(layout, tasks, left_out, proofs, made)
    try:
        with replaced_directory(output) as new:
            lines = new / LINES
            if layout is EnvironmentFormat.VERIFIERS:
                name = verifiers_package.package_name(output)
                lines = verifiers_package.write_package(new, name, __version__)
                facts["package"] = name
            write = _WRITERS[layout]
            with lines.open("w", encoding="utf-8") as file:
                for task in tasks:
                    row = write(task, describe_rewards(task.passed))
                    file.write(json.dumps(row, ensure_ascii=False) + "\n")
            facts["lines"] = lines.relative_to(new).as_posix()
            (new / FACTS).write_text(json.dumps(facts, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
            (new / "README.md").write_text(_render_card(facts), encoding="utf-8")
    except OSError as error:
        raise RunError(
            f"{output} cannot be written: {error.strerror or error}.", "Make room, or name another --output."
        ) from None
    return facts


def describe_environment(
    layout: EnvironmentFormat,
    tasks: Sequence[EnvironmentTask],
    left_out: Mapping[NoTask, int],
    proofs: Proofs,
    made: Mapping[str, Any],
) -> dict[str, Any]:
    """The facts of an environment, in JSON values."""
    strata = Counter(kind for task in tasks for kind in task.kinds)
    return {
        "kind": "environment",
        "format": layout.value,
        "tasks": len(tasks),
        "tasks_of_questions_alone": sum(not task.constraints for task in tasks),
        "left_out": {reason.value: number for reason, number in left_out.items() if number},
        "checks": {
            "programs": sum(len(task.constraints) for task in tasks),
            "questions": sum(len(task.questions) for task in tasks),
            "misalignment": sum(
                entry["is_misalignment_check"]
                for task in tasks
                for entry in (*task.constraints, *task.questions)
            ),
        },
        "tasks_by_kind_of_check": dict(sorted(strata.items())),
        "languages": dict(Counter(task.language for task in tasks).most_common()),
        "proofs": {key: value for key, value in asdict(proofs).items() if key not in ("proven", "failed")}
        | {"proven": dict(sorted(proofs.proven.items())), "failed": dict(sorted(proofs.failed.items()))},
        "pass_rates": _spread(tasks),
        "strata": "",
        "tasks_by_stratum": {},
        **made,
        "sysgen_distilabel": __version__,
    }


def _spread(tasks: Sequence[EnvironmentTask]) -> dict[str, int]:
    """How many tasks have which pass rate, in tenths; empty without rollouts."""
    rates = [describe_rewards(task.passed)["pass_rate"] for task in tasks if task.passed]
    return {
        f"{tenth / 10:.1f}": number
        for tenth, number in sorted(Counter(int(10 * rate) for rate in rates).items())
    }


def _render_card(facts: Mapping[str, Any]) -> str:
    config = {"config_name": "default", "data_files": [{"split": "train", "path": facts["lines"]}]}
    return render_card(
        "environment.md.jinja",
        {"configs": [config], "tags": _TAGS},
        **facts,
        reasons={reason.value: reason.explanation for reason in NoTask},
        flaws={flaw.value: flaw.explanation for flaw in NoProof},
    )
