"""What helps people at the prompt: examples that work, options by group, completion, versions."""

import shlex
import subprocess

import pytest
import typer

from sysgen_distilabel import __version__
from sysgen_distilabel.cli import app
from sysgen_distilabel.cli.examples import EXAMPLES
from tests.commands import SYSGEN, sysgen

COMMANDS = typer.main.get_command(app).commands


@pytest.mark.parametrize("line", [line for lines in EXAMPLES.values() for line in lines])
def test_the_examples_of_the_help_are_commands(line):
    word, name, *arguments = shlex.split(line)
    assert word == "sysgen" and line in EXAMPLES[name]
    COMMANDS[name].make_context(name, arguments)


def test_every_command_has_an_example_and_a_group():
    plain = {name for name, command in COMMANDS.items() if not hasattr(command, "commands")}
    assert set(EXAMPLES) == plain
    assert all(command.rich_help_panel for command in COMMANDS.values())


def test_options_are_shown_by_group_with_the_examples(monkeypatch):
    monkeypatch.setenv("COLUMNS", "70")
    lines = sysgen("run", "--help").stdout.splitlines()
    groups = [line.split("─")[1].strip() for line in lines if line.startswith("╭")]
    assert groups[0] == "Arguments" and {"Which engine answers", "Going on with a run"} < set(groups)
    assert any(EXAMPLES["run"][0] in line for line in lines)
    assert max(map(len, lines)) <= 70


@pytest.mark.slow
@pytest.mark.parametrize(
    ("words", "offered"),
    [
        (["pre"], ["preview", "preferences"]),
        (["run", "--config", "ke"], ["keep-more"]),
        (["run", "--check", "copies=m"], ["copies=mark"]),
        (["run", "--retry", "no_"], ["no_reply", "no_valid_phrase"]),
    ],
    ids=" ".join,
)
def test_the_shell_completes(words, offered, monkeypatch):
    monkeypatch.setenv("_SYSGEN_COMPLETE", "complete_bash")
    monkeypatch.setenv("COMP_WORDS", " ".join(["sysgen", *words]))
    monkeypatch.setenv("COMP_CWORD", str(len(words)))
    done = subprocess.run([SYSGEN], capture_output=True, text=True, check=True)
    assert done.stdout.split() == offered


def test_the_version_says_what_a_bug_report_needs():
    version, python, *packages = sysgen("--version").stdout.splitlines()
    assert version == f"sysgen-distilabel {__version__}" and python.startswith("Python 3.")
    assert {"distilabel", "huggingface-hub", "pyarrow"} <= {line.split()[0] for line in packages}
