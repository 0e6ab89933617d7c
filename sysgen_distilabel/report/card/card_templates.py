"""Renders cards for the Hub: YAML front matter, then Markdown in which no value can break a table."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, Any, Final

import yaml

from sysgen_distilabel.outcome import Outcome
from sysgen_distilabel.plural import count_of
from sysgen_distilabel.report.page.page_tables import (
    format_duration,
    format_money,
    format_percent,
    format_thousands,
    share,
)
from sysgen_distilabel.resources import find
from sysgen_distilabel.terminal_text import clean_line

if TYPE_CHECKING:
    from jinja2 import Environment

CITATION: Final = """\
@article{jeong2025sysgen,
    title = {System Message Generation for User Preferences using Open-Source Models},
    author = {Jeong, Minbyul and Cho, Jungho and Khang, Minsoo and Jung, Dawoon and Hong, Teakgyu},
    journal = {arXiv preprint arXiv:2502.11330},
    year = {2025}
}"""

_LINKS: Final = re.compile(r"!?\[")
_BLANK_LINES: Final = re.compile(r"\n{3,}")


def render_card(name: str, front_matter: Mapping[str, Any], **content: Any) -> str:
    """Render a template of `hub_cards`.

    Args:
        name: its file name.
        front_matter: the metadata; entries without a value are left out.
        content: what the template shows.
    """
    template = _environment().from_string(find(f"hub_cards/{name}").read_text(encoding="utf-8"))
    card = template.render(
        front_matter=dump_front_matter(front_matter),
        outcomes={outcome.value: outcome.explanation for outcome in Outcome},
        citation=CITATION,
        **content,
    )
    return _BLANK_LINES.sub("\n\n", card).lstrip()


def dump_front_matter(front_matter: Mapping[str, Any]) -> str:
    """The metadata as YAML lines, without entries that have no value."""
    known = {key: value for key, value in front_matter.items() if value not in (None, "", [], {})}
    return yaml.safe_dump(known, sort_keys=False, allow_unicode=True, width=1000)


def _cell(value: Any) -> str:
    """A value in one cell of a Markdown table."""
    text = " ".join(clean_line(str(value)).split()).replace(" %", "\u00a0%")
    return _LINKS.sub(r"\\\g<0>", text.replace("\\", "\\\\").replace("|", "\\|").replace("<", "&lt;"))


def _inline(value: Any) -> str:
    """A value within a sentence, in which it can be neither markup nor a link."""
    return _cell(value).replace("`", "\\`").replace(">", "&gt;")


def _code(value: Any) -> str:
    """A value between backticks or in a line of code, which it cannot end."""
    return clean_line(str(value)).replace("`", "'").replace("|", "\u00a6")


@cache
def _environment() -> Environment:
    from jinja2 import Environment, StrictUndefined

    environment = Environment(
        undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, autoescape=False
    )
    environment.filters.update(
        thousands=format_thousands,
        count=count_of,
        percent=format_percent,
        duration=format_duration,
        money=format_money,
        share=share,
        cell=_cell,
        inline=_inline,
        code=_code,
    )
    return environment
