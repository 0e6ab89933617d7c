"""The site, built once for the tests of this folder."""

import os
import subprocess
import sys

import pytest

from tests.commands import ROOT


@pytest.fixture(scope="session")
def site(tmp_path_factory):
    """Where the site is built, without a network: nothing of it comes from elsewhere."""
    directory = tmp_path_factory.mktemp("site")
    nowhere = {"http_proxy": "http://127.0.0.1:9", "https_proxy": "http://127.0.0.1:9"}
    process = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "--site-dir", directory],
        cwd=ROOT,
        env={**os.environ, **nowhere, "NO_MKDOCS_2_WARNING": "1"},
        capture_output=True,
        text=True,
    )
    assert process.returncode == 0, process.stdout + process.stderr
    return directory
