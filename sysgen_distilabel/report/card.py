"""The dataset card: what is in a run's dataset and what was left out, from the run's own report."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from sysgen_distilabel.columns import COLUMNS, MEANINGS, arrow_types
from sysgen_distilabel.outcome import Outcome
from sysgen_distilabel.report.accounts import SUBSETS
from sysgen_distilabel.resources import find

_TEMPLATE: Final = "hub_cards/dataset.md.jinja"


def render_dataset_card(report: Mapping[str, Any], location: str) -> str:
    """Render `hub_cards/dataset.md.jinja`.

    Args:
        report: the content of `report.json`.
        location: what a reader passes to `load_dataset`: a directory or a repo id.
    """
    from jinja2 import Environment, StrictUndefined

    environment = Environment(
        undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, autoescape=False
    )
    environment.filters["thousands"] = lambda number: f"{number:,}"
    types = arrow_types()
    return environment.from_string(find(_TEMPLATE).read_text(encoding="utf-8")).render(
        **report,
        location=location,
        subsets=SUBSETS,
        outcomes={outcome.value: outcome.explanation for outcome in Outcome},
        columns=[
            {"name": name, "type": str(types[name]).replace("item: ", ""), "meaning": MEANINGS[name]}
            for name in COLUMNS
        ],
    )
