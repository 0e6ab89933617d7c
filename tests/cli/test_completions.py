"""What the shell offers behind an option, asked for as bash asks."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

SYSGEN = Path(sys.executable).with_name("sysgen")


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("run --llm si", ["simulated"]),
        ("preferences --judge-llm ", ["simulated"]),
        ("run --llm distilabel.mo", []),
        ("run --check answers=m", ["answers=mark"]),
        ("run --config pap", ["paper"]),
    ],
)
def test_values_are_offered(typed, offered, tmp_path):
    words = f"sysgen {typed}"
    asked = {"_SYSGEN_COMPLETE": "complete_bash", "COMP_WORDS": words, "COMP_CWORD": str(words.count(" "))}

    done = subprocess.run([SYSGEN], env={**os.environ, **asked}, cwd=tmp_path, capture_output=True, text=True)

    assert done.stdout.split() == offered
