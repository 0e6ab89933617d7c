"""The card beside the dataset of a run, on the machine it was made on."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sysgen_distilabel.files import write_whole
from sysgen_distilabel.report.card.card_examples import find_examples
from sysgen_distilabel.report.card.card_facts import Facts, read_subsets
from sysgen_distilabel.report.card.render_card import render_dataset_card
from sysgen_distilabel.runs.run_directory import RunDirectory


def write_run_card(run: RunDirectory, dataset: Path, report: Mapping[str, Any]) -> None:
    """Write `README.md`, which also says which subsets `load_dataset` finds.

    Args:
        run: the run.
        dataset: the directory with its subsets; before the run is finished, not yet its final one.
        report: the content of `report.json`.
    """
    facts = Facts(
        read_subsets(dataset),
        config=run.read_config(),
        provenance=run.read_provenance(),
    )
    card = render_dataset_card(report, str(run.dataset), facts, *find_examples(dataset))
    write_whole(dataset / "README.md", card)
