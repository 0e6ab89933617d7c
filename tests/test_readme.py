"""Every snippet of the README runs, in order and in one directory."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from sysgen_distilabel.outcome import REASONS
from tests.commands import ROOT
from tests.patience import PATIENCE

README = (ROOT / "README.md").read_text(encoding="utf-8")
SNIPPETS = re.findall(r"^```(python|bash)\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)


@pytest.mark.slow
def test_the_snippets_run_one_after_the_other(tmp_path):
    for folder in ("examples", "pipelines"):
        (tmp_path / folder).symlink_to(ROOT / folder)
    environment = {
        **os.environ,
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "DISTILABEL_CACHE_DIR": str(tmp_path / "cache"),
        "DISTILABEL_LOG_LEVEL": "ERROR",  # a pipeline of distilabel can hang at its end when its steps log
    }
    assert len(SNIPPETS) >= 6
    for language, code in SNIPPETS:
        command = (
            [sys.executable, "-c", code] if language == "python" else ["bash", "-euo", "pipefail", "-c", code]
        )
        process = subprocess.run(
            command, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=PATIENCE
        )
        assert process.returncode == 0, f"{code}\n{process.stdout}\n{process.stderr}"


def test_every_reason_is_listed():
    for reason in REASONS:
        assert f"| `{reason}` | {reason.explanation} |" in README


def test_every_file_named_is_there():
    for target in re.findall(r"\]\((?!https?:)([^)#]+)\)", README):
        assert (ROOT / target).exists(), target
