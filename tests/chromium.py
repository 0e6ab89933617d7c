"""A real Chromium for the pages, which waits for a busy machine."""

import os
import shutil
from contextlib import contextmanager

import playwright.sync_api as playwright

from tests.patience import PATIENCE

_CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium")
_ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
_MILLISECONDS = PATIENCE * 1000


@contextmanager
def chromium_browser():
    """The browser, for as long as the context lasts."""
    assert _CHROMIUM, "There is no Chromium: run apt-get install chromium, or set CHROMIUM to its path."
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=_CHROMIUM, args=_ARGUMENTS, timeout=_MILLISECONDS)
        yield browser
        browser.close()


def open_page(browser, **settings):
    """A page in a context of its own."""
    context = browser.new_context(**settings)
    context.set_default_timeout(_MILLISECONDS)
    return context.new_page()
