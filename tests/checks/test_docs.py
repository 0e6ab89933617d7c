"""The docs name every check with its policies; run as a module, it writes the table anew."""

import re
from pathlib import Path

from sysgen_distilabel.checks.check_table import CHECKS
from sysgen_distilabel.resources import find
from sysgen_distilabel.settings.run_config import RunConfig, load_config

DOCS = Path(__file__).parents[2] / "docs" / "checks.md"
BEGIN, END = "<!-- checks:begin -->\n", "<!-- checks:end -->"


def write_table():
    """The table of checks as Markdown."""
    head = "| check | looks at | finds | policies, the default bold | reason of a rejected row |\n"
    head += "|---|---|---|---|---|\n"
    lines = [
        f"| `{check.name}` | {check.subject} | {check.meaning} | "
        + ", ".join(f"**{p}**" if p is check.careful else str(p) for p in check.policies)
        + f" | `{check.outcome}` |\n"
        for check in CHECKS.values()
    ]
    return head + "".join(lines)


def test_the_docs_have_the_table_of_checks():
    text = DOCS.read_text(encoding="utf-8")
    assert text.partition(BEGIN)[2].partition(END)[0] == write_table()


def test_the_preset_paper_differs_from_the_default_only_in_what_the_docs_say():
    given = {"input": "a.jsonl", "llm": "simulated"}
    paper = load_config(find("pipelines/presets/paper.yaml"), given).model_dump()
    default = RunConfig(**given).model_dump()
    differing = {name for name in default if paper[name] != default[name]} - {"generation_kwargs"}
    table = (DOCS.parent / "departures.md").read_text(encoding="utf-8").partition("What both do")[0]
    assert set(re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE)) == differing


if __name__ == "__main__":
    text = DOCS.read_text(encoding="utf-8")
    before, rest = text.split(BEGIN)
    DOCS.write_text(before + BEGIN + write_table() + END + rest.split(END)[1], encoding="utf-8")
