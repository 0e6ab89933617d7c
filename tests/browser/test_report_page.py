"""The pages in a real Chromium: hostile text stays text, nobody is shut out, no network is used.

Screenshots are kept in the directory `SYSGEN_SCREENSHOTS`, if it is set, to be looked at.
"""

import os
from pathlib import Path

import axe_playwright_python.sync_playwright as axe_module
import pytest

from sysgen_distilabel.evaluation.benchmarks.figure_tables import Figure, FigureTable
from sysgen_distilabel.evaluation.results.collect import Result
from sysgen_distilabel.evaluation.results.results_page import render_results
from sysgen_distilabel.settings.run_config import RunConfig
from sysgen_distilabel.workflows.preflight.preview import preview_rows
from sysgen_distilabel.workflows.preflight.preview_view import render_preview_page
from sysgen_distilabel.workflows.run import run
from tests.chromium import chromium_browser, open_page
from tests.outcomes import CASES, write_every_outcome

pytestmark = pytest.mark.slow

VIEWS = {
    "desktop": {"viewport": {"width": 1280, "height": 900}},
    "phone": {"viewport": {"width": 375, "height": 800}, "is_mobile": True, "has_touch": True},
    "dark": {"viewport": {"width": 1280, "height": 900}, "color_scheme": "dark"},
}
HOSTILE = [
    "<script>window.owned = 1</script>",
    "<img src=x onerror='window.owned = 1'><svg onload=window.owned=1>",
    "</details></section></main><h1>Gone</h1><!-- ",
    '"><style>body{display:none}</style><link rel=stylesheet href=http://127.0.0.1:9/x>',
    "javascript:window.owned=1 {{ 7*7 }} {% raw %} ${window.owned=1} </script><script>owned=1</script>",
    "שלום \u202e olleh \u2066 مرحبا بالعالم هذا نص طويل من اليمين إلى اليسار",
    "\U0001d49c\U0001f469\u200d\U0001f52c\U00020bb7 \U000e0001 \x00\x1b[31m\ufeff",
    "x" * 5000,
]


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    """The page of a report and of a preview, both made of hostile conversations."""
    place = tmp_path_factory.mktemp("browser")
    source = write_every_outcome(place / "rows.jsonl", HOSTILE)
    config = RunConfig(input=str(source), llm="tests.outcomes.OutcomeLLM")
    report = run(config, place / "run").directory.path / "report.html"
    preview = place / "preview.html"
    preview.write_text(render_preview_page(preview_rows(config, 40), "For a test."), encoding="utf-8")
    results = place / "results.html"
    results.write_text(render_results(hostile_results()), encoding="utf-8")
    return {"report": report, "preview": preview, "results": results}


def hostile_results():
    """An evaluation by a model of each name."""
    table = FigureTable("Accuracy", "%", [Figure("prompts, strict", 40.0, 30.0, 50.0)])
    return [Result(name, "s-ifeval", [table], rows=f"{name}: 9 rows") for name in HOSTILE]


@pytest.fixture(scope="module")
def chromium():
    with chromium_browser() as browser:
        yield browser


@pytest.fixture(params=list(VIEWS))
def view(request):
    return request.param


@pytest.fixture
def show(chromium):
    """Opens a page and notes every request and every message of the console."""
    opened = []

    def show_page(path, view="desktop", **settings):
        page = open_page(chromium, **{**VIEWS[view], **settings})
        opened.append(page)
        page.requests, page.messages = [], []
        page.on("request", lambda request: page.requests.append(request.url))
        page.on("console", lambda message: page.messages.append(message.text))
        page.on("pageerror", lambda error: page.messages.append(str(error)))
        page.goto(path.as_uri())
        return page

    yield show_page
    for page in opened:
        page.context.close()


@pytest.mark.parametrize("name", ["report", "preview", "results"])
def test_every_view_is_readable_and_keeps_to_its_width(pages, show, view, name, tmp_path):
    page = show(pages[name], view)
    page.screenshot(path=screenshot_path(tmp_path, f"{name}-{view}"), full_page=True)
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    background, ink = page.evaluate(
        "[getComputedStyle(document.body).backgroundColor, getComputedStyle(document.body).color]"
    )
    assert (brightness(background) < brightness(ink)) == (view == "dark")


def screenshot_path(tmp_path, name):
    place = Path(os.environ.get("SYSGEN_SCREENSHOTS") or tmp_path)
    place.mkdir(parents=True, exist_ok=True)
    return place / f"{name}.png"


def brightness(colour):
    return sum(map(int, colour.removeprefix("rgb(").removesuffix(")").split(",")))


@pytest.mark.parametrize("name", ["report", "preview", "results"])
def test_hostile_conversations_stay_text(pages, show, name):
    page = show(pages[name])
    page.evaluate("document.querySelectorAll('details').forEach((d) => { d.open = true })")
    assert page.evaluate("window.owned") is None and page.messages == []
    assert page.requests == [pages[name].as_uri()], "nothing but the page itself is asked for"
    assert page.locator("h1").count() == 1 and page.locator("main").count() == 1
    assert page.locator("script").count() == 1 and page.locator("img, link, iframe").count() == 0
    shown = page.locator("main").inner_text()
    for text in HOSTILE[:6]:
        assert " ".join(text.split()) in " ".join(shown.split())


def test_even_text_that_got_in_as_html_could_run_nothing(pages, show):
    page = show(pages["report"])
    image = (
        "document.body.insertAdjacentHTML('beforeend', `<img src='http://127.0.0.1:9/' onerror='owned=1'>`);"
    )
    is_refused = "new Promise((done) => document.body.lastChild.addEventListener('error', () => done()))"
    script = "const s = document.createElement('script'); s.textContent = 'owned=1'; document.body.append(s)"
    for way_in in (f"{image} {is_refused}", script):
        with page.expect_console_message(lambda message: "Content Security Policy" in message.text):
            page.evaluate(way_in)
    assert page.evaluate("window.owned") is None


@pytest.mark.parametrize("name", ["report", "preview", "results"])
def test_no_serious_accessibility_violation(pages, show, view, name):
    page = show(pages[name], view, bypass_csp=True)
    page.evaluate("document.querySelectorAll('details').forEach((d, n) => { d.open = n < 12 })")
    assert serious_violations(page) == []


def serious_violations(page):
    """What axe finds on a page that shuts somebody out."""
    return [
        f"{rule['id']}: {rule['help']} {[node['html'][:120] for node in rule['nodes'][:3]]}"
        for rule in axe_module.Axe().run(page).response["violations"]
        if rule["impact"] in ("serious", "critical")
    ]


def test_rows_are_filtered_by_outcome_functionality_and_text(pages, show):
    page = show(pages["report"])
    rows = page.locator("details.row")
    total = rows.count()

    def shown():
        return page.locator("details.row:visible").count()

    page.select_option("#by-outcome", "every_phrase_rejected")
    assert shown() == 1 and page.locator("#shown").inner_text() == f"1 of {total} rows"
    page.select_option("#by-outcome", "")
    page.select_option("#by-functionality", "Style")
    tagged = shown()
    assert 0 < tagged < total
    page.select_option("#by-functionality", "")
    page.fill("#by-text", "NUMBER 0:")
    assert shown() == 1
    page.fill("#by-text", "")
    page.click("#open-all")
    assert page.locator("details.row[open]").count() == total
    page.click("#close-all")
    assert page.locator("details.row[open]").count() == 0
    outcomes = set(page.locator("#by-outcome option").all_inner_texts())
    assert outcomes == {"all", "accepted", "bad_input", *(outcome for outcome, _ in CASES)}


def test_the_keyboard_reaches_everything(pages, show):
    page = show(pages["report"])
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    reached = set()
    for _ in range(60):
        page.keyboard.press("Tab")
        element = page.evaluate("[document.activeElement.tagName, document.activeElement.id]")
        reached.add(element[1] or element[0])
    assert {"A", "SUMMARY", "by-outcome", "by-functionality", "by-text", "open-all"} <= reached
    page.focus("details.row:nth-of-type(2) > summary")
    before = page.locator("details.row[open]").count()
    page.keyboard.press("Enter")
    assert page.locator("details.row[open]").count() == before + 1


def test_without_scripts_all_rows_are_there(pages, show):
    page = show(pages["report"], java_script_enabled=False)
    assert page.locator("details.row").count() > len(CASES)
    assert not page.locator("#filters").is_visible()
