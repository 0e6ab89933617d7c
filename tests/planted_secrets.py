"""Secrets of thirty kinds, made up, each of them a text that can be looked for in whatever is written."""

import base64

import pyarrow as pa
import pyarrow.parquet as pq


def _value(kind):
    """A text of letters and digits that occurs nowhere else."""
    return f"Planted{kind}Zq7" + base64.b32encode(f"{kind}-planted".encode()).decode().rstrip("=")


HEADERS = {
    "X-Foo": _value("H0"),
    "Ocp-Apim-Subscription-Key": _value("H1"),
    "X-Functions-Key": _value("H2"),
    "X-Api-Key": _value("H3"),
    "x-auth-token": _value("H4"),
    "Cookie": _value("H5"),
    "Proxy-Authorization": _value("H6"),
    "X-Goog-Api-Key": _value("H7"),
    "Tenant": _value("H8"),
    "Api-Secret": _value("H9"),
}
"""Headers, of which no name tells all."""

FIELDS = {
    "clientSecret": _value("F0"),
    "private_key": _value("F1"),
    "hfToken": _value("F2"),
    "passphrase": _value("F3"),
    "subscription_key": _value("F4"),
    "pwd": _value("F5"),
    "sasToken": _value("F6"),
    "account_key": _value("F7"),
    "connection_string": _value("F8"),
    "accessToken": _value("F9"),
}
"""Fields of a request or of an LLM."""

VARIABLES = {
    "SYSGEN_API_KEY": _value("V0"),
    "HF_TOKEN": "hf_" + _value("V1"),
    "ARGILLA_API_KEY": _value("V2"),
    "AWS_SECRET_ACCESS_KEY": _value("V3"),
}
LOGIN, LOGIN_WITH_SLASH, QUERY = _value("U0"), f"p/w@{_value('U1')}", _value("U2")
SHAPES = {
    "groq": "gsk_" + _value("S0"),
    "openai": "sk-proj-" + _value("S1"),
    "github": "ghp_" + (_value("S2") * 3)[:36],
}
_NAMED = {**HEADERS, **FIELDS, **VARIABLES, **SHAPES}
EVERY = [*_NAMED.values(), LOGIN, LOGIN_WITH_SLASH, QUERY]


def found_in(places):
    """Which of them stand where, by the name of the place: `(place, secret)`."""
    return [(name, secret) for name, data in places for secret in EVERY if secret.encode() in data]


def files_of(folder):
    """Every file with its content; that of parquet as text, as it is compressed."""
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            yield str(path.relative_to(folder)), read_plain(path.read_bytes())


def read_plain(data):
    """The bytes, or what a parquet file holds."""
    if not data.startswith(b"PAR1"):
        return data
    table = pq.read_table(pa.BufferReader(data))
    return repr(table.to_pylist()).encode() + repr(table.schema).encode()
