"""A stranger's Hub dataset cannot make us read our own files, or pages of our own network."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from sysgen_distilabel.errors import InputError
from sysgen_distilabel.inputs import hub_card
from tests.commands import read_dataset, sysgen
from tests.services.hub.server import LocalHub
from tests.services.hub.state import Blob, Repository

ADDRESSES = ["http://127.0.0.1:1/a.jsonl", "HTTPS://10.0.0.1/a", "s3://bucket/a", " http://127.0.0.1/a"]
CHAINED = ["zip://a.jsonl::http://127.0.0.1/a.zip", "gzip://a::http://10.0.0.1/a.gz"]
PATHS = [
    "file:///etc/passwd",
    "/etc/passwd",
    "../../etc/passwd",
    "data/../../../etc/passwd",
    "~/a.jsonl",
    "C:\\a",
]
FOREIGN = [*ADDRESSES, *CHAINED, *PATHS, "\\\\host\\share", "hf://datasets/other/data/a.jsonl"]
OWN = [
    "a.jsonl",
    "data/*.parquet",
    "**/train-*",
    "data/..hidden/a",
    "hf://datasets/acme/x/a.jsonl",
    "a..b.jsonl",
]


def card(place, name):
    data_files = {
        "text": name,
        "list": ["a.jsonl", name],
        "split": [{"split": "train", "path": name}],
        "paths": [{"split": "train", "path": ["a.jsonl", name]}],
        "by split": {"train": name},
    }
    named = {"data_dir": name} if place == "folder" else {"data_files": data_files[place]}
    return {"license": "mit", "configs": [{"config_name": "default", **named}]}


@pytest.mark.parametrize("place", ["text", "list", "split", "paths", "by split", "folder"])
@pytest.mark.parametrize("name", [*FOREIGN, *OWN])
def test_only_files_of_the_dataset_may_be_named(monkeypatch, place, name):
    monkeypatch.setattr(hub_card, "_read_metadata", lambda repo, revision: card(place, name))
    if name in OWN:
        hub_card.refuse_foreign_files("acme/x", None)
        return
    with pytest.raises(InputError, match=r"card of acme/x names a file that is not in the dataset"):
        hub_card.refuse_foreign_files("acme/x", None)


ODD = [{}, {"configs": None}, {"configs": "x"}, {"configs": [None, 3, {"data_files": 7}]}]


@pytest.mark.parametrize("metadata", ODD)
def test_odd_cards_name_nothing(metadata):
    assert list(hub_card.files_named(metadata)) == []


class Internal(BaseHTTPRequestHandler):
    """A page that only this machine may see."""

    def do_GET(self):
        self.server.seen.append(self.path)
        body = b'{"question": "internal", "answer": "x"}\n'
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_HEAD = do_GET

    def log_message(self, *arguments):
        pass


@pytest.mark.slow
def test_nothing_internal_is_asked_for(tmp_path):
    server = ThreadingHTTPServer(("127.0.0.1", 0), Internal)
    server.seen = []
    threading.Thread(target=server.serve_forever, daemon=True).start()
    address = f"http://127.0.0.1:{server.server_address[1]}/internal.jsonl"
    rows = Blob(b'{"question": "What is four?", "answer": "4"}\n')
    with LocalHub() as hub:
        for name, path in {"bad": address, "good": "x.jsonl"}.items():
            head = f"---\n{json.dumps(card('split', path))}\n---\n".encode()
            repository = Repository("dataset", f"acme/{name}")
            repository.commit("refs/heads/main", {"README.md": Blob(head), "x.jsonl": rows}, "made", "tester")
            hub.repositories["dataset", f"acme/{name}"] = repository
        settings = {"HF_ENDPOINT": hub.url, "HF_TOKEN": "hf_ownertoken", "HF_HOME": str(tmp_path / "hf")}
        settings["HF_HUB_DISABLE_XET"] = "1"
        bad, good = (
            sysgen("run", f"acme/{name}", "--output", tmp_path / name, "--llm", "simulated", **settings)
            for name in ("bad", "good")
        )
    server.shutdown()
    server.server_close()
    assert bad.returncode == 3 and "names a file that is not in the dataset" in bad.stderr
    assert server.seen == []
    assert good.returncode == 0 and len(read_dataset(tmp_path / "good")["accepted"]) == 1
