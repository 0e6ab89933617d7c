"""The notebook runs from its first cell to its last, with what a user has installed."""

import json
import os
import sys
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

from tests.commands import ROOT
from tests.patience import PATIENCE

NOTEBOOK = ROOT / "examples" / "quickstart.ipynb"


def test_it_has_ten_cells_and_is_kept_without_output():
    cells = [cell for cell in nbformat.read(NOTEBOOK, 4).cells if cell.cell_type == "code"]
    assert len(cells) == 10
    assert not any(cell.outputs or cell.execution_count for cell in cells)


@pytest.mark.slow
def test_it_goes_from_a_dataset_to_a_reviewed_and_exported_set(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    notebook = nbformat.read(NOTEBOOK, 4)
    NotebookClient(notebook, timeout=PATIENCE, resources={"metadata": {"path": str(tmp_path)}}).execute()
    reviewed = (tmp_path / "reviewed.jsonl").read_text(encoding="utf-8").splitlines()
    roles = [turn["role"] for turn in json.loads(reviewed[0])["messages"]]
    assert roles == ["system", "user", "assistant"]
    exported = (tmp_path / "quickstart-export").glob("**/*.jsonl")
    assert any(len(file.read_text(encoding="utf-8").splitlines()) == 4 for file in exported)
