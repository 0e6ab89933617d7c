"""The wheel and environments of their own, for tests of what users install."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.commands import ROOT
from tests.patience import PATIENCE

_COMMANDS = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
UV = shutil.which("uv", path=_COMMANDS)
_OUTSIDE = {"PYTHONPATH", "VIRTUAL_ENV", "UV_FIND_LINKS"}


@pytest.fixture(scope="session")
def wheel(tmp_path_factory):
    """The wheel, beside the source distribution it was made of."""
    directory = tmp_path_factory.mktemp("dist")
    build = [sys.executable, "-m", "build", "--no-isolation", "--outdir", directory, ROOT]
    subprocess.run(build, check=True, capture_output=True)
    (path,) = directory.glob("*.whl")
    return path


@pytest.fixture
def make_environment(tmp_path):
    """Makes an environment with a Python and what `uv pip install` is told; gives its folder of commands."""

    def make(python, *arguments):
        run_outside(tmp_path, UV, "venv", "--quiet", "--python", python, tmp_path / "venv")
        interpreter = tmp_path / "venv" / "bin" / "python"
        run_outside(tmp_path, UV, "pip", "install", "--quiet", "--python", interpreter, *arguments)
        return interpreter.parent

    return make


def run_outside(folder, *command):
    """Run a command that knows nothing of this environment; its output."""
    outside = {name: value for name, value in os.environ.items() if name not in _OUTSIDE}
    links = ",".join(os.environ.get("PIP_FIND_LINKS", "").split())
    process = subprocess.run(
        list(map(str, command)),
        cwd=folder,
        env={**outside, **({"UV_FIND_LINKS": links} if links else {})},
        capture_output=True,
        text=True,
        timeout=PATIENCE,
    )
    assert process.returncode == 0, f"{process.stdout}\n{process.stderr}"
    return process.stdout
