"""The site is built with every link checked, fetches nothing, and has all that there is in the code."""

import re

import pytest

from sysgen_distilabel.columns import ALL_COLUMNS
from sysgen_distilabel.export.trainer_format import Format
from sysgen_distilabel.outcome import PAIR_REASONS, REASONS
from sysgen_distilabel.settings.run_config import RunConfig
from tests.commands import ROOT, sysgen
from tools.docs.commands import find_commands
from tools.docs.reference import reference_pages


@pytest.fixture(scope="module")
def pages():
    return reference_pages()


def test_every_page_has_its_place_and_the_start_page_is_the_readme(site):
    assert "Add system messages to fine-tuning data" in (site / "index.html").read_text(encoding="utf-8")
    for page in ROOT.glob("docs/**/*.md"):
        assert (site / page.relative_to(ROOT / "docs").with_suffix(".html")).exists(), page


def test_nothing_is_fetched_from_elsewhere(site):
    for page in site.rglob("*.html"):
        fetched = re.findall(
            r"<(?:script|img|iframe|link)\b[^>]*?(?:src|href)=[\"']?(https?://[^\"'> ]+)", page.read_text()
        )
        assert not fetched, page


def test_docstrings_are_in_the_reference_of_python(site):
    text = (site / "reference" / "python.html").read_text(encoding="utf-8")
    assert "no row of it holds a conversation" in " ".join(text.split())


def test_every_command_is_listed_with_the_words_of_its_help(pages):
    found = dict(find_commands())
    assert {"sysgen run", "sysgen evaluate heldout", "sysgen review push"} <= set(found)
    for name in found:
        assert f"\n## {name}\n" in pages["commands.md"]
    said = " ".join(sysgen("push", "--help").stdout.split())
    assert "Publish a finished run as a dataset with a card" in said
    assert "Publish a finished run as a dataset with a card" in pages["commands.md"]


def test_every_setting_column_reason_and_format_is_listed(pages):
    for name in RunConfig.model_fields:
        assert f"| `{name}` |" in pages["settings.md"]
    for column in ALL_COLUMNS.values():
        assert f"| `{column.name}` |" in pages["columns.md"]
    for reason in (*REASONS, *PAIR_REASONS):
        assert f"| `{reason}` | {reason.explanation} |" in pages["reasons.md"]
    for layout in Format:
        assert f"`{layout}`" in pages["files.md"]


@pytest.mark.slow
def test_commands_end_with_the_exit_codes_listed(pages, tmp_path):
    listed = dict(re.findall(r"^\| (\d+) \| `(\w+)` \|", pages["reasons.md"], re.MULTILINE))
    assert {"2", "3", "4", "5", "6", "7", "8", "130"} <= set(listed)
    for code, arguments in (
        (2, ["run", tmp_path / "none.jsonl", "--output", tmp_path / "out"]),
        (3, ["run", tmp_path / "none.jsonl", "--output", tmp_path / "out", "--llm", "simulated"]),
        (4, ["show", tmp_path / "none"]),
    ):
        assert sysgen(*arguments).returncode == code and str(code) in listed
