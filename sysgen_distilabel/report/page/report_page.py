"""Renders self-contained pages: no network, no text from data that could act as code."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping, Sequence
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any, Final

from markupsafe import Markup

from sysgen_distilabel.functionalities import FUNCTIONALITIES
from sysgen_distilabel.outcome import Outcome
from sysgen_distilabel.report.figures import paper_figures as paper
from sysgen_distilabel.report.figures.flow import draw_flow
from sysgen_distilabel.report.page.check_tables import (
    CHECK_HEAD,
    COMPARISON_HEAD,
    CONSTRAINT_HEAD,
    FINDING_HEAD,
    VERDICT_HEAD,
    tabulate_checks,
    tabulate_constraints,
)
from sysgen_distilabel.report.page.page_tables import (
    format_duration,
    format_money,
    format_percent,
    format_thousands,
    list_facts,
    make_tables,
)
from sysgen_distilabel.report.page.plots import draw_page_plots, note_missing_plots
from sysgen_distilabel.report.page.response_tables import RESPONSE_HEADS
from sysgen_distilabel.report.page.review_tables import make_review_tables
from sysgen_distilabel.report.page.row_view import RowView, clean
from sysgen_distilabel.report.page.turn_tables import TURN_HEAD, tabulate_turns
from sysgen_distilabel.report.page.variety_tables import tabulate_variety
from sysgen_distilabel.report.terminal.preference_view import tabulate_preferences

if TYPE_CHECKING:
    from jinja2 import Environment

_SECTIONS: Final = {
    "attrition": "Rows",
    "functionalities": "Functionalities",
    "checks": "Checks",
    "constraints": "Constraints",
    "turns": "Turns",
    "lengths": "Lengths",
    "quality": "Variety and leaks",
    "lift": "Lift",
    "variety": "Variety",
    "preferences": "Preference pairs",
    "responses": "Responses",
    "review": "Review",
    "usage": "Usage and cost",
    "rows": "Sample",
}

_OPTIONAL: Final = {
    "checks": "checks",
    "constraints": "constraints",
    "variety": "variety",
    "preferences": "preferences",
    "responses": "responses",
    "turns": "turns",
    "review": "review",
    "lift": "lift",
}
"""Sections that only some reports have, and the figures they are made of."""


def render_report_page(report: Mapping[str, Any], sample: Sequence[RowView]) -> str:
    """The report of a run as one page.

    Args:
        report: the content of `report.json`.
        sample: the rows to browse.
    """
    absent = set() if report["lengths"] else {"lengths", "quality"}
    report = {"cost": None, "forecast": None, **{name: {} for name in _OPTIONAL.values()}, **report}
    absent |= {name for name, key in _OPTIONAL.items() if not report[key]}
    return render_page(
        "report.html.jinja",
        **report,
        facts=list_facts(report),
        sections=[item for item in _SECTIONS.items() if item[0] not in absent],
        flow=draw_flow(report["attrition"]),
        plots={name: Markup(svg) for name, svg in draw_page_plots(report).items()},
        tables={
            **make_tables(report),
            **tabulate_checks(report["checks"]),
            "constraints": tabulate_constraints(report["constraints"]),
            "turns": tabulate_turns(report["turns"]),
            **tabulate_variety(report["variety"]),
            **tabulate_preferences(report["preferences"]),
            **make_review_tables(report),
        },
        sample=sample,
        paper=paper,
        heads=RESPONSE_HEADS,
        turn_head=TURN_HEAD,
        constraint_head=CONSTRAINT_HEAD,
        check_heads=(CHECK_HEAD, FINDING_HEAD, COMPARISON_HEAD, VERDICT_HEAD),
    )


def render_page(template: str, **content: Any) -> str:
    """Render a template that extends `base.html.jinja`, with the script and its hash in place.

    Args:
        template: name of the file in `templates`.
        content: what the template shows; it is escaped, and freed of control characters.
    """
    script = _read("page.js")
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    return (
        _environment()
        .get_template(template)
        .render(
            style=Markup(_read("page.css")),
            script=Markup(script),
            missing_plots=note_missing_plots(),
            script_hash=f"sha256-{digest}",
            colours={str(f): f.colour for f in FUNCTIONALITIES},
            outcomes={outcome.value: outcome.explanation for outcome in Outcome},
            **content,
        )
    )


@cache
def _environment() -> Environment:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("sysgen_distilabel.report"),
        undefined=StrictUndefined,
        autoescape=True,
        finalize=_clean_text,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(
        thousands=format_thousands, percent=format_percent, duration=format_duration, money=format_money
    )
    return environment


def _clean_text(value: Any) -> Any:
    return clean(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def _read(name: str) -> str:
    return (resources.files("sysgen_distilabel.report") / "templates" / name).read_text(encoding="utf-8")
