"""Rows come out of every format alike, and a file that cannot be read is one clear line."""

from __future__ import annotations

import csv
import gzip
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import datasets
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sysgen_distilabel.errors import InputError
from sysgen_distilabel.inputs import json_files, open_input
from sysgen_distilabel.inputs.conversation import Reading
from sysgen_distilabel.inputs.hub_datasets import HubDataset

ROWS = [{"question": f'Question {n}?\nÄ, "b"', "answer": f"Antwort {n} 한국어"} for n in range(25)]
GOOD_LINE = '{"question": "Why?", "answer": "Because."}\n'


def write(path: Path, rows: list[dict[str, Any]]) -> Path:
    """Write rows in the format of the path's extension."""
    lines = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    match path.suffix:
        case ".gz":
            path.write_bytes(gzip.compress(lines.encode()))
        case ".parquet":
            pq.write_table(pa.Table.from_pylist(rows), path, row_group_size=7)
        case ".csv" | ".tsv":
            with path.open("w", newline="", encoding="utf-8") as file:
                writer = csv.writer(file, delimiter="\t" if path.suffix == ".tsv" else ",")
                writer.writerow(rows[0])
                writer.writerows(row.values() for row in rows)
        case ".json":
            path.write_text(json.dumps(rows, ensure_ascii=False), encoding="utf-8")
        case _:
            path.write_text(lines, encoding="utf-8")
    return path


def explain(path: Path) -> str:
    """What a full pass over a broken input says; always one line with a hint."""
    with pytest.raises(InputError) as caught:
        open_input(path).scan()
    assert caught.value.hint
    assert "\n" not in str(caught.value)
    return str(caught.value)


@pytest.mark.parametrize(
    "name", ["a.jsonl", "a.ndjson", "a.jsonl.gz", "a.json", "a.csv", "a.tsv", "a.parquet", "A.JSONL"]
)
def test_every_format_gives_the_same_rows(tmp_path: Path, name: str) -> None:
    source = open_input(write(tmp_path / name, ROWS))
    in_memory = open_input(ROWS)
    assert [row.values for row in source.rows()] == ROWS
    assert source.scan().fingerprint == in_memory.scan().fingerprint


def test_datasets_give_the_same_rows() -> None:
    dataset = datasets.Dataset.from_list(ROWS)
    for source in (dataset, dataset.with_format("numpy"), dataset.to_iterable_dataset()):
        assert [row.values for row in open_input(source).rows()] == ROWS


@pytest.mark.parametrize("name", ["a.jsonl", "a.json", "a.csv", "a.parquet"])
@pytest.mark.parametrize("offset", [0, 1, 24, 25, 99])
def test_an_offset_leaves_out_that_many_rows(tmp_path: Path, name: str, offset: int) -> None:
    source = open_input(write(tmp_path / name, ROWS))
    assert list(source.rows(offset)) == list(source.rows())[offset:]


def test_rows_know_where_they_are(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text(f"{GOOD_LINE}\n{GOOD_LINE}")
    assert [(row.position, row.place) for row in open_input(path).rows()] == [(0, "line 1"), (1, "line 3")]
    path = tmp_path / "a.csv"
    path.write_text('question,answer\n"two\nlines",x\n\ny,z\n')
    assert [row.place for row in open_input(path).rows()] == ["line 2", "line 5"]
    assert [row.place for row in open_input(ROWS[:2]).rows()] == ["row 1", "row 2"]


@pytest.mark.parametrize(
    "text",
    [
        '{"version": 12, "data": [{"a": 1}, {"a": 2}], "n": {"x": [1]}}',
        '\ufeff[\n {"a": 1},\n {"a": 2}\n]\n',
        '{"a": 1}\n{"a": 2}\n',
        '{"data": [{"a": 1}, {"a": 2}]}\n',
    ],
)
@pytest.mark.parametrize("chunk", [1, 5, 1 << 16])
def test_json_in_any_shape_and_any_pieces(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, chunk: int
) -> None:
    monkeypatch.setattr(json_files, "_CHUNK", chunk)
    path = tmp_path / "a.json"
    path.write_text(text, encoding="utf-8")
    assert [row.values for row in open_input(path).rows()] == [{"a": 1}, {"a": 2}]


@given(
    rows=st.lists(st.dictionaries(st.text(), st.text() | st.integers() | st.none(), max_size=3), min_size=1),
    indent=st.none() | st.integers(0, 2),
)
def test_json_lists_come_out_as_written(
    tmp_path_factory: pytest.TempPathFactory, rows: list[dict[str, Any]], indent: int | None
) -> None:
    path = tmp_path_factory.mktemp("json") / "a.json"
    path.write_text(json.dumps(rows, indent=indent))
    assert [row.values for row in open_input(path).rows()] == rows


def test_other_separators_and_byte_order_marks(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("question;answer\na, b;c\n", encoding="utf-8-sig")
    assert [row.values for row in open_input(path).rows()] == [{"question": "a, b", "answer": "c"}]
    path = tmp_path / "a.jsonl"
    path.write_text(GOOD_LINE, encoding="utf-8-sig")
    assert open_input(path).scan().readable_rows == 1


def test_json_beyond_the_standard_is_read(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text('{"question": "a", "answer": "b", "score": NaN, "half": "\\ud83d"}\n')
    assert open_input(path).scan().readable_rows == 1


def test_a_scan_tells_what_is_there() -> None:
    rows = [{"question": "a", "answer": "b"}, {"question": "a", "answer": ""}, {"x": 1}]
    summary = open_input(rows).scan()
    assert (summary.rows, summary.readable_rows) == (3, 1)
    assert summary.columns == ("question", "answer", "x")
    assert summary.first_bad_row.startswith("row 2: ")
    assert open_input(rows).scan(limit=1).first_bad_row == ""
    mapped = open_input([{"q": "a", "a": "b"}]).scan(
        reading=Reading.from_settings({"user": "q", "assistant": "a"})
    )
    assert mapped.readable_rows == 1


def test_the_fingerprint_changes_with_content_and_order_only() -> None:
    fingerprint = open_input(ROWS).scan().fingerprint
    assert open_input([dict(reversed(row.items())) for row in ROWS]).scan().fingerprint == fingerprint
    assert open_input(ROWS[::-1]).scan().fingerprint != fingerprint
    assert open_input(ROWS[:-1]).scan().fingerprint != fingerprint
    assert open_input(ROWS).scan(limit=24).fingerprint == open_input(ROWS[:-1]).scan().fingerprint


@pytest.mark.parametrize(
    ("name", "content", "parts"),
    [
        ("a.jsonl", b"", ["a.jsonl is empty"]),
        ("a.jsonl", b"\n \n", ["a.jsonl holds no rows"]),
        (
            "a.jsonl",
            GOOD_LINE.encode() * 6 + b'{"question": 1,}\n',
            ["a.jsonl, line 7: wrong JSON", "column 16"],
        ),
        (
            "a.jsonl",
            GOOD_LINE.encode() + b"[1, 2]\n",
            ["a.jsonl, line 2: expected an object", "found a list"],
        ),
        ("a.jsonl", GOOD_LINE.encode() + b"null\n", ["line 2: expected an object", "found null"]),
        ("a.jsonl", GOOD_LINE.encode() + b'{"q": "\xe4"}\n', ["line 2: byte 0xe4 at offset 50 is not UTF-8"]),
        ("a.jsonl", b"[" * 100_000, ["line 1: wrong JSON: nested too deeply"]),
        ("a.csv", b"question,answer\n", ["a.csv holds no rows"]),
        ("a.csv", b"question,answer\na,b\na,b,c\n", ["line 3: wrong CSV: 3 fields where the header has 2"]),
        ("a.csv", b'question,answer\na,"b\nc,d\n', ["line 2: wrong CSV: unexpected end of data"]),
        ("a.csv", b"answer,answer\na,b\n", ["line 1: two columns have the same name"]),
        ("a.csv", b"question,answer\na,\xff\n", ["line 2: byte 0xff at offset 18 is not UTF-8"]),
        ("a.json", b'[{"a": 1},\n {"a": 2,}]', ["line 2: wrong JSON: "]),
        ("a.json", b'[{"a": 1},\n {"a": 2}\n', ["line 3: wrong JSON: expecting ','"]),
        ("a.json", b'[{"a": 1}]\n[{"a": 2}]', ["line 2: wrong JSON: something follows the end"]),
        ("a.json", b'[{"a": 1}, "text"]', ["row 2: expected an object", "found text"]),
        ("a.json", b'[\n{"a": "\xff"}]', ["line 2: byte 0xff at offset 9 is not UTF-8"]),
        ("a.json", b'{"rows":\n [{"a": 1}]}', ["one JSON object without a list under `data`"]),
        ("a.json", b"[]", ["a.json holds no rows"]),
        ("a.json", b"12", ["line 1: wrong JSON: expecting '['"]),
        ("a.parquet", b"PAR1 no parquet PAR1", ["a.parquet is no readable parquet file"]),
        ("a.jsonl.gz", b"no gzip", ["a.jsonl.gz is no readable gzip file"]),
        (
            "a.jsonl.gz",
            gzip.compress(GOOD_LINE.encode() * 999, mtime=0)[:-20],
            ["a.jsonl.gz is no readable gzip file"],
        ),
        ("a.parquet.gz", b"x", ["no extension that tells its format", ".jsonl"]),
        ("a.xlsx", b"x", ["no extension that tells its format", ".jsonl"]),
        ("conversations", b"x", ["no extension that tells its format"]),
    ],
)
def test_a_broken_file_is_one_clear_line(tmp_path: Path, name: str, content: bytes, parts: list[str]) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    message = explain(path)
    assert str(path) in message
    for part in parts:
        assert part in message


def test_a_truncated_parquet_file(tmp_path: Path) -> None:
    path = write(tmp_path / "a.parquet", ROWS)
    path.write_bytes(path.read_bytes()[:-30])
    assert "no readable parquet file" in explain(path)


def test_a_missing_file_and_a_directory(tmp_path: Path) -> None:
    assert f"There is no file {tmp_path}/no.jsonl." in explain(tmp_path / "no.jsonl")
    assert f"{tmp_path} holds no file to read." in explain(tmp_path)
    assert "cannot be read: Not a directory" in explain(write(tmp_path / "a.jsonl", ROWS) / "b.jsonl")


@contextmanager
def without_privileges() -> Iterator[None]:
    """Permissions mean nothing to root, so become nobody for a moment."""
    was = os.geteuid()
    if was == 0:
        os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(was)


def test_a_file_without_permission(tmp_path: Path) -> None:
    path = write(tmp_path / "a.jsonl", ROWS)
    path.chmod(0)
    with without_privileges():
        assert "cannot be read: Permission denied." in explain(path)


@pytest.mark.parametrize("source", [datasets.DatasetDict(), {"question": ["a"]}, 7])
def test_what_is_no_input_is_refused(source: Any) -> None:
    with pytest.raises(InputError, match="is not an input"):
        open_input(source)


def test_hub_addresses_are_read_and_written() -> None:
    whole = "hf://datasets/org/name@main?config=c&split=test"
    parsed = HubDataset.parse(whole)
    assert parsed == HubDataset("org/name", "main", "c", "test")
    assert parsed.location == whole
    assert HubDataset.parse("org/na.me-1") == HubDataset("org/na.me-1")
    for path in ("a.jsonl", "./a", "/a/b", "a/b/c", "../a", "a b/c"):
        assert HubDataset.parse(path) is None


@pytest.mark.parametrize(
    "address",
    ["hf://models/a/b", "hf://datasets/a", "hf://datasets/a/b?splitt=x", "hf://datasets/a/b/c.jsonl"],
)
def test_a_wrong_hub_address_is_explained(address: str) -> None:
    with pytest.raises(InputError, match=r"no address of a dataset on the Hub\. Write hf://datasets"):
        open_input(address)


def test_an_unreachable_hub_is_explained(monkeypatch: pytest.MonkeyPatch) -> None:
    from huggingface_hub import constants

    monkeypatch.setattr(constants, "ENDPOINT", "http://127.0.0.1:9")
    with pytest.raises(InputError, match=r"hf://datasets/org/name: http://127.0.0.1:9 cannot be reached\."):
        open_input("org/name")
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    with pytest.raises(InputError, match=r"the Hub is switched off\. Unset HF_HUB_OFFLINE"):
        open_input("org/name")


def test_a_local_file_wins_over_the_hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "data").mkdir()
    write(tmp_path / "data" / "a.jsonl", ROWS)
    assert open_input("data/a.jsonl").location == "data/a.jsonl"


def test_a_forgotten_file_is_not_looked_for_on_the_hub() -> None:
    with pytest.raises(InputError, match=r"There is no file data/a\.jsonl"):
        open_input("data/a.jsonl")
