"""The wheel is whole, its metadata is valid, it works alone, and importing the package is cheap."""

import subprocess
import sys
import zipfile

import pytest

from tests.commands import ROOT
from tests.environments.conftest import UV, run_outside


@pytest.mark.slow
def test_the_metadata_is_valid(wheel):
    files = [wheel, next(wheel.parent.glob("*.tar.gz"))]
    process = subprocess.run(
        [sys.executable, "-m", "twine", "check", "--strict", *files], capture_output=True, text=True
    )
    assert process.returncode == 0, process.stdout


@pytest.mark.slow
def test_prompts_cards_and_presets_are_in_the_wheel(wheel):
    names = set(zipfile.ZipFile(wheel).namelist())
    for folder in ("sysgen_distilabel/prompts", "hub_cards", "pipelines"):
        for path in (ROOT / folder).rglob("*"):
            if path.is_file() and "__pycache__" not in path.parts:
                place = path.relative_to(ROOT)
                inside = place if place.parts[0] == "sysgen_distilabel" else f"sysgen_distilabel/{place}"
                assert str(inside) in names
    assert not [name for name in names if name.startswith(("tests", "examples"))]


@pytest.mark.slow
def test_the_wheel_works_alone_in_an_isolated_environment(wheel, make_environment, tmp_path):
    """Only what the wheel itself declares is installed, at the versions of the lock."""
    commands = make_environment(sys.executable, "--constraint", ROOT / "requirements.lock", wheel)
    (tmp_path / "rows.jsonl").write_text('{"question": "2 + 2?", "answer": "4"}\n')
    engine = ("--llm", "simulated", "--config", "keep-more")
    run_outside(tmp_path, commands / "sysgen", "run", "rows.jsonl", "-o", "out", *engine)
    assert "| accepted | 1 |" in (tmp_path / "out" / "dataset" / "README.md").read_text()
    page = (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    assert "pip install &#34;sysgen-distilabel[plots]&#34;" in page


@pytest.mark.slow
def test_uv_runs_the_job_script_with_what_its_first_lines_name(wheel, tmp_path):
    found = ("--find-links", wheel.parent, "--with-requirements", tmp_path / "exact.txt")
    (tmp_path / "exact.txt").write_text(f"sysgen-distilabel @ {wheel.as_uri()}\n")
    script = ROOT / "examples" / "jobs" / "sysgen_job.py"
    out = run_outside(tmp_path, UV, "run", "--quiet", "--no-project", *found, script, "--help")
    assert "ORG/INPUT ORG/OUTPUT" in out


def test_importing_the_package_imports_nothing_heavy():
    code = (
        "import sys, time; start = time.process_time(); import sysgen_distilabel;"
        "print(time.process_time() - start, *sorted({name.split('.')[0] for name in sys.modules}))"
    )
    seconds, *modules = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout.split()
    assert not {"distilabel", "torch", "vllm", "datasets", "pyarrow", "pydantic", "typer"} & set(modules), (
        seconds
    )
