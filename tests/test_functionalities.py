"""The table of functionalities: each is said once, and one more is one more line."""

import pickle
import shutil
import subprocess
import sys

import pytest

from sysgen_distilabel.functionalities import FUNCTIONALITIES, Functionality, Verdict, is_kept
from tests.commands import ROOT, write_rows

NINTH = """    AUDIENCE = ("Audience", "who reads the answers", ("#334455", "white"), True, (1.0, 0.0, 0.0))
    # fmt: on"""


def test_members_are_their_names_in_canonical_order():
    names = ["Role", "Content", "Task", "Action", "Style", "Background", "Tool", "Format"]
    assert tuple(names) == FUNCTIONALITIES and [f.rank for f in FUNCTIONALITIES] == list(range(8))
    assert pickle.loads(pickle.dumps(Functionality.TOOL)) is Functionality.TOOL is Functionality("Tool")
    assert len({f.colour for f in FUNCTIONALITIES} | {f.terminal_colour for f in FUNCTIONALITIES}) == 16


def test_kept_is_what_is_good_or_was_never_verified():
    assert [is_kept(verdict) for verdict in ("", *Verdict)] == [True, True, False, False]


def test_what_a_model_or_a_reviewer_reads_would_count_a_ninth():
    """The paper's own prompts name its eight; of the others a ninth would make a false statement."""
    prompt, guidelines = (
        (ROOT / "sysgen_distilabel" / path).read_text(encoding="utf-8")
        for path in ("prompts/generate_system_message.jinja2", "review/guidelines.md")
    )
    counted = '{8: "eight"}.get(functionalities | length, functionalities | length)'
    assert "eight" not in prompt.replace(counted, "") + guidelines
    assert prompt.count(counted) == 1


@pytest.mark.slow
def test_a_ninth_functionality_is_one_more_line(tmp_path):
    for name in ("sysgen_distilabel", "pipelines", "hub_cards"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    table = tmp_path / "sysgen_distilabel" / "functionalities.py"
    table.write_text(table.read_text().replace("    # fmt: on", NINTH))
    rows, output = write_rows(tmp_path / "rows.jsonl", 12), tmp_path / "run"

    def sysgen(*arguments):
        code = "from sysgen_distilabel.cli import main; main()"
        command = [sys.executable, "-c", code, *map(str, arguments)]
        done = subprocess.run(command, cwd=tmp_path, env={"PYTHONPATH": str(tmp_path)}, capture_output=True)
        assert done.returncode == 0, done.stderr.decode()
        return done.stdout.decode()

    sysgen("run", rows, "--output", output, "--llm", "simulated")
    assert "Audience" in sysgen("show", output, "--number", 5)
    sysgen("report", output)
    assert "Audience" in (output / "report.html").read_text()
    assert "Audience" in (output / "dataset" / "README.md").read_text()
