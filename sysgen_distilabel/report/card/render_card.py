"""The dataset card: what is in a run's dataset and what was left out, from the run's own report."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from sysgen_distilabel.report.card.card_examples import Example, WholeRow
from sysgen_distilabel.report.card.card_facts import Facts, Subset, list_columns, list_engines
from sysgen_distilabel.report.card.card_templates import render_card
from sysgen_distilabel.report.page.check_tables import (
    CHECK_HEAD,
    COMPARISON_HEAD,
    CONSTRAINT_HEAD,
    FINDING_HEAD,
    VERDICT_HEAD,
    tabulate_checks,
    tabulate_constraints,
)
from sysgen_distilabel.report.page.page_tables import make_tables
from sysgen_distilabel.report.page.review_tables import make_review_tables
from sysgen_distilabel.report.page.turn_tables import TURN_HEAD, tabulate_turns
from sysgen_distilabel.runs.content_fingerprint import describe_content

BEGIN: Final = "<!-- sysgen:begin (`sysgen push` writes this part anew; edit the card above or below it) -->"
END: Final = "<!-- sysgen:end -->"

_PARTS: Final = (
    "simulation_notice",
    "rows",
    "attrition",
    "turns",
    "functionalities",
    "lengths",
    "models",
    "usage",
    "cost",
    "diversity",
    "leak",
    "checks",
    "constraints",
    "variety",
    "lift",
    "preferences",
    "review",
)
_SIZES: Final = (
    (10**3, "n<1K"),
    (10**4, "1K<n<10K"),
    (10**5, "10K<n<100K"),
    (10**6, "100K<n<1M"),
    (10**7, "1M<n<10M"),
    (10**8, "10M<n<100M"),
    (10**9, "100M<n<1B"),
)


def render_dataset_card(
    report: Mapping[str, Any],
    location: str,
    facts: Facts,
    examples: Sequence[Example] = (),
    whole_row: WholeRow | None = None,
    revision: str = "",
    citations: Sequence[str] = (),
    with_configs: bool = True,
) -> str:
    """Render `hub_cards/dataset.md.jinja`; what there is no data for is left out.

    Args:
        report: the content of `report.json`, with or without the figures.
        location: what a reader passes to `load_dataset`: a directory or a repo id.
        facts: what the report does not tell.
        examples: a system message for each functionality.
        whole_row: a row before and after.
        revision: the branch a reader has to name, if it is not the main one.
        citations: BibTeX entries of what else has made the dataset.
        with_configs: whether the metadata says where the files of each subset are.
    """
    default = "accepted" if "accepted" in [s.name for s in facts.subsets] else facts.subsets[0].name
    front_matter = make_front_matter(facts)
    if with_configs:
        front_matter["configs"] = [_configure(subset, subset.name == default) for subset in facts.subsets]
    return render_card(
        "dataset.md.jinja",
        front_matter,
        citations=citations,
        begin=BEGIN,
        end=END,
        location=location,
        revision=revision,
        default=default,
        facts=facts,
        report={**dict.fromkeys(_PARTS), **report},
        tables=_make_tables(report) if "attrition" in report else {},
        check_heads=(CHECK_HEAD, FINDING_HEAD, COMPARISON_HEAD, VERDICT_HEAD),
        constraint_head=CONSTRAINT_HEAD,
        turn_head=TURN_HEAD,
        columns=list_columns(facts.subsets),
        engines=list_engines(facts.config, facts.provenance),
        examples=examples,
        whole_row=whole_row,
    )


def _make_tables(report: Mapping[str, Any]) -> dict[str, Any]:
    checks = tabulate_checks(report.get("checks") or {})
    others = {
        "constraints": tabulate_constraints(report.get("constraints") or {}),
        "turns": tabulate_turns(report.get("turns") or {}),
    }
    return {**make_tables(report), **make_review_tables(report), **checks, **others}


def make_front_matter(facts: Facts) -> dict[str, Any]:
    """The metadata of the card by the rules of the Hub, but for where the files are."""
    names = [subset.name for subset in facts.subsets]
    return {
        "license": facts.licence,
        "language": list(facts.languages),
        "size_categories": [name_size(facts.rows)],
        "task_categories": ["text-generation"],
        "annotations_creators": ["machine-generated", *(["expert-generated"] if "review" in names else [])],
        "source_datasets": [facts.source.dataset] if facts.source.dataset else [],
        "tags": ["synthetic", "distilabel", "sysgen", "system-message", "sft"],
    }


def name_size(rows: int) -> str:
    """The Hub's name for a number of rows."""
    return next((name for limit, name in _SIZES if rows < limit), "n>1T" if rows >= 10**12 else "1B<n<10B")


def _configure(subset: Subset, default: bool) -> dict[str, Any]:
    return {
        "config_name": subset.name,
        **({"description": describe_content(subset.files)} if subset.files else {}),
        "data_files": [{"split": "train", "path": f"{subset.name}/*.parquet"}],
        **({"default": True} if default else {}),
    }
