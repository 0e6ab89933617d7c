"""What concerns only this machine does not leave it."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sysgen_distilabel.hub.scrub import Scrubber
from sysgen_distilabel.secret_names import is_secret_name
from sysgen_distilabel.secrets import HIDDEN, hide_secrets, redact

SCRUBBER = Scrubber([Path("/odd/place")], ["correct horse battery"])


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("/home/alice/models/my model", "my model"),
        ("/home/alice", "~"),
        ("saved in /home/alice/x/y.jsonl", "saved in y.jsonl"),
        ("see file:///Users/alice/a/b, please", "see b, please"),
        ("/odd/place/out/calls: disk full", "calls: disk full"),
        ("C:\\Users\\alice\\models\\m", "m"),
        ("~alice/x", "x"),
        ("../alice/rows.jsonl", "rows.jsonl"),
        ("http://127.0.0.1:8000/v1 refused", f"http://{HIDDEN}/v1 refused"),
        ("http://alice-pc:8000/v1", f"http://{HIDDEN}/v1"),
        ("ray://head:10001", f"ray://{HIDDEN}"),
        ("ray://head is gone", f"ray://{HIDDEN} is gone"),
        ("ray://10.0.0.5:10001, not grpc://worker-3:50051.", f"ray://{HIDDEN}, not grpc://{HIDDEN}."),
        ("redis://node.internal:6379/0", f"redis://{HIDDEN}/0"),
        ("10.0.0.5:6379", HIDDEN),
        ("No Ray at 192.168.1.7:6379.", f"No Ray at {HIDDEN}."),
        ("[localhost:6379]", f"[{HIDDEN}]"),
        ("https://alice:pw@host.example/x?api_key=1&b=2", "https://host.example/x"),
        ("say correct horse battery", f"say {HIDDEN}"),
        ("hf_" + "a" * 34, HIDDEN),
    ],
)
def test_paths_names_addresses_and_secrets_go(text, left):
    assert SCRUBBER.text(text) == left


@pytest.mark.parametrize(
    "text",
    [
        "https://huggingface.co/datasets/org/name",
        "hf://datasets/home/name@main?config=c",
        "Qwen/Qwen2.5-14B-Instruct",
        "and/or, 1/2, <</Role>>, POST /v1/chat/completions",
        "https://api.openai.com/v1",
        "s3://bucket/rows.jsonl",
        "ray 2.40.0, vllm 0.8.5.1: 3 rows at 10:30",
    ],
)
def test_what_is_public_stays(text):
    assert SCRUBBER.text(text) == text


def test_settings_lose_files_addresses_and_secrets_however_deep():
    settings = {
        "input": "alice/rows.jsonl",
        "base_url": "http://10.0.0.1:8000",
        "ray": "head-node",
        "engine_args": {"address": "ray://head:10001"},
        "steps": [{"llm": {"model": "/home/alice/llama", "api_key": "k", "eos_token": "</s>"}}],
        "models": {"/home/alice/llama": 3},
    }
    assert SCRUBBER.data(settings) == {
        "input": "rows.jsonl",
        "engine_args": {"address": f"ray://{HIDDEN}"},
        "steps": [{"llm": {"model": "llama", "eos_token": "</s>"}}],
        "models": {"llama": 3},
    }
    assert SCRUBBER.data({"input": "hf://datasets/a/b@c"}) == {"input": "hf://datasets/a/b@c"}


def test_names_that_become_alike_are_told_apart():
    rows = {"/ckpt/a/final": 10, "/x/b/final": 5, "final": 3, "/tmp/final": {"/home/a/m": 1, "/home/b/m": 2}}
    scrubbed = SCRUBBER.data(rows)
    assert scrubbed == {"final (2)": 10, "final (3)": 5, "final": 3, "final (4)": {"m": 1, "m (2)": 2}}
    assert list(scrubbed) == ["final (2)", "final (3)", "final", "final (4)"]


@given(
    st.dictionaries(
        st.sampled_from(["", "/home/a/", "/tmp/b/"]).flatmap(
            lambda place: st.sampled_from(["m", "m (2)", "n"]).map(lambda name: place + name)
        ),
        st.integers(),
    )
)
def test_no_count_is_lost(counts):
    assert sorted(SCRUBBER.data(counts).values()) == sorted(counts.values())


@given(st.text(), st.sampled_from(["/home/xqzuser", "/Users/xqzuser", "~xqzuser"]))
def test_a_home_directory_never_survives(tail, home):
    assert "xqzuser" not in SCRUBBER.text(f"{home}/{tail}")


@given(st.text())
def test_scrubbing_twice_is_scrubbing_once(text):
    once = SCRUBBER.text(text)
    assert SCRUBBER.text(once) == once


@pytest.mark.parametrize("name", ["secret_access_key", "hf_token", "X-Api-Key", "Authorization", "PASSWORD"])
def test_names_of_secrets(name):
    assert is_secret_name(name)
    assert redact({name: "k", "use_" + name: True}) == {name: HIDDEN, "use_" + name: True}


@pytest.mark.parametrize("name", ["eos_token", "max_new_tokens", "prompt_tokens", "tokenizer"])
def test_names_that_only_sound_like_secrets(name):
    assert not is_secret_name(name)


@pytest.mark.parametrize(
    "key", ["hf_" + "b" * 30, "sk-" + "c" * 30, "ghp_" + "d" * 36, "AKIA" + "E" * 16, "glpat-" + "f" * 20]
)
def test_keys_are_hidden_by_their_shape(key):
    assert key not in hide_secrets(f"the key {key} of the service")
    assert hide_secrets(f"Bearer {key}") == f"Bearer {HIDDEN}"
