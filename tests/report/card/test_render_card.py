"""The dataset card: a golden one, and what it may and may not hold.

Run as a module (`python -m tests.report.card.test_render_card`) it writes the golden card anew; look at the
difference before you commit it.
"""

import json
import re
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from sysgen_distilabel.columns import COLUMNS, arrow_types, empty
from sysgen_distilabel.functionalities import FUNCTIONALITIES
from sysgen_distilabel.report.card.card_examples import colour_phrases, find_examples
from sysgen_distilabel.report.card.card_facts import Facts, Source, detect_languages, read_subsets
from sysgen_distilabel.report.card.render_card import name_size, render_dataset_card
from sysgen_distilabel.runs.content_fingerprint import describe_content
from tests.services.hub.card_rules import find_errors, read_metadata
from tests.services.hub.writer import FUNCTIONALITIES as TEXTS

FIXTURES = Path(__file__).parents[2] / "fixtures" / "card"
GOLDEN = FIXTURES / "dataset.md"
HOSTILE = (
    "</table><script>window.owned = 1</script>\n\n# Not a heading | `code` ![x](http://127.0.0.1:9/x.png)"
)

CHECKS = {
    "copies": {
        "rows": 23, "rows_with_findings": 2, "accepted_rows": 22, "accepted_rows_with_marks": 0,
        "findings": 3, "marked": 0, "dropped": 3, "regenerated": 0, "rejected": 0,
        "by_phase": {"1": {"dropped": 3}},
        "by_functionality": {"Role": {"dropped": 2}, "Style": {"dropped": 1}},
        "by_kind": {"copy": {"dropped": 3}},
    }
}  # fmt: skip


def make_row(number, names, text=""):
    """An accepted row with a phrase of each of these functionalities."""
    phrases = [
        {
            "functionality": name,
            "text": TEXTS[name].format(kind="physics", n=number) + text,
            "verdict": "Good",
        }
        for name in names
    ]
    answer = {"role": "assistant", "content": f"{number} comes after {number - 1}."}
    question = {"role": "user", "content": f"Please explain to me what the number {number} is and why.{text}"}
    row = {
        "source_id": f"row-{number}",
        "messages": [question, answer],
        "phrases": [*phrases, {"functionality": "Tool", "text": "Left out.", "verdict": "Bad"}],
        "aligned_messages": [question, answer],
        "outcome": "accepted",
    }
    return {column: row.get(column, empty(column)) for column in COLUMNS}


def write_subset(folder, rows, **more):
    """A subset of a dataset, with columns of the input's."""
    types = [(column, arrow_types()[column]) for column in COLUMNS]
    table = pa.Table.from_pylist(rows, pa.schema(types))
    for name, values in more.items():
        table = table.append_column(name, pa.array(values))
    folder.mkdir(parents=True)
    pq.write_table(table, folder / "00000-of-00001.parquet")


def make_dataset(folder):
    """Rows with all functionalities between them, the one with Tool hostile, and one rejected."""
    names = [str(functionality) for functionality in FUNCTIONALITIES if functionality != "Tool"]
    rows = [make_row(n, names[n : n + 3]) for n in range(len(names))] + [make_row(9, ["Tool"], HOSTILE)]
    write_subset(folder / "accepted", rows, topic=["numbers"] * len(rows))
    write_subset(folder / "rejected", [{**make_row(10, []), "outcome": "truncated_reply"}])
    return folder


def render(dataset, checks=None):
    """The card of the dataset and of the report in the fixtures, with all there can be in a card."""
    facts = Facts(
        subsets=read_subsets(dataset),
        languages=detect_languages(dataset),
        licence="cc-by-4.0",
        source=Source("org/source", "a" * 40, ("cc-by-4.0",)),
        config={
            "input": "hf://datasets/org/source", "model": "org/model", "verdict_per": "functionality",
            "structured_outputs": "auto", "max_attempts": 2, "repair": True, "turns": "regenerate",
        },
        provenance={
            "prompts": {"generate_system_message.jinja2": "b" * 64},
            "packages": {"sysgen-distilabel": "0.1.0", "distilabel": "1.5.3"},
            "python": "3.11.7",
            "sampling": {"generate_system_message": {"temperature": 0.7, "max_new_tokens": 512}},
        },
        plots=["attrition", "functionalities", "verdicts"],
        files=["report.json", "config.yaml"],
    )  # fmt: skip
    report = json.loads((FIXTURES / "report.json").read_text()) | {
        "checks": CHECKS if checks is None else checks
    }
    return render_dataset_card(report, "acme/messages", facts, *find_examples(dataset))


@pytest.fixture(scope="module")
def dataset(tmp_path_factory):
    return make_dataset(tmp_path_factory.mktemp("card") / "dataset")


@pytest.fixture(scope="module")
def card(dataset):
    return render(dataset)


def test_the_golden_card(card):
    content = re.compile(r"(?<=content sha256:)[0-9a-f]{16}")  # of files that each pyarrow writes as it likes
    assert content.sub("0" * 16, card) == GOLDEN.read_text(encoding="utf-8")


def test_the_metadata_keeps_the_rules_of_the_hub(card, dataset):
    assert find_errors(card) == []
    assert read_metadata(card) == {
        "license": "cc-by-4.0",
        "language": ["en"],
        "size_categories": ["n<1K"],
        "task_categories": ["text-generation"],
        "annotations_creators": ["machine-generated"],
        "source_datasets": ["org/source"],
        "tags": ["synthetic", "distilabel", "sysgen", "system-message", "sft"],
        "configs": [
            {
                "config_name": "accepted",
                "description": describe_content(list((dataset / "accepted").iterdir())),
                "data_files": [{"split": "train", "path": "accepted/*.parquet"}],
                "default": True,
            },
            {
                "config_name": "rejected",
                "description": describe_content(list((dataset / "rejected").iterdir())),
                "data_files": [{"split": "train", "path": "rejected/*.parquet"}],
            },
        ],
    }


def test_each_functionality_has_an_example_in_its_colour(card):
    for functionality, colour in ((f, f.colour) for f in FUNCTIONALITIES):
        marked = f'<span style="background-color:{colour}22;border-bottom:2px solid {colour}">'
        assert f"<tr><td><b>{marked}{functionality}</span></b>" in card
        assert f"{marked}<b>{TEXTS[functionality][:8]}" in card
    assert "Left out." not in card


def test_no_text_of_the_data_breaks_out(card):
    assert (
        "&lt;/table&gt;&lt;script&gt;window.owned = 1&lt;/script&gt;<br><br># Not a heading | `code`" in card
    )
    assert "<script" not in card
    start, end = card.index("<table>\n"), card.rindex("</table>")
    assert "\n\n" not in card[start : card.index("</table>", start)]
    assert "\n\n" not in card[card.index("<details>") : end]


def test_the_columns_are_those_of_the_files(card):
    assert "| `topic` | `string` | carried over from the input (only in `accepted`) |" in card
    assert "| `outcome` | `string` | `accepted`, or the reason the row was rejected for |" in card


def test_what_there_is_no_data_for_is_absent(tmp_path):
    write_subset(tmp_path / "accepted", [])
    report = {"simulation_notice": "A toy.", "rows": {"input": 0, "accepted": 0, "rejected": {}}}
    card = render_dataset_card(report, "out/dataset", Facts(read_subsets(tmp_path)), *find_examples(tmp_path))
    assert "> **Simulated.** A toy." in card
    sections = [line for line in card.splitlines() if line.startswith("## ")]
    assert sections == [
        "## Load it", "## What became of the rows", "## Columns", "## Intended use", "## Limits and biases",
        "## Citation",
    ]  # fmt: skip
    assert "None" not in card.replace("`None`", "")
    assert find_errors(card) == []


def test_a_run_without_a_review_says_that_nobody_has_checked_it(dataset):
    report = json.loads((FIXTURES / "report.json").read_text())
    del report["review"]
    card = render_dataset_card(report, "acme/messages", Facts(read_subsets(dataset)))
    assert "## Review" not in card
    assert "machine-written; no person has checked them." in card


def test_phrases_name_their_functionality_also_without_colour():
    html = colour_phrases([{"functionality": "Style", "text": "Be <b>brief</b>.", "verdict": "Good"}])
    assert html.endswith(">Be &lt;b&gt;brief&lt;/b&gt;.</span>&nbsp;<sub>Style</sub>")


@pytest.mark.parametrize(
    ("rows", "name"),
    [(0, "n<1K"), (999, "n<1K"), (1000, "1K<n<10K"), (586_831, "100K<n<1M"), (2 * 10**9, "1B<n<10B")],
)
def test_size_categories(rows, name):
    assert name_size(rows) == name


if __name__ == "__main__":
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        GOLDEN.write_text(render(make_dataset(Path(folder) / "dataset")), encoding="utf-8")


@pytest.mark.parametrize(
    ("checked", "said", "unsaid"),
    [
        ((), "nothing checked the responses for truth or for whether they follow", "Programs and a judge"),
        (("answers",), "nothing checked whether the responses follow", "for truth"),
        (("alignment",), "looked at whether the responses of 8 accepted rows", "whether they follow"),
        (("answers", "alignment"), "2 of them do not in every point", "nothing checked"),
    ],
)
def test_the_card_claims_what_was_checked_and_no_more(dataset, checked, said, unsaid):
    tally = {**CHECKS["copies"], "accepted_rows": 8, "accepted_rows_with_marks": 2}
    card = render(dataset, dict.fromkeys(checked, tally))
    assert said in card and unsaid not in card
