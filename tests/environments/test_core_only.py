"""The core works without extras: on its oldest dependencies, and on every Python that is at hand."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.commands import EXAMPLES, ROOT, simulated_answer
from tests.endpoint_server import EndpointServer, told
from tests.environments.conftest import run_outside

CORE_ONLY = Path(__file__).with_name("core_only.py")


def find_python(version):
    """The interpreter of a version; what a version manager has put on the path may refuse to start."""
    known = [shutil.which(f"python{version}"), *Path.home().glob(f".pyenv/versions/{version}.*/bin/python")]
    for path in filter(None, known):
        if subprocess.run([path, "--version"], capture_output=True).returncode == 0:
            return path
    pytest.skip(f"there is no Python {version} here")


def try_core(commands, folder):
    """The output of the core at work."""
    with (EXAMPLES / "messages.jsonl").open(encoding="utf-8") as rows:
        (folder / "rows.jsonl").write_text("".join(next(rows) for _ in range(3)), encoding="utf-8")
    with EndpointServer(lambda messages, count: told(simulated_answer(messages))) as server:
        return run_outside(
            folder, commands / "python", CORE_ONLY, "rows.jsonl", folder / "out", server.base_url
        )


@pytest.mark.slow
def test_the_oldest_dependencies_will_do(make_environment, tmp_path):
    commands = make_environment(sys.executable, "--resolution", "lowest-direct", ROOT)
    out = try_core(commands, tmp_path)
    assert 'Run: pip install "sysgen-distilabel[plots]"' in out


@pytest.mark.slow
@pytest.mark.parametrize("version", ["3.12", "3.13", "3.14"])
def test_other_pythons_will_do(version, make_environment, tmp_path):
    commands = make_environment(find_python(version), "--constraint", ROOT / "requirements.lock", ROOT)
    out = try_core(commands, tmp_path)
    assert 'Run: pip install "sysgen-distilabel[plots]"' in out
