"""The scan finds what is personal or secret, and little else."""

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from sysgen_distilabel.columns import PAIR_COLUMNS, arrow_types
from sysgen_distilabel.hub.personal import scan_system_messages
from sysgen_distilabel.review.pull_answers import schema
from tests.isolated import isolated


def write(folder, rows, types=None):
    folder.mkdir(exist_ok=True)
    pq.write_table(pa.Table.from_pylist(rows, types), folder / "00000-of-00001.parquet")


@pytest.fixture
def scan(tmp_path):
    def scan(*texts):
        rows = [{"source_id": str(n), "system_message": text} for n, text in enumerate(texts)]
        write(tmp_path / "accepted", rows)
        return scan_system_messages(tmp_path, ["accepted"])

    return scan


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Write to ann.smith+x@mail.co.uk, please", "e-mail address"),
        ("Use the key hf_" + "a" * 34, "key"),
        ("-----BEGIN RSA PRIVATE KEY-----", "key"),
        ("Call +49 30 1234567", "phone number"),
        ("Call (555) 123-4567", "phone number"),
        ("Call 555-123-4567.", "phone number"),
        ("전화 010-1234-5678", "phone number"),
    ],
)
def test_what_is_found(scan, text, kind):
    findings = scan("nothing", text)
    assert dict(findings.counts) == {kind: 1}
    (first,) = findings.first
    assert (first.subset, first.source_id, first.kind) == ("accepted", "1", kind)
    assert len(first.shown) == 4


@pytest.mark.parametrize(
    "text",
    [
        "Mail name@example.com, or @mention somebody",
        "On 2024-05-17 at 10:30, version 1.2.3, pages 100-200, 3.14159265358979",
        "1,000,000 + 2 = 1000002; x = 12345678901234567890",
        "ISBN 978-3-16-148410-0, 10 000 000 rows",
        "The range 1990-1999 and 0-100",
    ],
)
def test_what_is_not(scan, text):
    assert not scan(text).counts


@pytest.mark.parametrize("piece", ["a", "a.", "a@", "+1 "])
def test_a_megabyte_of_anything_is_looked_through(scan, piece):
    """In quadratic time it would not within any patience."""
    assert not isolated(scan, piece * (1_000_000 // len(piece))).counts


def test_the_first_are_kept_and_all_are_counted(scan):
    findings = scan(*[f"a{n}@mail.test" for n in range(50)])
    assert findings.counts == {"e-mail address": 50}
    assert (findings.rows, len(findings.first)) == (50, 10)
    assert findings.affected == 50


def test_only_rows_with_a_text_are_counted(scan):
    findings = scan("", "a@mail.test, b@mail.test", "nothing")
    assert (findings.rows, findings.affected, findings.counts.total()) == (2, 1, 2)


def test_the_system_turn_of_a_pair_is_read(tmp_path):
    pairs = [
        {"source_id": role, "prompt": [{"role": role, "content": "Write to ann@mail.test."}]}
        for role in ("system", "user")
    ]
    write(tmp_path / "preferences", pairs, pa.schema([(name, arrow_types()[name]) for name in PAIR_COLUMNS]))
    findings = scan_system_messages(tmp_path, ["preferences"])
    assert (findings.rows, findings.affected) == (1, 1)
    assert [finding.source_id for finding in findings.first] == ["system"]


@pytest.mark.parametrize("place", ["reviewed_text", "comment", "system_message"])
def test_what_people_reviewed_and_wrote_is_read(tmp_path, place):
    answer = {"annotator": "person-1", "phrases": [], "preferred_response": "", "comment": "Fine."}
    row = {"source_id": "1", "reviewed_text": "Be brief.", "system_message": "", "answers": [answer]}
    (answer if place == "comment" else row)[place] = "Write to ann@mail.test."
    write(tmp_path / "review", [row], schema())
    findings = scan_system_messages(tmp_path, ["review"])
    assert (findings.rows, findings.affected, findings.counts) == (1, 1, {"e-mail address": 1})


def test_a_subset_without_a_text_to_read_counts_for_nothing(tmp_path):
    write(tmp_path / "preferences", [{"first": "ann@mail.test"}])
    findings = scan_system_messages(tmp_path, ["preferences"])
    assert (findings.rows, findings.counts) == (0, {})
