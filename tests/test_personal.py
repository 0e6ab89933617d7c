"""The scan finds what is personal or secret, and little else."""

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from sysgen_distilabel.hub.personal import scan_system_messages


@pytest.fixture
def scan(tmp_path):
    def scan(*texts):
        folder = tmp_path / "accepted"
        folder.mkdir(exist_ok=True)
        rows = [{"source_id": str(n), "system_message": text} for n, text in enumerate(texts)]
        pq.write_table(pa.Table.from_pylist(rows), folder / "00000-of-00001.parquet")
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


def test_the_first_are_kept_and_all_are_counted(scan):
    findings = scan(*[f"a{n}@mail.test" for n in range(50)])
    assert findings.counts == {"e-mail address": 50}
    assert (findings.rows, len(findings.first)) == (50, 10)
