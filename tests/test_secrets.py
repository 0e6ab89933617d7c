"""What is hidden: by the name of a field, by its value, and by what keys look like."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sysgen_distilabel.secret_names import is_secret, is_secret_name
from sysgen_distilabel.secrets import (
    HIDDEN,
    hide_all_secrets,
    hide_secrets,
    is_redacted,
    redact,
    remember_secrets,
    secrets_at_hand,
)
from tests.isolated import isolated
from tests.planted_secrets import FIELDS, SHAPES

KEYS = ["api_key", "apiKey", "OPENAI_API_KEY", "openaiApiKey", "api-keys", "private_key", "X-Functions-Key"]
MORE_KEYS = ["key", "master_key", "APIKEY", "service_account_json", "connectionString", "session_id"]
TOKENS = ["accessToken", "hf-token", "hf_tokens", "x-auth-token", "Cookie", "Proxy-Authorization"]
WORDS = [
    "clientSecret",
    "client_secret",
    "passphrase",
    "pwd",
    "db_pass",
    "auth",
    "http_auth",
    "sig",
    "sas",
    "dsn",
]
SECRET = [*KEYS, *MORE_KEYS, *TOKENS, *WORDS, "dsn", "X-Amz-Signature"]
COUNTS = [
    "max_new_tokens",
    "prompt_tokens",
    "tokens",
    "tokens_per_second",
    "token_ids",
    "pass_rate",
    "passed",
]
OTHERS = ["eos_token", "tokenizer", "eos_token_id", "author", "authors", "signal", "secretary", "keyboard"]
NOT_SECRET = [*COUNTS, *OTHERS, "keys", "passed", "monkey", "key_columns", "sort_key", "primary_key"]


@pytest.mark.parametrize("name", SECRET)
def test_secret_by_name(name):
    assert is_secret_name(name) and is_secret(name, "abc")
    assert redact({name: "abc"}) == {name: HIDDEN} and redact({name: "abc"}, leave_out=True) == {}
    assert redact({name: None, "a": {name: True}}) == {name: None, "a": {name: True}}


@pytest.mark.parametrize("name", NOT_SECRET)
def test_not_secret_by_name(name):
    assert not is_secret_name(name)
    assert redact({name: "abc"}) == {name: "abc"}


def test_counts_stay_and_a_number_may_be_a_password():
    counts = {"token": 7, "hub_tokens": {"in": 7}, "key": [1]}
    assert redact(counts) == counts
    assert redact({"password": 12345678, "api_key": 12345678}) == {"password": HIDDEN, "api_key": HIDDEN}


@pytest.mark.parametrize("headers", [{"X-Foo": "a", "Accept": "b"}, [["X-Foo", "a"]], [{"X-Foo": ["a"]}]])
def test_every_value_of_a_header_is_hidden(headers):
    shown = redact({"default_headers": headers, "extra": [{"headers": headers}]})
    assert "'a'" not in str(shown) and "'b'" not in str(shown) and is_redacted(shown)
    assert "X-Foo" not in str(redact({"default_headers": headers}, leave_out=True))


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("http://bob:p@ss/word@host/v1", "http://host/v1"),
        (r"http:\/\/bob:green-horse-9@host\/v1", r"http:\/\/host\/v1"),
        ("redis://:green-horse-9@host:6379", "redis://host:6379"),
        ("postgresql://u:p/w@h:5432/db", "postgresql://h:5432/db"),
        ("https://token@host", "https://host"),
        ("https://h/v1?sig=ABC&x=1", "https://h/v1"),
        ("see https://h/#access_token=abc.", "see https://h/"),
        ("GET /v1/x?sig=abc&n=1", f"GET /v1/x?sig={HIDDEN}&n=1"),
        ("Basic dXNlcjpwYXNz", f"Basic {HIDDEN}"),
        ("api_key: abcdef", f"api_key: {HIDDEN}"),
        ('{"clientSecret": "abc def"}', f'{{"clientSecret": "{HIDDEN}"}}'),
        ("Incorrect API key provided: sk-ab***yz.", f"Incorrect API key provided: {HIDDEN}"),
        ("a http://host:8000/v1, 7 tokens: 5", "a http://host:8000/v1, 7 tokens: 5"),
        ("hf://datasets/a/b@c/d.parquet?x=1", "hf://datasets/a/b@c/d.parquet?x=1"),
        ("Basic understanding of keys: three", "Basic understanding of keys: three"),
    ],
)
def test_texts(text, shown):
    assert hide_secrets(text) == shown


@pytest.mark.parametrize("key", SHAPES.values())
def test_a_key_is_hidden_wherever_it_stands(key):
    assert key not in hide_secrets(f"said ({key}) of it") and key not in str(redact({"a": [f"x {key}"]}))


def test_a_prompt_among_the_settings_is_not_changed():
    prompt = "Token: 5. Look at https://example.org/search?q=cats for the key: it says so."
    assert redact({"system_prompt": prompt}) == {"system_prompt": prompt}


def test_what_the_settings_held_is_hidden_by_its_value_everywhere(monkeypatch):
    monkeypatch.setattr("sysgen_distilabel.secrets._known", set())
    remember_secrets(
        {"llm_args": {"default_headers": {"Tenant": "blue-horse-9", "Accept": "application/json"}}}
    )
    remember_secrets({"base_url": "http://bob:green-horse-9@host/v1", "name": "white-horse-9"})
    text = "blue-horse-9 application/json green-horse-9 white-horse-9 bob"
    assert hide_secrets(text) == f"{HIDDEN} application/json {HIDDEN} white-horse-9 bob"


def test_secrets_of_the_environment(monkeypatch):
    monkeypatch.setenv("SOME_CLIENT_SECRET", "red-horse-9")
    monkeypatch.setenv("SSH_AUTH_SOCK", "/tmp/agent")
    assert "red-horse-9" in secrets_at_hand() and "/tmp/agent" not in secrets_at_hand()
    assert hide_all_secrets("a red-horse-9") == f"a {HIDDEN}"


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text() | st.sampled_from(SECRET), inner),
    )
)
def test_hiding_twice_is_hiding_once(data):
    assert redact(redact(data)) == redact(data)
    left_out = redact(data, leave_out=True)
    assert redact(left_out, leave_out=True) == left_out


@given(
    st.text(),
    st.sampled_from(list(FIELDS)),
    st.sampled_from(["{n}={v}", '"{n}": "{v}"', "{n}: {v}", "?{n}={v}&"]),
)
def test_a_named_value_never_survives(before, name, form):
    value = "qzqXvalueXqzq"
    assert value not in hide_secrets(f"{before} " + form.format(n=name, v=value))


@given(st.text())
def test_any_text_can_be_looked_through(text):
    once = hide_secrets(text)
    assert hide_secrets(once) == once


@pytest.mark.parametrize(
    "text", ["a." * 500_000 + "@", "eyJ" + "a." * 500_000, "://" * 300_000, "k=" * 300_000]
)
def test_a_megabyte_of_what_begins_as_a_secret_is_read(text):
    """In quadratic time it would not within any patience."""
    isolated(hide_secrets, text)


def test_a_key_that_ends_with_the_next_one_is_hidden_as_a_whole():
    key = "-----BEGIN PRIVATE KEY-----\nMIIEvQ-torn\n"
    text = f"{key * 2}MIIEvR\n-----END PRIVATE KEY-----\nand no more"
    assert hide_secrets(text) == f"{HIDDEN * 2}\nand no more"


def test_the_directory_that_a_shell_is_in_is_no_password(monkeypatch):
    monkeypatch.setenv("PWD", "/home/somebody/rows")
    monkeypatch.setenv("DB_PWD", "correcthorsebattery")
    assert (
        hide_all_secrets("/home/somebody/rows/run correcthorsebattery") == f"/home/somebody/rows/run {HIDDEN}"
    )
