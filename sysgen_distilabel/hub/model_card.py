"""The card of a model trained on a SysGen dataset."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from sysgen_distilabel.hub.scrub import Scrubber
from sysgen_distilabel.report.card.card_templates import render_card

_REPO_ID: Final = re.compile(r"[\w-][\w.-]*/[\w-][\w.-]*")


def render_model_card(
    name: str,
    report: Mapping[str, Any],
    *,
    base_model: str,
    dataset: str | None = None,
    training: Mapping[str, Any] | None = None,
    method: str = "",
    results: Mapping[str, Mapping[str, Any]] | None = None,
    system_role: str = "",
    license: str | None = None,
    languages: Sequence[str] = (),
) -> str:
    """Render `hub_cards/model.md.jinja`; local paths and secrets in it are hidden.

    Args:
        name: the Hub repo id or directory name of the trained model.
        report: the content of the run's `report.json`.
        base_model: the model that was fine-tuned, best as a Hub repo id.
        dataset: Hub repo id of the training data, if it is published.
        training: the arguments of the trainer.
        method: how it was trained, such as `SFT` or `DPO`.
        results: measure to column to value, such as `{"loss": {"base": 3.1, "this model": 2.2}}`.
        system_role: what has to be known of the model's system role, as a sentence.
        license: licence identifier of the Hub.
        languages: ISO codes.
    """
    scrubber = Scrubber.of_this_machine()
    base, location = scrubber.text(base_model), scrubber.text(name)
    results = results or {}
    columns = list(dict.fromkeys(column for values in results.values() for column in values))
    front_matter = {
        "license": license,
        "language": list(languages),
        "base_model": base if _REPO_ID.fullmatch(base) else None,
        "datasets": [dataset] if dataset else [],
        "library_name": "transformers",
        "pipeline_tag": "text-generation",
        "tags": ["sysgen", "system-message", "distilabel", *([method.lower()] if method else [])],
    }
    return render_card(
        "model.md.jinja",
        front_matter,
        title=location.split("/")[-1],
        location=location,
        base_model=base,
        dataset=dataset,
        dataset_link=bool(dataset),
        method=method,
        training=scrubber.data(training or {}),
        result_columns=columns,
        results={name: [values.get(column, "") for column in columns] for name, values in results.items()},
        system_role=system_role,
        license=license,
        simulation_notice=report["simulation_notice"],
        rows=report["rows"],
        functionalities=report.get("functionalities"),
        teachers=[scrubber.text(model) for model in report.get("models", {}) if model],
    )
