"""The site in a real Chromium: on a desk, on a phone and in the dark, with a search that finds.

Screenshots are kept in the directory `SYSGEN_SCREENSHOTS`, if it is set, to be looked at.
"""

import functools
import threading
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import pytest

from tests.browser.test_report_page import (
    VIEWS,
    brightness,
    screenshot_path,
    serious_violations,
)
from tests.chromium import chromium_browser, open_page

pytestmark = pytest.mark.slow
PAGES = ["index.html", "start/laptop.html", "guides/troubleshooting.html", "reference/settings.html"]


class Quiet(SimpleHTTPRequestHandler):
    """Serves files and says nothing."""

    def log_message(self, *_):
        pass


@pytest.fixture(scope="module")
def address(site):
    with ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=site)) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.fixture(scope="module")
def chromium():
    with chromium_browser() as browser:
        yield browser


@pytest.mark.parametrize("view", VIEWS)
def test_pages_keep_to_their_width_and_ask_nobody_else(chromium, address, view, tmp_path):
    page = open_page(chromium, **VIEWS[view])
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    for name in PAGES:
        page.goto(f"{address}/{name}")
        page.screenshot(path=screenshot_path(tmp_path, f"site-{name.replace('/', '-')}-{view}"))
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), name
        colour = page.evaluate("getComputedStyle(document.body).backgroundColor")
        assert (brightness(colour) < 3 * 128) == (view == "dark")
    assert all(url.startswith((address, "data:")) for url in asked)
    page.context.close()


@pytest.mark.parametrize("view", VIEWS)
def test_no_serious_accessibility_violation(chromium, address, view):
    page = open_page(chromium, **VIEWS[view])
    for name in PAGES:
        page.goto(f"{address}/{name}")
        assert serious_violations(page) == [], name
    page.context.close()


def test_the_search_finds_a_setting_and_an_error(chromium, address):
    page = open_page(chromium)
    for words, found in (("existing_system", "Settings"), ("Nobody listens", "Troubleshooting")):
        page.goto(f"{address}/index.html")
        page.get_by_placeholder("Search").click()
        page.keyboard.type(words)
        page.locator(".md-search-result__list", has_text=found).wait_for()
    page.context.close()
