"""Files as people have them: encodings, packing, line ends, columns that cannot be decoded, shards."""

from __future__ import annotations

import bz2
import dataclasses
import gzip
import io
import json
import lzma
import subprocess
import sys
import tracemalloc
from datetime import date

import datasets
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sysgen_distilabel.errors import ConfigError, InputError
from sysgen_distilabel.inputs import open_input, raw_rows
from sysgen_distilabel.inputs.input_files import PACKED
from sysgen_distilabel.inputs.locations import find_files, read_files
from tests.commands import ROOT
from tests.patience import PATIENCE

ROWS = [{"question": f"Frage {n}: größer?", "answer": f"Antwort {n} 한"} for n in range(30)]
LINES = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in ROWS)
CSV = "question,answer\r\n" + "".join(f'"{row["question"]}","{row["answer"]}"\r\n' for row in ROWS)


def values(source: object) -> list[dict[str, object]]:
    return [dict(row.values) for row in open_input(source).rows()]  # type: ignore[arg-type]


def zstd(data: bytes) -> bytes:
    sink = pa.BufferOutputStream()
    with pa.CompressedOutputStream(sink, "zstd") as stream:
        stream.write(data)
    return bytes(sink.getvalue())


PACKERS = {".gz": gzip.compress, ".bz2": bz2.compress, ".xz": lzma.compress, ".zst": zstd}


@pytest.mark.parametrize("suffix", PACKED)
@pytest.mark.parametrize(("name", "text"), [("a.jsonl", LINES), ("a.csv", CSV), ("a.json", json.dumps(ROWS))])
def test_packed_files(tmp_path, suffix, name, text):
    path = tmp_path / (name + suffix)
    path.write_bytes(PACKERS[suffix](text.encode()))
    assert values(path) == ROWS
    path.write_bytes(PACKERS[suffix](text.encode())[:-9])
    with pytest.raises(InputError, match=r"is no readable \w+ file"):
        open_input(path).scan()
    path.write_bytes(b"not packed at all")
    with pytest.raises(InputError, match=r"is no readable \w+ file"):
        open_input(path).scan()


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-be", "utf-8-sig"])
@pytest.mark.parametrize(("name", "text"), [("a.jsonl", LINES), ("a.tsv", CSV.replace(",", "\t"))])
def test_an_encoding_that_the_first_bytes_prove_is_read(tmp_path, encoding, name, text):
    path = tmp_path / name
    path.write_bytes(text.encode(encoding))
    assert values(path) == ROWS


def test_another_encoding_is_not_guessed(tmp_path):
    path = tmp_path / "a.csv"
    for encoding in ("cp1252", "shift_jis", "gb18030"):
        path.write_bytes("question,answer\nWie groß?,日\n".encode(encoding, "replace"))
        with pytest.raises(InputError, match="is not UTF-8") as caught:
            open_input(path).scan()
        assert "iconv -f ENCODING" in caught.value.hint and "1252" not in str(caught.value)


def test_a_file_that_only_begins_in_utf_16(tmp_path):
    path = tmp_path / "a.csv"
    path.write_bytes("question,answer\n".encode("utf-16") + b"a")
    with pytest.raises(InputError, match="begins as UTF-16 and goes on as something else"):
        open_input(path).scan()


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("chunk", [1, 3, 7, 1 << 16])
def test_every_line_end(tmp_path, monkeypatch, end, chunk):
    monkeypatch.setattr(raw_rows, "_CHUNK", chunk)
    path = tmp_path / "a.jsonl"
    path.write_bytes(LINES.replace("\n", end).encode())
    assert values(path) == ROWS
    assert [row.place for row in open_input(path).rows()][-1] == "line 30"
    path = tmp_path / "a.csv"
    path.write_bytes(f'question,answer{end}"a{end}b",c{end}d,e'.encode())
    assert values(path) == [{"question": f"a{end}b", "answer": "c"}, {"question": "d", "answer": "e"}]


def test_a_header_is_read_as_the_records_are(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text('"question, as asked","an\nswer"\na,b\n')
    assert values(path) == [{"question, as asked": "a", "an\nswer": "b"}]
    path.write_text('question,"answer\n')
    with pytest.raises(InputError, match="line 1: wrong CSV"):
        open_input(path).scan()
    path.write_text(",question,answer,\n0,a,b,\n")
    assert values(path)[0]["answer"] == "b"
    path.write_text("question|answer\na|b\n")
    assert values(path) == [{"question": "a", "answer": "b"}]


def as_strings(items: list[bytes]) -> pa.Array:
    """A string column whose bytes nobody has checked."""
    return pa.Array.from_buffers(pa.string(), len(items), pa.array(items, pa.binary()).buffers())


GOOD = {"question": ["q", "q", "q"], "answer": ["a", "b", "c"]}
ODD_COLUMNS = {
    "beyond 9999": pa.array([253402300800, 0, None], pa.int64()).cast(pa.timestamp("s")),
    "before 0001": pa.array([-99999999999, 0, 1], pa.int64()).cast(pa.timestamp("s")),
    "time zone": pa.array([0, 1, None], pa.int64()).cast(pa.timestamp("us", "Moon/Tycho")),
    "bytes": as_strings([b"\xff\xfe", b"fine", b"\x80"]),
    "far date": pa.array([2**31 - 1, 0, 1], pa.int32()).cast(pa.date32()),
    "nanoseconds": pa.array([1, 10**18 + 1, None], pa.int64()).cast(pa.duration("ns")),
}


@pytest.mark.parametrize("name", ODD_COLUMNS)
@pytest.mark.parametrize("kind", ["parquet", "arrow", "dataset"])
def test_a_column_that_is_not_used_harms_nothing(tmp_path, name, kind):
    table = pa.table({**GOOD, name: ODD_COLUMNS[name]})
    source = tmp_path / f"a.{kind}"
    if kind == "parquet":
        pq.write_table(table, source)
    elif kind == "arrow":
        with pa.OSFile(str(source), "wb") as sink, pa.ipc.new_stream(sink, table.schema) as writer:
            writer.write_table(table)
    else:
        source = datasets.Dataset(table)
    if (kind, name) == ("arrow", "bytes"):  # such a file is read as a whole or not at all
        with pytest.raises(InputError, match=r"is no readable Arrow file: .*UTF8"):
            open_input(source).scan()
        return
    assert [row["answer"] for row in values(source)] == ["a", "b", "c"]
    summary = open_input(source).scan()
    assert (summary.rows, summary.readable_rows) == (3, 3)
    assert open_input(source).scan().fingerprint == summary.fingerprint


def test_a_text_that_is_not_utf_8_rejects_its_own_row(tmp_path):
    turns = [[{"role": "user", "content": "q"}, {"role": "assistant", "content": "a"}]] * 2
    texts = as_strings([b"q", b"a", b"q", b"\xff"])
    nested = pa.ListArray.from_arrays(
        pa.array([0, 2, 4], pa.int32()),
        pa.StructArray.from_arrays([pa.array(["user", "assistant"] * 2), texts], ["role", "content"]),
    )
    for column, name in ((nested, "messages"), (pa.array(turns), "good")):
        pq.write_table(pa.table({name if name == "messages" else "messages": column}), tmp_path / "a.parquet")
        summary = open_input(tmp_path / "a.parquet").scan()
        assert summary.readable_rows == (1 if name == "messages" else 2)
    pq.write_table(
        pa.table({"question": ["q", "q"], "answer": as_strings([b"\xff", b"a"])}), tmp_path / "a.parquet"
    )
    summary = open_input(tmp_path / "a.parquet").scan()
    assert "column 'answer': expected text, found bytes that are not UTF-8" in summary.first_bad_row


def test_columns_of_one_name_are_refused(tmp_path):
    schema = pa.schema([("question", pa.string()), ("answer", pa.string()), ("answer", pa.string())])
    pq.write_table(pa.table([["q"], ["a"], ["z"]], schema=schema), tmp_path / "a.parquet")
    (tmp_path / "a.csv").write_text("question,answer,answer\nq,a,z\n")
    for name in ("a.parquet", "a.csv"):
        with pytest.raises(InputError, match="two columns have the same name, 'answer'"):
            open_input(tmp_path / name).scan()


@pytest.mark.parametrize(
    "text",
    [
        '{"question": "q", "answer": "LONG"}\n{"question": "q", "answer": "b"}\n',
        '{\n "question": "q",\n "answer": "LONG"\n}\n{"question": "q",\n "answer": "b"}',
        '{"id": 1, "data": ["q", "LONG"]} {"id": 2, "data": ["q", "b"]}',
        '[{"question": "q", "answer": "LONG"},\n {"question": "q", "answer": "b"}]',
        '{"version": 1, "data": [{"question": "q", "answer": "LONG"}, {"question": "q", "answer": "b"}]}',
    ],
)
def test_the_form_of_json_shows_where_the_first_value_ends(tmp_path, text):
    path = tmp_path / "a.json"
    path.write_text(text.replace("LONG", "x" * 3_000_000))
    summary = open_input(path).scan()
    assert (summary.rows, summary.readable_rows) == (2, 2)


def test_one_pretty_printed_row_is_a_row_and_any_other_object_is_not(tmp_path):
    path = tmp_path / "a.json"
    path.write_text(json.dumps({"question": "q", "answer": "a"}, indent=1))
    assert open_input(path).scan().readable_rows == 1
    path.write_text(json.dumps({"rows": [{"question": "q", "answer": "a"}]}, indent=1))
    with pytest.raises(InputError, match="without a list under `data`"):
        open_input(path).scan()


@pytest.mark.slow
@pytest.mark.parametrize("line", [b"a", b"\n"])
@pytest.mark.parametrize("suffix", [".gz", ".zst"])
def test_a_bomb_ends_in_bounded_memory(tmp_path, monkeypatch, line, suffix):
    monkeypatch.setattr(raw_rows, "LARGEST_ROW", 1 << 20)
    path = tmp_path / f"a.jsonl{suffix}"
    path.write_bytes(PACKERS[suffix](line * (60 << 20)))
    tracemalloc.start()
    with pytest.raises(InputError, match="more than 1 MiB from here on"):
        open_input(path).scan()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 16 << 20


def test_a_directory_and_a_pattern_stand_for_their_shards(tmp_path):
    for number, start in enumerate((0, 10, 20)):
        (tmp_path / f"part-{number}.jsonl").write_text(
            "".join(LINES.splitlines(keepends=True)[start : start + 10])
        )
    for name in ("README.md", ".hidden.jsonl", "dataset_info.json"):
        (tmp_path / name).write_text("{}")
    whole = tmp_path.parent / f"{tmp_path.name}.jsonl"
    whole.write_text(LINES)
    for source in (tmp_path, str(tmp_path / "*.jsonl"), str(tmp_path / "**" / "part-[0-2].jsonl")):
        assert values(source) == ROWS
        assert open_input(source).scan().fingerprint == open_input(whole).scan().fingerprint
        assert [row.place for row in open_input(source).rows()][10] == "part-1.jsonl line 1"
    (tmp_path / "b.csv").write_text(CSV)
    with pytest.raises(InputError, match=r"files of several formats: \.csv, \.jsonl"):
        open_input(tmp_path)
    with pytest.raises(InputError, match="holds no file to read"):
        open_input(str(tmp_path / "*.parquet"))


def test_what_datasets_saves_to_disk_is_read(tmp_path):
    datasets.Dataset.from_list(ROWS).save_to_disk(str(tmp_path / "saved"), num_shards=3)
    assert values(tmp_path / "saved") == ROWS


def test_addresses_are_read_through_fsspec(tmp_path):
    import fsspec

    memory = fsspec.filesystem("memory")
    memory.pipe("/bucket/a.jsonl.gz", gzip.compress(LINES.encode()))
    pq.write_table(pa.Table.from_pylist(ROWS), tmp_path / "a.parquet")
    memory.pipe("/shards/b.parquet", (tmp_path / "a.parquet").read_bytes())
    for source in ("memory://bucket/a.jsonl.gz", "memory://shards", "memory://shards/*.parquet"):
        found = open_input(source)
        assert [dict(row.values) for row in found.rows()] == ROWS and found.is_remote
    with pytest.raises(InputError, match=r"There is no file memory://bucket/no\.jsonl\. Check the address"):
        open_input("memory://bucket/no.jsonl")
    with pytest.raises(ConfigError, match=r"nosuchstore://a/b\.jsonl is an address that cannot be read"):
        open_input("nosuchstore://a/b.jsonl")
    with pytest.raises((InputError, ConfigError)) as caught:
        open_input("https://127.0.0.1:9/data.jsonl?token=abcdef123456")
    assert "abcdef123456" not in str(caught.value) and "https://127.0.0.1:9/data.jsonl" in str(caught.value)


def test_a_name_with_brackets_is_a_file_if_it_is_there(tmp_path):
    path = tmp_path / "rows [v2].jsonl"
    path.write_text(LINES)
    assert [file.name for file in find_files(str(path))] == [path.name]
    assert values(path) == ROWS


def test_odd_values_are_written_as_people_would(tmp_path):
    from sysgen_distilabel.inputs.source_ids import canonical_json

    row = {
        "day": date(2026, 1, 2),
        "raw": b"\xff\x00",
        "text": b"ok",
        "set": {"b", "a"},
        "at": object,
        7: "x",
    }
    written = canonical_json(row).decode()
    assert json.loads(written)["day"] == "2026-01-02"
    assert "b'" not in written and "0x" not in written and "datetime" not in written


NAMES = st.sampled_from(
    ["a.jsonl", "a.json", "a.csv", "a.parquet", "a.arrow", *[f"a.jsonl{packing}" for packing in PACKED]]
)
LIKELY = [
    b'{"question": "q", "answer": "a"}',
    b'{"n": ',
    b"9" * 5000,
    b"1e999",
    b"\\ud800",
    b"sep=;",
    b"NaN",
    b"}",
    b"\n",
    b"\r",
    b"[",
    b"]",
    b",",
    b'"',
    b"\xff\xfe",
    b"\x00",
]
PIECES = st.lists(st.sampled_from(LIKELY) | st.binary(max_size=6), max_size=12).map(b"".join)


@given(NAMES, PIECES | st.binary(max_size=60))
@settings(max_examples=400, deadline=None)
def test_any_bytes_are_rows_or_one_clear_line(tmp_path_factory, name, data):
    path = tmp_path_factory.mktemp("any") / name
    path.write_bytes(data)
    try:
        open_input(path).scan()
    except InputError as error:
        assert len(str(error).splitlines()) == 1
        assert str(path) in str(error)


class Recorder(io.FileIO):
    """A file that remembers the most it was asked for at once."""

    most = 0

    def read(self, size: int = -1) -> bytes:
        data = super().read(size)
        Recorder.most = max(Recorder.most, len(data))
        return data

    def readinto(self, buffer):
        count = super().readinto(buffer) or 0
        Recorder.most = max(Recorder.most, count)
        return count


@pytest.mark.parametrize("suffix", ["jsonl", "json", "csv", "parquet", "arrow", "jsonl.gz", "jsonl.zst"])
def test_no_format_is_read_as_a_whole(tmp_path, monkeypatch, suffix):
    name = f"a.{suffix}"
    rows = [{"question": f"{n} " + "q" * 500, "answer": f"{n} " + "a" * 2000} for n in range(6000)]
    path, lines = tmp_path / name, "".join(json.dumps(row) + "\n" for row in rows)
    if name.endswith(".parquet"):
        pq.write_table(pa.Table.from_pylist(rows), path, compression=None, use_dictionary=False)
    elif name.endswith(".arrow"):
        table = pa.Table.from_pylist(rows)
        with pa.OSFile(str(path), "wb") as sink, pa.ipc.new_file(sink, table.schema) as writer:
            writer.write_table(table, max_chunksize=500)
    elif name.endswith(".csv"):
        path.write_text("question,answer\n" + "".join(f"{r['question']},{r['answer']}\n" for r in rows))
    elif name.endswith(".json"):
        path.write_text(json.dumps(rows))
    else:
        path.write_bytes(PACKERS.get(path.suffix, bytes)(lines.encode()))
    monkeypatch.setattr(Recorder, "most", 0)
    (reader,) = find_files(str(path))
    file = dataclasses.replace(reader, open_raw=lambda: Recorder(path))
    assert [values for _, values in read_files([file])] == rows
    assert Recorder.most <= 1 << 21 < len(lines) // 4


@pytest.mark.parametrize("name", ["a.parquet", "a.arrow", "a.jsonl.gz", "a.jsonl.zst", "a.csv", "a.json"])
def test_a_damaged_file_ends_in_rows_or_one_clear_line(tmp_path, name):
    """In a process of its own: what a library does with wrong offsets could end it."""
    path = tmp_path / name
    table = pa.table({"question": ["q" * n for n in range(40)], "answer": [["a" * n] for n in range(40)]})
    if name.endswith("parquet"):
        pq.write_table(table, path)
    elif name.endswith("arrow"):
        with pa.OSFile(str(path), "wb") as sink, pa.ipc.new_file(sink, table.schema) as writer:
            writer.write_table(table)
    else:
        path.write_bytes(PACKERS.get(path.suffix, bytes)((CSV if name == "a.csv" else LINES).encode()))
    process = subprocess.run(
        [sys.executable, "-c", DAMAGE, str(path)], capture_output=True, text=True, timeout=PATIENCE, cwd=ROOT
    )
    assert process.returncode == 0, process.stderr
    assert process.stdout.strip() == "done"


DAMAGE = """
import pathlib, random, sys
from sysgen_distilabel.errors import InputError
from sysgen_distilabel.inputs import open_input
path = pathlib.Path(sys.argv[1])
whole, draw = path.read_bytes(), random.Random(7)
for _ in range(150):
    data = bytearray(whole)
    for _ in range(draw.randint(1, 6)):
        data[draw.randrange(len(data))] = draw.randrange(256)
    path.write_bytes(data[: draw.randint(1, len(data))] if draw.random() < 0.3 else data)
    try:
        open_input(path).scan()
    except InputError as error:
        assert len(str(error).splitlines()) == 1
print("done")
"""
