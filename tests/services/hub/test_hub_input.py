"""A dataset on the Hub is an input: configuration, split and revision, and each way it may not be read."""

import json

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.services.hub.conftest import READER, STRANGER
from tests.services.hub.state import Blob

pytestmark = pytest.mark.slow

CARD = b"""---
license: mit
configs:
- config_name: en
  data_files:
  - split: train
    path: en/train.parquet
  - split: test
    path: en/test.parquet
- config_name: de
  data_files:
  - split: validation
    path: de/validation.parquet
  - split: test
    path: de/test.parquet
---
"""
READ = """
import json, sys
from sysgen_distilabel.errors import SysGenError
from sysgen_distilabel.inputs import open_input
answers = []
for address in json.loads(sys.argv[1]):
    try:
        source = open_input(address)
        summary = source.scan()
        first = next(iter(source.rows())).values
        again = open_input(source.location).scan().fingerprint
        answers.append([source.location, summary.rows, first["question"], again == summary.fingerprint])
    except SysGenError as error:
        answers.append([error.exit_code, error.message, error.hint])
print(json.dumps(answers))
"""

READ_SUMMARY = """
import json, os
from sysgen_distilabel.errors import SysGenError
from sysgen_distilabel.inputs import open_input
answers = []
for address in json.loads(os.environ["ADDRESSES"]):
    try:
        answers.append(open_input(address).scan().rows)
    except SysGenError as error:
        answers.append(error.message)
print(json.dumps(answers))
"""


def parquet(name, rows):
    sink = pa.BufferOutputStream()
    table = pa.table({"question": [f"{name} {n}?" for n in range(rows)], "answer": ["Yes."] * rows})
    pq.write_table(table, sink)
    return sink.getvalue().to_pybytes()


@pytest.fixture(scope="module")
def repositories(clients):
    """One dataset with configurations, and one each that is plain, private and gated."""
    server = clients.server
    parts = {
        f"{part}.parquet": parquet(part, 5) for part in ("en/train", "en/test", "de/validation", "de/test")
    }
    server.add_repository("acme/parts", {"README.md": CARD, **parts})
    for name, options in {"plain": {}, "private": {"private": True}, "gated": {"gated": True}}.items():
        server.add_repository(f"acme/{name}", {"data.parquet": parquet(name, 3)}, **options)
    plain = server.dataset("acme/plain")
    old = plain.head().oid
    plain.commit("refs/heads/main", {"data.parquet": Blob(parquet("newer", 4), True)}, "more", "tester", old)
    plain.refs["refs/tags/v1"] = old
    return clients


def read(clients, *addresses, **settings):
    code = f"import sys\nsys.argv = ['-', {json.dumps(json.dumps(addresses))}]\n{READ}"
    return json.loads(clients.python(code, **settings).splitlines()[-1])


def test_configuration_split_and_revision(repositories):
    plain, parts = (repositories.server.dataset(f"acme/{name}") for name in ("plain", "parts"))
    newest, oldest = plain.head().oid, plain.head("v1").oid
    pinned = f"hf://datasets/acme/parts@{parts.head().oid}"
    assert read(
        repositories,
        "acme/plain",
        "hf://datasets/acme/plain@v1",
        f"hf://datasets/acme/plain@{oldest}",
        "hf://datasets/acme/parts?config=en",
        "hf://datasets/acme/parts?config=en&split=test",
        "hf://datasets/acme/parts?config=de&split=validation",
    ) == [
        [f"hf://datasets/acme/plain@{newest}", 4, "newer 0?", True],
        [f"hf://datasets/acme/plain@{oldest}", 3, "plain 0?", True],
        [f"hf://datasets/acme/plain@{oldest}", 3, "plain 0?", True],
        [f"{pinned}?config=en", 5, "en/train 0?", True],
        [f"{pinned}?config=en&split=test", 5, "en/test 0?", True],
        [f"{pinned}?config=de&split=validation", 5, "de/validation 0?", True],
    ]


def test_what_is_missing_or_not_clear_is_explained(repositories):
    nothing, revision, config, no_config, no_split, several = read(
        repositories,
        "acme/nothing",
        "hf://datasets/acme/plain@v9",
        "acme/parts",
        "hf://datasets/acme/parts?config=fr",
        "hf://datasets/acme/parts?config=en&split=dev",
        "hf://datasets/acme/parts?config=de",
    )
    assert nothing == [
        3, "hf://datasets/acme/nothing: there is neither a file nor a Hub dataset of this name.",
        "Check the name; for a private dataset log in with `hf auth login`.",
    ]  # fmt: skip
    assert revision[1:] == [
        "hf://datasets/acme/plain@v9: there is no revision v9.",
        "Check the part after the @.",
    ]
    assert config[1].endswith(": it has several configurations.")
    assert "en" in config[2] and "de" in config[2]
    assert no_config[1].endswith(": it has no configuration fr.")
    assert "'en'" in no_config[2] and "'de'" in no_config[2]
    assert no_split[1].endswith(": it has no split dev.")
    assert "train" in no_split[2] and "test" in no_split[2]
    assert several[1].endswith(" has several splits.")
    assert several[2] == "Add ?split= with one of validation, test."


def test_private_and_gated_datasets(repositories):
    for token in (STRANGER, ""):
        private, gated = read(repositories, "acme/private", "acme/gated", token=token)
        assert private[1:] == [
            "hf://datasets/acme/private: there is neither a file nor a Hub dataset of this name.",
            "Check the name; for a private dataset log in with `hf auth login`.",
        ]
        assert gated[1].endswith(": access to this dataset is gated.")
        page = f"{repositories.server.url}/datasets/acme/gated"
        assert gated[2] == f"Ask for access on {page} and log in with `hf auth login`."
    for answer in read(repositories, "acme/private", "acme/gated", token=READER):
        assert answer[1] == 3
    wrong = read(repositories, "acme/plain", token="hf_wrong")[0]
    assert wrong[1].endswith(": the Hub does not accept the token.")
    assert wrong[2] == "Log in with `hf auth login`, or set HF_TOKEN to another one."


def test_offline(repositories):
    (offline,) = read(repositories, "acme/plain", HF_HUB_OFFLINE="1")
    assert offline[1:] == [
        "hf://datasets/acme/plain: the Hub is switched off.",
        "Unset HF_HUB_OFFLINE, or download the dataset and give its file.",
    ]


def test_a_bucket_is_read_by_file_folder_and_pattern(clients):
    lines = b"".join(b'{"question": "%d?", "answer": "Yes."}\n' % n for n in range(5))
    clients.server.buckets["acme/rows"] = {"a.jsonl": lines, "d/1.jsonl": lines, "d/2.jsonl": lines}
    names = ["rows/a.jsonl", "rows/d", "rows/d/*.jsonl", "rows", "rows/no.jsonl", "nothing/a.jsonl"]
    addresses = [f"hf://buckets/acme/{name}" for name in names]
    answers = json.loads(clients.python(READ_SUMMARY, ADDRESSES=json.dumps(addresses)))
    assert answers[:4] == [5, 10, 10, 15]
    assert answers[4] == f"There is no file {addresses[4]}."
    assert answers[5].startswith(f"{addresses[5]} cannot be read: ") and "404" in answers[5]
