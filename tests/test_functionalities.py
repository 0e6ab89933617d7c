"""The table of functionalities: each is said once, and one more is one more line."""

import pickle
import shutil
import subprocess
import sys
from functools import partial

import pytest

from sysgen_distilabel.functionalities import FUNCTIONALITIES, Functionality, Verdict, is_kept, kept_phrases
from tests.commands import ROOT, write_rows

NINTH = """    AUDIENCE = ("Audience", "who reads the answers", ("#334455", "white"), True, (1.0, 0.0, 0.0))
    # fmt: on"""

READ = """
from sysgen_distilabel.prompts import render_prompt
from sysgen_distilabel.review.argilla_settings import write_guidelines
asked = {"messages": [], "fence": "~~~~", "phrases": [], "plain": ""}
asked |= dict.fromkeys(("per_phrase", "as_json", "about_leaks"), False)
for name in ("generate_system_message", "verify_functionalities"):
    print(render_prompt(name, **asked, demonstrations=[])[0]["content"], end="=====")
print(write_guidelines())
"""


def test_members_are_their_names_in_canonical_order():
    names = ["Role", "Content", "Task", "Action", "Style", "Background", "Tool", "Format"]
    assert tuple(names) == FUNCTIONALITIES and [f.rank for f in FUNCTIONALITIES] == list(range(8))
    assert pickle.loads(pickle.dumps(Functionality.TOOL)) is Functionality.TOOL is Functionality("Tool")
    assert len({f.colour for f in FUNCTIONALITIES} | {f.terminal_colour for f in FUNCTIONALITIES}) == 16


def test_kept_is_what_is_good_or_was_never_verified():
    assert [is_kept(verdict) for verdict in ("", *Verdict)] == [True, True, False, False]
    phrases = [{"text": str(place), "verdict": verdict} for place, verdict in enumerate(("", *Verdict))]
    assert kept_phrases(phrases) == phrases[:2]


@pytest.fixture(scope="module")
def with_a_ninth(tmp_path_factory):
    """Runs Python code where the package has a ninth functionality, and returns what it prints."""
    folder = tmp_path_factory.mktemp("ninth")
    for name in ("sysgen_distilabel", "pipelines", "hub_cards"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    table = folder / "sysgen_distilabel" / "functionalities.py"
    table.write_text(table.read_text().replace("    # fmt: on", NINTH))

    def run(code, *arguments):
        command = [sys.executable, "-c", code, *map(str, arguments)]
        done = subprocess.run(command, cwd=folder, env={"PYTHONPATH": str(folder)}, capture_output=True)
        assert done.returncode == 0, done.stderr.decode()
        return done.stdout.decode()

    return run


def test_what_a_model_or_a_reviewer_reads_counts_a_ninth(with_a_ninth):
    """The paper's own prompts name its eight; of the others a ninth would make a false statement."""
    prompt, verifier, guidelines = with_a_ninth(READ).split("=====")
    for text in (prompt, verifier, guidelines):
        assert "who reads the answers" in text and "eight" not in text
    assert "one of 9 functionalities" in prompt and "only the 9 names above" in prompt


@pytest.mark.slow
def test_a_ninth_functionality_is_one_more_line(with_a_ninth, tmp_path):
    rows, output = write_rows(tmp_path / "rows.jsonl", 12), tmp_path / "run"
    sysgen = partial(with_a_ninth, "from sysgen_distilabel.cli import main; main()")
    sysgen("run", rows, "--output", output, "--llm", "simulated")
    assert "Audience" in sysgen("show", output, "--number", 5)
    sysgen("report", output)
    assert "Audience" in (output / "report.html").read_text()
    assert "Audience" in (output / "dataset" / "README.md").read_text()
