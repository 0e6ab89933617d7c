"""Shards that are torn, foreign or flipped cost what they touch and no more."""

import os
import shutil
import sqlite3

import pytest

from sysgen_distilabel.recorded.store import Store
from tests.recorded.stores import fill, key, own_shard, record


def tear_off(path):
    os.truncate(path, path.stat().st_size // 2 + 100)


def overwrite(path):
    path.write_bytes(b"not a database at all, but long enough to have a header of that size " * 50)


def garble_pages(path):
    with path.open("r+b") as file:
        file.seek(4096)
        file.write(b"\xa5" * (path.stat().st_size - 4096))


def replace_by_foreign(path):
    path.unlink()
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE somebody_elses (x)")
    connection.close()


@pytest.mark.parametrize("damage", [tear_off, overwrite, garble_pages, replace_by_foreign])
def test_a_torn_or_foreign_own_shard_is_set_aside(tmp_path, caplog, damage):
    fill(tmp_path, range(200))
    damage(own_shard(tmp_path))
    with Store.open(tmp_path) as store:
        assert store.find(key(199)) is None
        store.append([record(199)])
        assert store.find(key(199)).text == "text 199"
    assert "set aside" in caplog.text and own_shard(tmp_path).name in caplog.text
    assert len(list(tmp_path.glob("*.broken"))) == 1
    with Store.open(tmp_path) as store:
        assert store.find(key(199)).text == "text 199"


@pytest.mark.parametrize("damage", [tear_off, overwrite, garble_pages, replace_by_foreign])
def test_a_torn_or_foreign_shard_of_another_is_named_once_and_skipped(tmp_path, caplog, damage):
    fill(tmp_path, range(200))
    own_shard(tmp_path).rename(tmp_path / "elsewhere-0.sqlite")
    damage(tmp_path / "elsewhere-0.sqlite")
    with Store.open(tmp_path) as store:
        store.append([record(1)])
        for _ in range(3):
            assert store.find(key(199)) is None
        assert store.find(key(1)).text == "text 1"
        known = [r.key for r in store.records()]
        assert store.usage()["t"].calls >= len(known) == len(set(known)) and key(1) in known
        assert len(known) == 1 or damage is tear_off  # the replies of the pages that are whole
    assert caplog.text.count("is ignored") == 1 and "elsewhere-0.sqlite" in caplog.text
    assert (tmp_path / "elsewhere-0.sqlite").exists()


def test_a_shard_that_breaks_while_in_use_is_replaced(tmp_path, caplog):
    with Store.open(tmp_path) as store:
        store.append([record(number, text="x" * 5000) for number in range(2000)])
        connection = sqlite3.connect(own_shard(tmp_path))
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        connection.close()
        garble_pages(own_shard(tmp_path))
        for number in range(2000):
            store.find(key(number))
        store.append([record(1)])
        assert store.find(key(1)).text == "text 1"
    assert "set aside" in caplog.text


@pytest.mark.parametrize(
    "change", ["reply = CAST(replace(reply, 'text 1', 'TEXT 1') AS BLOB)", "reply = 'x'", "task = 'u'"]
)
def test_a_damaged_record_is_asked_again(tmp_path, caplog, change):
    fill(tmp_path, range(3))
    connection = sqlite3.connect(own_shard(tmp_path))
    connection.execute(f"UPDATE calls SET {change} WHERE id = 2")
    connection.commit()
    connection.close()
    with Store.open(tmp_path) as store:
        assert store.find(key(1)) is None
        assert "damaged record" in caplog.text
        assert [r.key for r in store.records()] == [key(0), key(2)]
        store.append([record(1)])
        assert store.find(key(1)).text == "text 1"
        assert store.usage()["t"].calls == 4


@pytest.mark.parametrize("place", [0, 5, 17, 40, 200, 3900, 0.1, 0.3, 0.5, 0.7, 0.9])
def test_a_flipped_byte_costs_the_replies_it_touches_and_no_others(tmp_path, place):
    fill(tmp_path, range(300), text="answer " * 20)
    path, keys = own_shard(tmp_path), [key(number) for number in range(300)]
    content = bytearray(path.read_bytes())
    content[int(place * len(content)) if isinstance(place, float) else place] ^= 0xFF
    path.write_bytes(content)
    for _ in range(2):  # and once more, as if it were the next session
        with Store.open(tmp_path) as store:
            found = [store.find(one) for one in keys]
            assert sum(reply is None for reply in found) <= 12
            assert all(reply is None or reply.text[:4] in ("answ", "text") for reply in found)
            store.append([record(number) for number, reply in enumerate(found) if reply is None])
    with Store.open(tmp_path) as store:
        assert all(store.find(one) is not None for one in keys)


def test_a_small_file_that_is_cut_off_costs_the_replies_that_are_gone(tmp_path):
    fill(tmp_path, range(10))  # they lie in the first pages, before tables that are cut off
    os.truncate(own_shard(tmp_path), own_shard(tmp_path).stat().st_size // 2)
    with Store.open(tmp_path) as store:
        assert [store.find(key(number)).text for number in range(10)] == [f"text {n}" for n in range(10)]


def test_a_directory_that_is_called_as_a_store_file_is_passed_over(tmp_path, caplog):
    fill(tmp_path, range(3))
    (tmp_path / "somebodys.sqlite").mkdir()
    with Store.open(tmp_path) as store:
        assert store.find(key(2)).text == "text 2" and store.find(key(3)) is None
    assert not caplog.messages


def test_a_closed_store_is_whole_in_its_files(tmp_path):
    fill(tmp_path / "calls", range(5))
    path = own_shard(tmp_path / "calls")
    assert [file.name for file in path.parent.iterdir() if file.suffix not in (".sqlite", ".lock")] == []
    (tmp_path / "copy").mkdir()
    shutil.copy(path, tmp_path / "copy")
    with Store.open_read(tmp_path / "copy") as copy:
        assert all(copy.find(key(number)) is not None for number in range(5))


def test_a_copy_that_cannot_be_written_is_read_with_its_log(tmp_path, monkeypatch):
    store = Store.open(tmp_path / "calls")
    store.append([record(1)])
    shutil.copytree(tmp_path / "calls", tmp_path / "copy")  # as if its process had been killed now
    store.close()
    assert list((tmp_path / "copy").glob("*-wal"))
    before = {file.name: file.read_bytes() for file in (tmp_path / "copy").iterdir()}
    is_allowed = os.access
    monkeypatch.setattr(os, "access", lambda path, mode: mode != os.W_OK and is_allowed(path, mode))
    with Store.open_read(tmp_path / "copy") as copy:
        assert copy.find(key(1)) is not None
    assert {file.name: file.read_bytes() for file in (tmp_path / "copy").iterdir()} == before


@pytest.mark.parametrize("open_first", [Store.open, Store.open_read])
def test_a_log_that_is_gone_is_told_once(open_first, tmp_path, caplog):
    store = Store.open(tmp_path / "calls")
    store.append([record(1)])
    shutil.copytree(tmp_path / "calls", tmp_path / "copy")
    store.close()
    for log in (tmp_path / "copy").glob("*-wal"):
        log.unlink()
    with Store.open(tmp_path / "calls"):
        assert not caplog.messages
    with open_first(tmp_path / "copy"):  # a run looks at what is there before its steps write
        assert any("-wal is gone" in message for message in caplog.messages)
    caplog.clear()
    with Store.open(tmp_path / "copy"):
        assert not caplog.messages
