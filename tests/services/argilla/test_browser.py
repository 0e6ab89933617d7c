"""A person reviews a record in real Chromium, and the correction comes back.

The screenshot is kept in the directory `SYSGEN_SCREENSHOTS`, if it is set, to be looked at.
"""

import pytest

from sysgen_distilabel.review.argilla_client import open_dataset
from sysgen_distilabel.review.pull_answers import pull_review
from tests.browser.test_report_page import screenshot_path
from tests.chromium import chromium_browser, open_page
from tests.services.argilla.conftest import make_run, records_of
from tests.services.argilla.test_push import push

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("argilla")]


@pytest.fixture
def page(argilla):
    first = next(user for user in argilla.accounts.users if user.username == "first")
    with chromium_browser() as browser:
        page = open_page(browser, viewport={"width": 1500, "height": 1300})
        page.goto(argilla.url)
        page.fill("input[type=text]", first.username)
        page.fill("input[type=password]", first.password)
        page.keyboard.press("Enter")
        page.wait_for_url(lambda url: "sign-in" not in url)
        yield page


def test_a_person_marks_a_phrase_in_text_with_emoji(page, target, argilla, tmp_path):
    run = make_run(tmp_path, 1)
    push(run, target)
    (record,) = records_of(target).values()
    page.goto(f"{argilla.url}/dataset/{open_dataset(target, create=False).id}/annotation-mode")
    fields = page.locator("[class*=span-annotation__field]")
    fields.nth(1).wait_for()
    page.locator(".span-entity__text").first.wait_for()
    labels = [text.strip() for text in page.locator(".span-entity__text").all_inner_texts()]
    phrases = record["suggested"]["phrases"]["value"]
    verdicts = record["suggested"]["verdicts"]["value"]
    assert labels == [span["label"].upper() for span in (*phrases, *verdicts)]
    assert page.locator(".span-entity__suggestion").count() == len(labels)
    coloured = page.evaluate("[...CSS.highlights.keys()].filter(name => name.startsWith('hl-phrases'))")
    assert len(coloured) == len({span["label"] for span in phrases}), "phrases are coloured by functionality"
    page.screenshot(path=screenshot_path(tmp_path, "argilla-record"))

    text = record["fields"]["system_message"]
    start = text.index("subject", len(text) // 2)  # behind several emoji
    page.get_by_text("Tool", exact=True).first.click()
    select(fields.first, start, start + len("subject"), page)
    page.screenshot(path=screenshot_path(tmp_path, "argilla-marked"))
    page.get_by_text("The aligned response", exact=True).click()
    with page.expect_response(lambda response: response.url.endswith("/responses")) as submitted:
        page.locator(".button--submit").click()
    assert submitted.value.status == 201, submitted.value.text()

    (row,) = pull_review(open_dataset(target, create=False), run).rows
    tools = [phrase for phrase in row["phrases"] if phrase["functionality"] == "Tool"]
    assert tools == [{"functionality": "Tool", "text": "subject", "verdict": tools[0]["verdict"]}]
    others = [phrase["text"] for phrase in row["phrases"] if phrase["functionality"] != "Tool"]
    assert others == unmasked(record, lambda span: not span["start"] <= start < span["end"])
    assert row["preferred_response"] == "aligned" and "\U0001f600" in row["system_message"]


def test_a_person_changes_a_verdict_on_the_label_of_its_mark(page, target, argilla, tmp_path):
    run = make_run(tmp_path, 1)
    push(run, target)
    (record,) = records_of(target).values()
    page.goto(f"{argilla.url}/dataset/{open_dataset(target, create=False).id}/annotation-mode")
    good = page.locator(".span-entity__text", has_text="Good").first
    good.click()
    page.locator(".span-entity__dropdown__item", has_text="Bad").click()
    with page.expect_response(lambda response: response.url.endswith("/responses")) as submitted:
        page.locator(".button--submit").click()
    assert submitted.value.status == 201, submitted.value.text()

    verdicts = [span["label"] for span in record["suggested"]["verdicts"]["value"]]
    verdicts[verdicts.index("Good")] = "Bad"
    (row,) = pull_review(open_dataset(target, create=False), run).rows
    assert [phrase["text"] for phrase in row["phrases"]] == unmasked(record, lambda span: True)
    assert [phrase["verdict"] for phrase in row["phrases"]] == verdicts


def unmasked(record, wanted):
    """The phrases whose suggested mark is wanted, as the models wrote them."""
    text = record["fields"]["system_message_unmasked"]
    marks = record["suggested"]["phrases"]["value"]
    return [text[mark["start"] : mark["end"]] for mark in marks if wanted(mark)]


def select(field, start, end, page):
    """Draw a span over some characters with the mouse."""
    box = field.evaluate(
        """(field, [start, end]) => {
            const walker = document.createTreeWalker(field, NodeFilter.SHOW_TEXT);
            let node, at = 0, range = document.createRange();
            while ((node = walker.nextNode()) && at <= end) {
                const next = at + node.data.length;
                if (at <= start && start < next) range.setStart(node, start - at);
                if (at < end && end <= next) range.setEnd(node, end - at);
                at = next;
            }
            const {x, y, width, height} = range.getBoundingClientRect();
            return {x, y, width, height};
        }""",
        [start, end],
    )
    middle = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + 1, middle)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] / 2, middle, steps=3)
    page.mouse.move(box["x"] + box["width"] - 1, middle, steps=3)
    page.mouse.up()
