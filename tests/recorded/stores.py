"""Stores with made-up replies."""

import time
from hashlib import blake2b
from pathlib import Path

from hypothesis import strategies as st

from sysgen_distilabel.recorded.record import Record
from sysgen_distilabel.recorded.reply import Fault, FaultKind, Reply
from sysgen_distilabel.recorded.store import Store

REPO = Path(__file__).parents[2]


def key(number):
    return blake2b(str(number).encode(), digest_size=16).digest()


def record(number, task="t", fault=None, text=None, tries=1):
    reply = Reply(
        text=text or f"text {number}", prompt_tokens=2, completion_tokens=3, tries=tries, fault=fault
    )
    return Record(key(number), task, "model", 0, reply, time.time())


def shards(directory):
    return sorted(path.name for path in directory.glob("*.sqlite"))


def own_shard(directory):
    (name,) = shards(directory)
    return directory / name


def fill(directory, numbers, **arguments):
    with Store.open(directory) as store:
        store.append([record(number, **arguments) for number in numbers])


json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda children: st.lists(children, max_size=3) | st.dictionaries(st.text(), children, max_size=3),
    max_leaves=8,
)
replies = st.builds(
    Reply,
    text=st.none() | st.text(),
    finish_reason=st.text(),
    prompt_tokens=st.integers(0, 2**40),
    completion_tokens=st.integers(0, 2**40),
    cached_tokens=st.integers(0, 2**40),
    latency=st.floats(0, 1e6),
    tries=st.integers(1, 99),
    fault=st.none() | st.builds(Fault, st.sampled_from(FaultKind), st.text()),
    extra=st.dictionaries(st.text(), json_values, max_size=3),
)
