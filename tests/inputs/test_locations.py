"""Input behind real addresses: HTTPS with a CA of its own, S3, and what is said where they refuse."""

import gzip
import json
import os
import subprocess
import sys

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from sysgen_distilabel.errors import ConfigError, InputError
from sysgen_distilabel.inputs import open_input
from sysgen_distilabel.inputs.locations import write_address
from tests.commands import ROOT, sysgen
from tests.inputs.remote_files import S3, Files, make_certificates, serve

ROWS = [{"question": f"What comes after {n}?", "answer": f"{n + 1}."} for n in range(20)]
LINES = "".join(json.dumps(row) + "\n" for row in ROWS).encode()
TOKEN = "token=abcdef1234567"


def parquet():
    sink = pa.BufferOutputStream()
    pq.write_table(pa.Table.from_pylist(ROWS), sink)
    return sink.getvalue().to_pybytes()


@pytest.fixture(scope="module")
def https(tmp_path_factory):
    """The address of a server with files, some of which it refuses, and the CA that its certificate is of."""
    authority, context = make_certificates(tmp_path_factory.mktemp("certificates"))
    files = {"/a.jsonl": LINES, "/a.jsonl.gz": gzip.compress(LINES), "/a.parquet": parquet(), "/0.jsonl": b""}
    failing = {"/secret.jsonl": 401, "/busy.jsonl": 503}
    with serve(Files, files | dict.fromkeys(failing, LINES), failing, context) as port:
        yield f"https://127.0.0.1:{port}", authority


_READ = """
import json, sys
from sysgen_distilabel.errors import SysGenError
from sysgen_distilabel.inputs import open_input
for address in sys.argv[1:]:
    try:
        found = open_input(address)
        print(json.dumps([found.scan().rows, found.shown, dict(next(found.rows()).values)]))
    except SysGenError as error:
        print(json.dumps(error.message))
"""


def read(*addresses, **environment):
    """What each address holds or how it is refused, found out by a process that reads this environment."""
    command = [sys.executable, "-c", _READ, *addresses]
    done = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, env={**os.environ, **environment}
    )
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_https_is_read_with_a_ca_of_ones_own_and_its_key_is_shown_nowhere(https):
    address, authority = https
    names = ["a.jsonl", "a.jsonl.gz", "a.parquet"]
    found = read(*(f"{address}/{name}?{TOKEN}" for name in names), SSL_CERT_FILE=str(authority))
    assert found == [[20, f"{address}/{name}", ROWS[0]] for name in names]


def test_https_that_refuses_is_named_in_its_own_words_and_without_the_key(https):
    address, authority = https
    names = ["no.jsonl", "secret.jsonl", "busy.jsonl", "0.jsonl"]
    assert read(*(f"{address}/{name}?{TOKEN}" for name in names), SSL_CERT_FILE=str(authority)) == [
        f"There is no file {address}/no.jsonl.",
        f"{address}/secret.jsonl cannot be read: the server answers 401 Unauthorized.",
        f"{address}/busy.jsonl cannot be read: the server answers 503 Service Unavailable.",
        f"{address}/0.jsonl is empty.",
    ]


def test_a_ca_that_nobody_knows_is_the_cause_and_how_to_name_it_the_hint(https):
    with pytest.raises(InputError, match="CERTIFICATE_VERIFY_FAILED") as caught:
        open_input(f"{https[0]}/a.jsonl")
    assert "SSL_CERT_FILE" in caught.value.hint


@pytest.mark.slow
def test_a_run_over_https_leaves_the_key_in_no_file(https, tmp_path):
    address, authority = https
    done = sysgen(
        "run", f"{address}/a.jsonl?{TOKEN}", "--output", tmp_path / "run", "--llm", "simulated", "-q",
        SSL_CERT_FILE=str(authority),
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    files = [path for path in (tmp_path / "run").rglob("*") if path.is_file()]
    assert files and not [path for path in files if b"abcdef1234567" in path.read_bytes()]


def test_s3_is_read_by_file_folder_and_pattern():
    shards = {f"/rows/shards/{n}.jsonl.gz": gzip.compress(LINES) for n in range(3)}
    with serve(S3, {"/rows/a.jsonl": LINES, "/rows/a.parquet": parquet(), **shards}) as port:
        found = read(
            *(f"s3://rows/{name}" for name in ("a.jsonl", "a.parquet", "shards", "shards/*.gz", "no.jsonl")),
            "s3://none/a.jsonl",
            AWS_ACCESS_KEY_ID="someone",
            AWS_SECRET_ACCESS_KEY="verysecretvalue",
            AWS_DEFAULT_REGION="us-east-1",
            AWS_ENDPOINT_URL=f"http://127.0.0.1:{port}",
        )
    assert [one[0] for one in found[:4]] == [20, 20, 60, 60]
    assert found[4:] == [f"There is no file s3://{name}.jsonl." for name in ("rows/no", "none/a")]


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        ("https:/example.com/a.jsonl", "https://example.com/a.jsonl"),
        ("S3://bucket/a.jsonl", "s3://bucket/a.jsonl"),
        ("hf:/datasets/org/name", "hf://datasets/org/name"),
        ("file:///tmp/a%20b.jsonl", "/tmp/a b.jsonl"),
        ("https://huggingface.co/datasets/org/name", "hf://datasets/org/name"),
        ("https://huggingface.co/datasets/org/name/viewer/default/train", "hf://datasets/org/name"),
        ("https://huggingface.co/datasets/org/name/tree/v1", "hf://datasets/org/name@v1"),
        (
            "https://huggingface.co/datasets/org/name/blob/main/a.jsonl",
            "https://huggingface.co/datasets/org/name/resolve/main/a.jsonl",
        ),
        ("data/a.jsonl", "data/a.jsonl"),
        ("s3://bucket/A.jsonl", "s3://bucket/A.jsonl"),
    ],
)
def test_an_address_is_read_as_it_is_meant(given, meant):
    assert write_address(given) == meant


@pytest.mark.parametrize(
    "address", ["ftp://127.0.0.1:1/a.jsonl", "kaggle://org/name", "http://127.0.0.1:1/a.jsonl"]
)
def test_an_address_that_leads_nowhere_is_one_clear_line(address):
    with pytest.raises((InputError, ConfigError), match=address):
        open_input(address)
