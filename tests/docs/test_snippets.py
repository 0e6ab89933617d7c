"""Every snippet of README and docs runs, in order and in one directory; every command shown is known.

Fences named `bash` and `python` are run, `console` ones are run and their output compared (`...` stands for
anything), `yaml` ones are settings. Commands in other fences need a model or a network: their options are
checked.
"""

import os
import re
import shlex
import subprocess
import sys
from codeop import CommandCompiler
from pathlib import Path

import pytest
import typer
import yaml

from sysgen_distilabel.cli import app
from sysgen_distilabel.settings.run_config import RunConfig
from tests.commands import ROOT, sysgen
from tests.docs.pages import PAGES, SITE, commands_of, fences_of, links_of, name_of
from tests.patience import PATIENCE

RUN = ("bash", "python", "console")
SHELL = re.compile(r"[|<>;&$`*]|^\w+=")
ENGINE = {"input": "rows.jsonl", "llm": "simulated"}


@pytest.fixture
def place(tmp_path, monkeypatch):
    """A directory like a clone, in which nothing of the tests or of distilabel's logs gets in the way."""
    for folder in ("examples", "pipelines"):
        (tmp_path / folder).symlink_to(ROOT / folder)
    monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("DISTILABEL_CACHE_DIR", str(tmp_path / "cache"))
    # A pipeline of distilabel can hang at its end when its steps log.
    monkeypatch.setenv("DISTILABEL_LOG_LEVEL", "ERROR")
    return tmp_path


@pytest.mark.slow
@pytest.mark.parametrize("page", [page for page in SITE if fences_of(page, *RUN)], ids=name_of)
def test_the_snippets_run_one_after_the_other(page, place):
    if "goes on with the run `out`" in page.read_text(encoding="utf-8"):
        run_snippet(fences_of(ROOT / "docs" / "guides" / "run.md", "bash")[0], place)
    for fence in fences_of(page, *RUN):
        if fence.language == "console":
            compare_session(fence.text, place)
        else:
            run_snippet(fence, place)


def run_snippet(fence, place):
    if fence.language == "python":
        works(start([sys.executable, "-c", fence.text], place), fence.text)
    else:
        for command in commands_of(fence.text):
            works(run_command(command, place), command)


@pytest.mark.parametrize("page", [page for page in PAGES if fences_of(page, "python")], ids=name_of)
def test_python_can_be_pasted_line_by_line(page):
    """A blank line ends a block in `python` itself, where a script does without one."""
    for fence in fences_of(page, "python"):
        compile_command, pending = CommandCompiler(), []
        for line in [*fence.text.splitlines(), ""]:
            pending.append(line)
            if compile_command("\n".join(pending), name_of(page), "single") is not None:
                pending.clear()
        assert not any(pending), f"ends within {pending}"


def works(process, code):
    assert process.returncode == 0, f"{code}\n{process.stdout}\n{process.stderr}"


def run_command(command, place):
    """Run one command as a shell does; `sysgen` alone without the seconds of its imports."""
    line = command.replace("\\\n", " ")
    if line.startswith("sysgen ") and not SHELL.search(line.partition(" # ")[0]):
        return sysgen(*shlex.split(line, comments=True)[1:], cwd=place)
    return start(["bash", "-euo", "pipefail", "-c", command], place)


def start(command, place):
    return subprocess.run(command, cwd=place, capture_output=True, text=True, timeout=PATIENCE)


def compare_session(session, place):
    """Hold what each command says against what the page says that it says."""
    for shown in re.split(r"^\$ ", session, flags=re.MULTILINE)[1:]:
        command, _, expected = shown.partition("\n")
        process = run_command(command, place)
        pattern = re.escape(expected.strip()).replace(re.escape("..."), ".*")
        assert re.fullmatch(pattern, (process.stdout + process.stderr).strip(), re.DOTALL), (
            f"{command}\n{process.stdout}{process.stderr}"
        )


def test_pages_have_snippets_that_run():
    """The languages of fences are spelled as this test expects."""
    assert len([fence for page in SITE for fence in fences_of(page, *RUN)]) > 30


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_command_shown_is_known_with_its_options(page):
    shown = (command for fence in fences_of(page) for command in commands_of(fence.text))
    for command in (command.removeprefix("$ ") for command in shown):
        if not command.startswith("sysgen "):
            continue
        arguments = shlex.split(command.replace("\\\n", " "), comments=True)[1:]
        ends = [place for place, word in enumerate(arguments) if word in (">", "|", "2>", "&", "&&")]
        parse(arguments[: min(ends, default=None)] if ends else arguments)


def parse(arguments):
    """Have the command line read its arguments and go no further; an unknown one raises."""
    command = typer.main.get_command(app)
    while hasattr(command, "commands") and arguments and not arguments[0].startswith("--"):
        context = command.context_class(command)
        _, command, arguments = command.resolve_command(context, arguments)
    if not hasattr(command, "commands") and "--help" not in arguments:
        command.make_context(command.name, [word for word in arguments if word != "..."])


def test_an_unknown_option_or_command_is_noticed():
    for line in ("run a.jsonl --no-such-option", "no-such-command", "evaluate no-such-benchmark"):
        with pytest.raises(Exception, match=r"(?i)no such"):
            parse(line.split())


@pytest.mark.parametrize("page", [page for page in SITE if fences_of(page, "yaml")], ids=name_of)
def test_settings_shown_are_settings(page):
    for fence in fences_of(page, "yaml"):
        RunConfig(**{**ENGINE, **yaml.safe_load(fence.text)})


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_file_named_is_there(page):
    for target in links_of(page):
        assert (page.parent / target).exists(), target
