"""The headline of an evaluation as the Hub shows it on a model's page: `.eval_results/<benchmark>.yaml`."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import yaml

from sysgen_distilabel.evaluation.benchmarks.figure_tables import Figure
from sysgen_distilabel.evaluation.results.collect import from_evaluation
from sysgen_distilabel.inputs.hub_datasets import HubDataset

FOLDER: Final = ".eval_results"
"""Where the Hub looks for results in the repo of a model."""


def write_hub_results(report: Mapping[str, Any], directory: Path) -> Path | None:
    """Write the file to copy into the repo of the model.

    Args:
        report: of a finished evaluation.
        directory: of the evaluation; the file goes into its `.eval_results`.

    Returns:
        The file; `None` where the Hub could show nothing: the data is no dataset on it, no model answered
        or judged, or there is no figure. An earlier file is gone then.
    """
    file = directory / FOLDER / f"{report['benchmark']}.yaml"
    entries = _make_entries(report)
    if not entries:
        file.unlink(missing_ok=True)
        return None
    file.parent.mkdir(exist_ok=True)
    file.write_text(yaml.safe_dump(entries, sort_keys=False), encoding="utf-8")
    return file


def _make_entries(report: Mapping[str, Any]) -> list[dict[str, Any]]:
    from huggingface_hub import EvalResultEntry, eval_result_entries_to_yaml

    location = report["data"]["location"]
    dataset = None if Path(location).exists() else HubDataset.parse(location)
    result = from_evaluation(report)
    figure, unit = result.headline or (Figure("", None), "")
    if dataset is None or report["simulated"] or figure.value is None:
        return []
    notes = [f"{figure.name} ({unit})", result.how, *report["cautions"]]
    entry = EvalResultEntry(
        dataset_id=dataset.repo,
        task_id=report["benchmark"],
        value=round(figure.value, 4),
        dataset_revision=report["data"].get("revision") or dataset.revision,
        notes="; ".join(filter(None, notes)),
    )
    return eval_result_entries_to_yaml([entry])
