"""Files and directories are there as a whole or not at all, whatever was left before."""

import os
import stat

import pytest

from sysgen_distilabel.files import open_private, replaced_directory, write_whole

GONE = 2**22 + 1
"""No process has this number."""


def test_a_file_is_written_whole_and_through_no_link(tmp_path):
    victim = tmp_path / "victim"
    victim.write_text("mine")
    (tmp_path / "x.new").symlink_to(victim)
    write_whole(tmp_path / "x", "text \ud800", private=True)
    assert victim.read_text() == "mine" and (tmp_path / "x").read_text() == "text ?"
    assert stat.S_IMODE((tmp_path / "x").stat().st_mode) == 0o600
    assert not (tmp_path / "x.new").exists()


def test_what_cannot_be_put_in_place_leaves_nothing_beside_it(tmp_path):
    (tmp_path / "file").mkdir()
    with pytest.raises(OSError):
        write_whole(tmp_path / "file", "text")
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_a_private_file_is_opened_through_no_link(tmp_path):
    (tmp_path / "log").symlink_to(tmp_path / "victim")
    with pytest.raises(OSError, match="symbolic link"):
        open_private(tmp_path / "log", "ab")
    assert not (tmp_path / "victim").exists()


@pytest.mark.parametrize("can_exchange", [True, False])
@pytest.mark.parametrize("is_there", [True, False])
def test_a_directory_takes_the_place_of_another(tmp_path, monkeypatch, can_exchange, is_there):
    if not can_exchange:
        monkeypatch.setattr("sysgen_distilabel.files._exchange", lambda first, second: False)
    target = tmp_path / "out"
    if is_there:
        target.mkdir()
        (target / "old").touch()
    with replaced_directory(target) as new:
        (new / "new").touch()
        assert target.exists() == is_there
    assert [path.name for path in target.iterdir()] == ["new"]
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_it_stays_as_it_was_if_something_fails(tmp_path):
    target = tmp_path / "out"
    target.mkdir()
    (target / "old").touch()
    with pytest.raises(ZeroDivisionError), replaced_directory(target):
        _ = 1 / 0
    assert [path.name for path in target.iterdir()] == ["old"] and len(list(tmp_path.iterdir())) == 1


def test_what_the_killed_have_left_is_put_back_or_removed(tmp_path):
    left = [
        tmp_path / f".out.{GONE}.old",
        tmp_path / f".out.{GONE}.new",
        tmp_path / f".out.{os.getppid()}.new",
    ]
    others = [tmp_path / ".out.x.new", tmp_path / f".other.{GONE}.new"]
    for path in (*left, *others):
        path.mkdir()
    (left[0] / "kept").touch()
    with pytest.raises(ZeroDivisionError), replaced_directory(tmp_path / "out"):
        _ = 1 / 0
    assert (tmp_path / "out" / "kept").exists()
    assert sorted(tmp_path.iterdir()) == sorted([tmp_path / "out", left[2], *others])
