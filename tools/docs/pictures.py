"""Makes the pictures of the README anew, of one run: python -m tools.docs.pictures

The simulated LLM answers. A Chromium takes the screenshots; for that of the review page an Argilla is
started, in the environment that `make test` makes for it.
"""

from __future__ import annotations

import io
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import playwright.sync_api as playwright
from markdown_it import MarkdownIt
from PIL import Image
from rich.console import Console, Group
from rich.text import Text

from sysgen_distilabel.columns import FINDINGS, MESSAGES, PHRASES, SOURCE_ID
from sysgen_distilabel.functionalities import is_kept
from sysgen_distilabel.measures.languages import guess_language
from sysgen_distilabel.report.figures.sample import spread_sample
from sysgen_distilabel.report.terminal.show_rows import render_row
from sysgen_distilabel.review.argilla_client import open_dataset
from sysgen_distilabel.review.push_records import Pusher
from sysgen_distilabel.review.review_target import Target
from sysgen_distilabel.review.selection import make_records, select_rows
from sysgen_distilabel.review.serve_argilla import LocalArgilla, local_argilla
from sysgen_distilabel.runs.run_directory import RunDirectory
from sysgen_distilabel.settings.run_config import RunConfig
from sysgen_distilabel.simulated_notice import SIMULATED, notice_of_llm
from sysgen_distilabel.workflows.run import run

ROOT: Final = Path(__file__).parents[2]
PICTURES: Final = ROOT / "docs" / "pictures"
CHROMIUM: Final = os.environ.get("CHROMIUM") or shutil.which("chromium")
SIZE: Final[playwright.ViewportSize] = {"width": 1000, "height": 760}
CARD_STYLE: Final = """
body { font: 16px/1.5 sans-serif; max-width: 900px; margin: 24px auto; color: #1f2937 }
table { border-collapse: collapse }
td, th { border: 1px solid #e5e7eb; padding: 4px 10px; vertical-align: top }
blockquote { border-left: 4px solid #f59e0b; margin-left: 0; padding-left: 12px }
"""


def make_pictures() -> None:
    """Write `row.svg`, `report.png`, `card.png` and `review.png`."""
    PICTURES.mkdir(exist_ok=True)
    with TemporaryDirectory() as folder, local_chromium() as browser:
        finished = make_run(Path(folder))
        row = choose_row(finished)
        draw_row(row)
        browser_shows(browser, finished.path.resolve() / "report.html", "report.png")
        browser_shows(browser, write_card(finished, Path(folder)), "card.png")
        environment = ROOT / ".venv-argilla"
        with local_argilla(
            Path(folder) / "argilla", port=None, reviewers=["first"], environment=environment
        ) as argilla:
            show_review(browser, finished, row[SOURCE_ID], argilla)


def make_run(folder: Path) -> RunDirectory:
    """All phases over the example conversations, with the paths that users write."""
    (folder / "examples").symlink_to(ROOT / "examples")
    os.chdir(folder)
    config = RunConfig(input="examples/data/mixed.jsonl", llm="simulated")
    return run(config, Path("out")).directory


def choose_row(finished: RunDirectory) -> dict[str, Any]:
    """The shortest row of one English question with five phrases, one of them not called good."""
    rows = [
        row
        for row in spread_sample(finished.dataset / "accepted", 1000)
        if len(row[PHRASES]) >= 5
        and len(row[MESSAGES]) == 2
        and not row[FINDINGS]
        and guess_language(row[MESSAGES][0]["content"]) == "en"
        and not all(is_kept(phrase["verdict"]) for phrase in row[PHRASES])
    ]
    return min(rows, key=lambda row: sum(len(turn["content"]) for turn in row[MESSAGES]))


def draw_row(row: dict[str, Any]) -> None:
    """The row as `sysgen show` has it."""
    console = Console(record=True, width=104, file=io.StringIO(), emoji=False, markup=False)
    notice = Text(f"Simulated. {notice_of_llm(SIMULATED)}", style="bold yellow")
    console.print(Group(notice, render_row(row)))
    svg = console.export_svg(title="sysgen show out", unique_id="row")
    (PICTURES / "row.svg").write_text(without_fonts(svg), encoding="utf-8")


def without_fonts(svg: str) -> str:
    """The picture without the fonts that rich would have a browser fetch."""
    head, _, rest = svg.partition("@font-face")
    return head + ".row-matrix {" + rest.partition(".row-matrix {")[2] if rest else svg


def write_card(finished: RunDirectory, folder: Path) -> Path:
    """The dataset card as the Hub shows it: Markdown in which HTML may stand."""
    card = (finished.dataset / "README.md").read_text(encoding="utf-8").split("---\n", 2)[2]
    body = MarkdownIt("commonmark", {"html": True}).enable("table").render(card)
    page = folder / "card.html"
    page.write_text(f"<!doctype html><meta charset=utf-8><style>{CARD_STYLE}</style>{body}", encoding="utf-8")
    return page


@contextmanager
def local_chromium() -> Iterator[playwright.Browser]:
    """The Chromium of this machine."""
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        yield browser
        browser.close()


def browser_shows(browser: playwright.Browser, file: Path, name: str) -> None:
    """The upper part of a page."""
    page = browser.new_page(viewport=SIZE)
    page.goto(file.as_uri())
    save(page, name)


def show_review(
    browser: playwright.Browser, finished: RunDirectory, source_id: str, argilla: LocalArgilla
) -> None:
    """The row as a reviewer sees it."""
    target = Target(argilla.url, "review", "system-messages", argilla.accounts.owner.api_key)
    remote = open_dataset(target, None, str(finished.read_report()["simulation_notice"]))
    queue = select_rows(finished, "risk", None)
    queue.choices[:] = [choice for choice in queue.choices if choice.source_id == source_id]
    Pusher(remote).push(make_records(finished, queue), lambda _: None)
    reviewer = next(user for user in argilla.accounts.users if user.username == "first")
    page = browser.new_page(viewport={"width": 1300, "height": 990})
    page.goto(argilla.url)
    page.fill("input[type=text]", reviewer.username)
    page.fill("input[type=password]", reviewer.password)
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "sign-in" not in url)
    page.goto(f"{argilla.url}/dataset/{remote.id}/annotation-mode")
    page.locator(".span-entity__text").first.wait_for()
    save(page, "review.png")


def save(page: Any, name: str) -> None:
    """A screenshot in 128 colours, which is a third of its size."""
    shot = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    shot.quantize(128, dither=Image.Dither.NONE).save(PICTURES / name, optimize=True)


if __name__ == "__main__":
    make_pictures()
