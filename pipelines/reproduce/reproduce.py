"""Reproduces a table or figure of the paper by its recipe, and prints ours beside the paper's numbers.

    python pipelines/reproduce/reproduce.py table_1 --output repro --limit 100 --data rows.jsonl \\
        --engine "--model Qwen/Qwen2.5-14B-Instruct" --judge "--judge-model JUDGE --judge-base-url http://..."

`--limit` makes it a pilot, `--simulated` one without any model. What is there is not made again, and recipes
that share an --output share its run. docs/reproduce.md says what each needs and what cannot be reproduced.
"""

from __future__ import annotations

import argparse
import json
import shlex
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import typer
import yaml

from sysgen_distilabel import SysGenError
from sysgen_distilabel.cli import app

RECIPES: Final = Path(__file__).parent
_SIMULATED: Final = {
    "engine": "--llm simulated",
    "judge": "--judge-llm simulated",
    "base": "--llm simulated",
    "trained": "--llm simulated --llm-arg seed=1",
}
_OPTIONS: Final = {
    "data": "the conversations",
    "engine": "options of `sysgen run` that say which engine writes",
    "judge": "options that say which engine judges, as in `--judge-model NAME`",
    "base": "options that say where the model before training answers",
    "trained": "the same of the model after training",
    "student": "the checkpoint to train: a directory or an id on the Hub",
    "prompts": "held-out prompts, as `sysgen evaluate heldout` reads them, or the name of a test",
    "unseen": "a task of lm-eval in place of the paper's eight",
    "prove": "more options of `sysgen prove`, as in `--seeds 1 --steps 20`",
    "multifacet": "local copy of Multifaceted-Bench",
    "sysbench": "local copy of SysBench",
}
_ARMS: Final = ("none", "default", "no-aligned", "sysgen")
_MAY_BE_LEFT_OUT: Final = ("multifacet", "sysbench", "judge", "prove")


def main(arguments: list[str] | None = None) -> None:
    """Run a recipe, and print its table."""
    options = _parse(arguments)
    recipe = yaml.safe_load((RECIPES / f"{options.recipe}.yaml").read_text(encoding="utf-8"))
    values = _fill(options)
    try:
        for step in recipe["steps"]:
            is_made = "make" in step and (options.output / step["make"]).exists()
            if not is_made and values.get(step.get("if", ""), "yes"):
                _run_step(step["sysgen"], values)
    except SysGenError as error:
        sys.exit(f"{error}")
    print("\n".join(describe(recipe, options.output, values)))


def _parse(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("recipe", choices=sorted(file.stem for file in RECIPES.glob("*.yaml")))
    parser.add_argument("--output", type=Path, required=True, help="directory; recipes may share one")
    parser.add_argument("--limit", type=int, help="use the first rows only")
    parser.add_argument("--simulated", action="store_true", help="ask no model: rules answer and judge")
    parser.add_argument(
        "--translate", action="store_true", help="SysBench in English, translated by the judge"
    )
    parser.add_argument("--dry-run", action="store_true", help="only say what trainings would take")
    for name, meaning in _OPTIONS.items():
        parser.add_argument(f"--{name}", help=meaning)
    return parser.parse_args(arguments)


def _fill(options: argparse.Namespace) -> dict[str, str]:
    """What stands for the names in the steps of a recipe."""
    is_dry = options.dry_run or options.simulated
    english = f"--translate {shlex.quote(str(options.output / 'english'))}"
    given = {name: value for name in _OPTIONS if (value := getattr(options, name)) is not None}
    return {
        **dict.fromkeys(_MAY_BE_LEFT_OUT, ""),
        **(_SIMULATED if options.simulated else {}),
        **given,
        **_fill_trained(options),
        "output": shlex.quote(str(options.output)),
        "limit": f"--limit {options.limit}" if options.limit else "",
        "translate": english if options.translate else "",
        "dry_run": "--dry-run" if is_dry else "",
    }


def _fill_trained(options: argparse.Namespace) -> dict[str, str]:
    """The unseen tasks, and where the arms of a proof answer; empty where no model is trained or asked."""
    unseen = options.unseen or ("" if options.simulated else "paper")
    filled = {"unseen": f"--unseen {shlex.quote(unseen)}" if unseen else ""}
    for number, arm in enumerate(_ARMS):
        model = shlex.quote(str(options.output / "proof" / "arms" / f"{arm}-0" / "model"))
        trained = "" if options.dry_run or not options.judge else f"--model {model}"
        filled[arm] = f"--llm simulated --llm-arg seed={number}" if options.simulated else trained
    return filled


def _run_step(step: str, values: Mapping[str, str]) -> None:
    try:
        command = step.format_map(values)
    except KeyError as missing:
        sys.exit(f"This recipe needs --{missing.args[0]}: {_OPTIONS[missing.args[0]]}.")
    print(f"$ sysgen {command}", flush=True)
    typer.main.get_command(app).main(shlex.split(command), standalone_mode=False)


def describe(recipe: Mapping[str, Any], output: Path, values: Mapping[str, str]) -> Iterator[str]:
    """The title, the table, and what is to be known of it, line by line."""
    yield f"\n{recipe['title']}\n"
    yield f"paper: {recipe['models']}; {recipe['data']}; {recipe['settings']}"
    if "simulated" in f"{values.get('engine')}{values.get('base')}":
        yield "Simulated: rules answered, no model; the figures show where they will stand and nothing else."
    yield f"GPU-hours: {recipe['gpu_hours']}"
    yield "\n| figure | ours | paper |\n|---|--:|--:|"
    for figure in recipe["figures"]:
        ours = read_figure(figure.get("ours", ""), output)
        shown = "" if ours is None else f"{figure['factor'] * ours:.2f}"
        yield f"| {figure['name']} | {shown} | {', '.join(map(str, figure['paper']))} |"
    if by_hand := recipe.get("by_hand"):
        yield f"\nBy hand:\n{by_hand.format_map(values)}"
    yield f"\nWhat cannot be reproduced: {recipe['cannot']}"


def read_figure(place: str, output: Path) -> float | None:
    """A figure of the files of a reproduction; `None` if it is not there.

    Args:
        place: a file and a path in it, or two of them with ` / ` or ` - ` between.
        output: the directory of the reproduction.
    """
    for sign in (" / ", " - "):
        first, found, second = place.partition(sign)
        if found:
            left, right = read_figure(first, output), read_figure(second, output)
            if left is None or right is None or (sign == " / " and not right):
                return None
            return left / right if sign == " / " else left - right
    name, _, path = place.partition(" ")
    if not path or not (output / name).exists():
        return None
    value: Any = json.loads((output / name).read_text(encoding="utf-8"))
    for key in path.split("."):
        value = value.get(key) if isinstance(value, dict) else None
    return float(value) if isinstance(value, int | float) else None


if __name__ == "__main__":
    main()
