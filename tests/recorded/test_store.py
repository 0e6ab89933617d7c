"""The store: nothing lost at a kill, nothing trusted that is torn, foreign or damaged, exact accounts."""

import signal
import sqlite3
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sysgen_distilabel.errors import StoreError
from sysgen_distilabel.recorded.record import Usage, dump_reply, load_reply
from sysgen_distilabel.recorded.reply import Fault, FaultKind, Reply
from sysgen_distilabel.recorded.shard import APPLICATION_ID, FORMAT
from sysgen_distilabel.recorded.store import Store
from tests.patience import PATIENCE
from tests.recorded.stores import REPO, fill, key, own_shard, record, replies, shards


@given(replies)
def test_a_reply_reads_back_as_it_was_written(reply):
    assert load_reply(dump_reply(reply)) == reply


def test_what_json_cannot_say_does_not_stop_the_store():
    reply = load_reply(dump_reply(Reply("text", extra={"half": "\ud83d", "big": 2**70, "path": Path("a")})))
    assert reply.text == "text"
    assert set(reply.extra) == {"half", "big", "path"}


def test_replies_are_found_by_later_sessions_and_counted_once(tmp_path):
    fill(tmp_path, range(5), tries=3)
    with Store.open(tmp_path) as store:
        assert store.find(key(3)).text == "text 3"
        assert store.find(key(99)) is None
        for _ in range(4):
            store.count_hit("t")
        store.append([record(5), record(6, task="u", fault=Fault(FaultKind.EMPTY))])
        expected = {
            "t": Usage(calls=6, retried=10, cached=4, prompt_tokens=12, completion_tokens=18),
            "u": Usage(calls=1, failed=1, prompt_tokens=2, completion_tokens=3),
        }
        assert store.usage() == expected
    assert len(shards(tmp_path)) == 1
    with Store.open_read(tmp_path) as store:
        assert store.usage() == expected
        assert [r.key for r in store.records()] == [key(number) for number in range(7)]


def test_hits_alone_are_counted_too(tmp_path):
    fill(tmp_path, range(1))
    with Store.open(tmp_path) as store:
        for _ in range(2_500):
            store.count_hit("t")
    with Store.open_read(tmp_path) as store:
        assert store.usage()["t"].cached == 2_500


def test_a_fault_of_the_engine_is_counted_and_asked_again(tmp_path):
    with Store.open(tmp_path) as store:
        store.append([record(1, fault=Fault(FaultKind.CONNECTION, "gone"))])
        assert store.find(key(1)) is None
        store.append([record(1, fault=Fault(FaultKind.CONNECTION, "gone again"))])
        store.append([record(1)])
        assert store.find(key(1)).text == "text 1"
        assert store.usage()["t"] == Usage(3, 0, 0, 2, 6, 9)
        assert len(list(store.records())) == 1


def test_a_fault_of_the_request_is_an_answer(tmp_path):
    fill(tmp_path, [1], fault=Fault(FaultKind.BAD_REQUEST, "too long"))
    with Store.open_read(tmp_path) as store:
        assert store.find(key(1)).fault == Fault(FaultKind.BAD_REQUEST, "too long")


def test_each_writer_owns_a_shard_and_reads_all(tmp_path, monkeypatch):
    monkeypatch.setattr("sysgen_distilabel.recorded.store._RESCAN", 0.0)
    with Store.open(tmp_path) as first, Store.open(tmp_path) as second:
        assert len(shards(tmp_path)) == 2
        first.append([record(1), record(3)])
        second.append([record(2), record(3)])
        assert first.find(key(2)).text == "text 2"
        assert second.find(key(1)).text == "text 1"
        assert first.usage()["t"].calls == 4  # the third was asked, and paid, twice
        assert sorted(r.key for r in first.records()) == sorted(map(key, (1, 2, 3)))
    fill(tmp_path, [4])
    assert len(shards(tmp_path)) == 2
    with Store.open(tmp_path) as third:
        assert all(third.find(key(number)) for number in (1, 2, 3, 4))


def test_a_shard_that_has_come_is_seen_at_the_next_miss(tmp_path, monkeypatch):
    monkeypatch.setattr("sysgen_distilabel.recorded.store._RESCAN", 3600.0)
    with Store.open(tmp_path) as first, Store.open(tmp_path) as second:
        second.append([record(1)])
        assert first.find(key(1)).text == "text 1"


def test_a_reader_follows_writers_that_come_later(tmp_path, monkeypatch):
    monkeypatch.setattr("sysgen_distilabel.recorded.store._RESCAN", 0.0)
    directory = tmp_path / "calls"
    reader = Store.open_read(directory)
    assert reader.usage() == {} and list(reader.records()) == [] and reader.find(key(1)) is None
    with Store.open(directory) as writer:
        writer.append([record(1)])
        assert reader.find(key(1)).text == "text 1"
        records = reader.records()
        assert next(records).key == key(1)
        writer.append([record(2)])
        assert reader.usage()["t"].calls == 2
    with pytest.raises(StoreError, match="reading only"):
        reader.append([record(3)])
    reader.close()


def test_records_are_read_page_by_page(tmp_path):
    fill(tmp_path, range(2_500))
    with Store.open_read(tmp_path) as store:
        assert [r.key for r in store.records()] == [key(number) for number in range(2_500)]


def test_timings_are_read_page_by_page_and_without_replies(tmp_path):
    fill(tmp_path, range(2_500))
    with Store.open(tmp_path) as first, Store.open(tmp_path) as second:
        second.append([record(2_500, task="other")])
        timings = list(first.timings())
        created = [r.created for r in first.records()]
    assert [timing.created for timing in timings] == created
    assert [timing.task for timing in timings] == ["t"] * 2_500 + ["other"]
    assert {timing[3:] for timing in timings} == {(2, 3)}


def test_a_shard_of_another_machine_is_read_once_nobody_writes_to_it(tmp_path, monkeypatch):
    """SQLite cannot share its log between machines, so a live shard over there is left alone."""
    monkeypatch.setattr("sysgen_distilabel.recorded.store._RESCAN", 0.0)
    monkeypatch.setattr("socket.gethostname", lambda: "node-a")
    there = Store.open(tmp_path)
    there.append([record(1)])
    monkeypatch.setattr("socket.gethostname", lambda: "node-b")
    with Store.open(tmp_path) as here:
        assert here.find(key(1)) is None
        there.close()
        assert here.find(key(1)).text == "text 1"
        # As long as it is read here, the other machine writes to a shard of another number.
        monkeypatch.setattr("socket.gethostname", lambda: "node-a")
        with Store.open(tmp_path) as again:
            again.append([record(2)])
            assert shards(tmp_path) == ["node-a-0.sqlite", "node-a-1.sqlite", "node-b-0.sqlite"]
            assert again.find(key(1)).text == "text 1"


def test_answers_of_all_machines_are_found_by_all_when_they_go_on(tmp_path, monkeypatch):
    """No shard of an earlier session is written to again, as a machine reads no live one of another."""

    def open_on(host):
        monkeypatch.setattr("socket.gethostname", lambda: host)
        return Store.open(tmp_path)

    for session in range(2):
        with open_on("node-a") as one, open_on("node-b") as other:
            assert all(other.find(key(number)) for number in range(2 * session))
            monkeypatch.setattr("socket.gethostname", lambda: "node-a")
            assert all(one.find(key(number)) for number in range(2 * session))
            one.append([record(2 * session)])
            other.append([record(2 * session + 1)])
    with open_on("node-a"), open_on("node-b") as store:  # nothing is written in this session
        assert all(store.find(key(number)) for number in range(4))
    with open_on("node-a"):  # which takes up the one that it left empty
        assert shards(tmp_path) == [f"node-{host}-{number}.sqlite" for host in "ab" for number in range(3)]


WRITER = """
    import sys
    from tests.recorded.test_store import Store, record

    store = Store.open(sys.argv[1])
    for number in range(int(sys.argv[2]), 1_000_000):
        store.append([record(number)])
        print(number, flush=True)
"""


def spawn(code, *arguments):
    return subprocess.Popen(
        [sys.executable, "-W", "ignore", "-c", textwrap.dedent(code), *map(str, arguments)],
        cwd=REPO,
        stdout=subprocess.PIPE,
        text=True,
    )


@pytest.mark.slow
def test_kill_9_in_the_middle_of_writing_loses_nothing(tmp_path):
    start = 0
    for _ in range(3):
        process = spawn(WRITER, tmp_path, start)
        lines = [process.stdout.readline() for _ in range(20)]
        process.send_signal(signal.SIGKILL)
        lines += process.stdout.read().split()
        process.wait()
        last = int(lines[-1])
        with Store.open_read(tmp_path) as store:
            numbers = [int(r.reply.text.split()[1]) for r in store.records()]
            assert numbers == list(range(len(numbers)))  # none missing, none twice
            assert last + 1 <= len(numbers) <= last + 2  # at most one written, but not yet told
            assert store.usage()["t"].calls == len(numbers)
        start = len(numbers)
    assert len(shards(tmp_path)) == 1  # the shard of the dead was taken over


def test_a_file_another_process_is_about_to_fill_is_no_cause_for_alarm(tmp_path, caplog):
    (tmp_path / "other-0.sqlite").touch()
    with Store.open(tmp_path) as store:
        assert store.find(key(1)) is None
    assert not caplog.text


def test_a_newer_format_is_refused_rather_than_paid_for_again(tmp_path):
    fill(tmp_path, [1])
    connection = sqlite3.connect(own_shard(tmp_path))
    assert connection.execute("PRAGMA application_id").fetchone() == (APPLICATION_ID,)
    connection.execute(f"PRAGMA user_version = {FORMAT + 1}")
    connection.close()
    for way_to_open in (Store.open, Store.open_read):
        with pytest.raises(StoreError, match=r"newer version.*Upgrade"):
            way_to_open(tmp_path)


def test_the_clock_may_go_backwards(tmp_path, monkeypatch):
    with Store.open(tmp_path) as store:
        store.append([record(1)])
        monkeypatch.setattr("time.time", lambda: 0.0)
        store.append([record(2)])
        assert [r.key for r in store.records()] == [key(1), key(2)]
        assert store.usage()["t"].calls == 2


def test_a_place_that_cannot_be_written_to_is_named(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(StoreError, match=str(tmp_path / "file" / "calls")) as caught:
        Store.open(tmp_path / "file" / "calls")
    assert caught.value.hint


LIMITED_WRITER = """
    import resource, sys
    from tests.recorded.test_store import Store, StoreError, record

    store = Store.open(sys.argv[1])
    store.append([record(0)])
    resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, resource.RLIM_INFINITY))
    written = 1
    try:
        while True:
            store.append([record(written, text="x" * 2000)])
            written += 1
    except StoreError as error:
        print(written, error, sep="|")
    resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    store.append([record(written)])
"""


def test_a_write_that_fails_is_told_and_harms_nothing(tmp_path):
    process = spawn(LIMITED_WRITER, tmp_path)
    output, _ = process.communicate(timeout=PATIENCE)
    assert process.returncode == 0
    written, message = output.split("|")
    assert str(tmp_path) in message and "Make room" in message
    with Store.open_read(tmp_path) as store:
        assert len(list(store.records())) == store.usage()["t"].calls == int(written) + 1


@settings(max_examples=20, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 9), st.sampled_from("ab"), st.booleans()), max_size=12))
def test_counts_are_exact_whatever_the_order(tmp_path_factory, calls):
    directory = tmp_path_factory.mktemp("calls")
    for number, task, fails in calls:
        with Store.open(directory) as store:
            fault = Fault(FaultKind.SERVER_ERROR) if fails else None
            store.append([record(number, task=task, fault=fault)])
    with Store.open_read(directory) as store:
        usage = store.usage()
        for task in "ab":
            mine = [fails for _, t, fails in calls if t == task]
            found = usage.get(task, Usage())
            assert (found.calls, found.failed) == (len(mine), sum(mine))
        assert {r.key for r in store.records()} == {key(n) for n, _, fails in calls if not fails}


def test_the_last_fault_is_told_whichever_process_had_it(tmp_path):
    with Store.open(tmp_path) as first, Store.open(tmp_path) as second:
        assert first.last_fault() is None
        first.append([record(1, fault=Fault(FaultKind.BAD_REQUEST, "no top_p"))])
        second.append([record(2, fault=Fault(FaultKind.SERVER_ERROR, "out of memory")), record(3)])
        assert first.last_fault() == Fault(FaultKind.SERVER_ERROR, "out of memory")
    with Store.open_read(tmp_path) as store:
        assert store.last_fault().message == "out of memory"
