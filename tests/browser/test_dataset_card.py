"""The dataset card as a browser shows it, after Markdown in which HTML may stand, as on the Hub.

A screenshot is kept in the directory `SYSGEN_SCREENSHOTS`, if it is set, to be looked at.
"""

import os
from pathlib import Path

import pytest
from markdown_it import MarkdownIt

from sysgen_distilabel.functionalities import FUNCTIONALITIES
from tests.chromium import chromium_browser, open_page
from tests.report.card.test_render_card import make_dataset, render

pytestmark = pytest.mark.slow

STYLE = """
body { font: 16px/1.6 sans-serif; max-width: 860px; margin: 24px auto; color: #1f2937 }
table { border-collapse: collapse; display: block; overflow-x: auto }
td, th { border: 1px solid #e5e7eb; padding: 4px 10px; vertical-align: top }
"""


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    folder = tmp_path_factory.mktemp("card")
    card = render(make_dataset(folder / "dataset"))
    body = MarkdownIt("commonmark", {"html": True}).enable("table").render(card.split("---\n", 2)[2])
    file = folder / "card.html"
    file.write_text(f"<!doctype html><meta charset=utf-8><style>{STYLE}</style>{body}", encoding="utf-8")
    with chromium_browser() as browser:
        opened = open_page(browser)
        requests = []
        opened.on("request", lambda request: requests.append(request.url))
        opened.goto(file.as_uri())
        opened.requests = requests
        if folder := os.environ.get("SYSGEN_SCREENSHOTS"):
            opened.screenshot(path=Path(folder) / "dataset_card.png", full_page=True)
        yield opened


def test_phrases_are_in_the_colours_of_their_functionalities(page):
    shown = page.eval_on_selector_all(
        "td:first-child b span",
        "spans => spans.map(s => [s.textContent, getComputedStyle(s).borderBottomColor])",
    )
    assert dict(shown) == {
        str(functionality): "rgb({}, {}, {})".format(*bytes.fromhex(colour[1:]))
        for functionality, colour in ((f, f.colour) for f in FUNCTIONALITIES)
    }


def test_all_sections_and_tables_are_there_and_no_markdown_is_left(page):
    headings = page.eval_on_selector_all("h2", "headings => headings.map(h => h.textContent)")
    assert headings == [
        "Load it", "Examples", "What became of the rows", "Columns", "Functionalities and verdicts", "Checks",
        "Review",
        "Lengths", "Models and sampling", "Prompts and versions", "Calls, tokens and cost", "Intended use",
        "Limits and biases", "Licence and source", "Files beside the data", "Citation",
    ]  # fmt: skip
    assert page.locator("table").count() >= 10
    text = page.inner_text("body")
    for markup in ("|---", "\n| ", "## ", "**", "&lt;", "sysgen:begin"):
        assert markup not in text


def test_text_of_the_data_is_only_text(page):
    assert page.evaluate("window.owned") is None
    assert all(url.startswith("file:") for url in page.requests)
    assert "</table><script>window.owned = 1</script>" in page.inner_text("body")
