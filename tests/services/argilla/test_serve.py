"""`sysgen review serve` as a user runs it: accounts, one place for everything, and nothing left behind."""

import signal
import socket
import stat
import subprocess

import httpx
import pytest

from sysgen_distilabel.errors import ConfigError, ReviewError
from sysgen_distilabel.review.accounts import prepare_accounts, read_accounts
from sysgen_distilabel.review.environment import prepare_environment
from sysgen_distilabel.review.redis import redis
from sysgen_distilabel.review.serve_argilla import local_argilla
from tests.commands import ROOT, SYSGEN, sysgen
from tests.processes import are_gone, group_of
from tests.services.argilla.conftest import ENVIRONMENT

pytestmark = pytest.mark.xdist_group("argilla")


@pytest.mark.slow
def test_it_starts_tells_the_accounts_once_and_dies_with_its_parent(tmp_path):
    data = tmp_path / "data"
    arguments = [
        "review",
        "serve",
        "--data",
        data,
        "--port",
        "0",
        "--environment",
        ENVIRONMENT,
        "--reviewer",
        "first",
    ]
    process = subprocess.Popen([SYSGEN, *map(str, arguments)], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    lines = []
    while not lines or not lines[-1].startswith("Argilla is at "):
        lines.append(process.stdout.readline())
        assert lines[-1], "it ended"
    accounts = read_accounts(data)
    owner, first = accounts.users
    assert f"New: owner (owner), password {owner.password}, API key {owner.api_key}\n" in lines
    assert any(line.startswith(f"New: first (annotator), password {first.password}") for line in lines)
    me = httpx.get(f"{accounts.api_url}/api/v1/me", headers={"X-Argilla-Api-Key": owner.api_key}).json()
    assert (me["username"], me["role"]) == ("owner", "owner")
    assert stat.S_IMODE((data / "accounts.json").stat().st_mode) == 0o600
    assert (data / "argilla.db").exists()
    second = sysgen(*arguments)
    assert second.returncode == 8 and "is running on" in second.stderr and "Traceback" not in second.stderr

    started = group_of(process)
    assert len(started) >= 3
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert are_gone(started, seconds=40)


def test_accounts_are_kept_and_completed(tmp_path):
    first, new = prepare_accounts(tmp_path, "http://localhost:1", "review", ["first"])
    assert [user.username for user in new] == ["owner", "first"] and len(first.owner.password) >= 16
    second, new = prepare_accounts(tmp_path, "http://localhost:2", "more", ["first", "second", "second"])
    assert [user.username for user in new] == ["second"]
    assert second.users[:2] == first.users and second.secret == first.secret
    assert second.workspaces == ["review", "more"] and read_accounts(tmp_path) == second
    assert first.owner.password not in repr(second) and second.secret not in repr(second)
    with pytest.raises(ConfigError, match="'Ada Byron' is no name"):
        prepare_accounts(tmp_path, "http://localhost:2", "review", ["Ada Byron"])
    (tmp_path / "accounts.json").write_text("{")
    with pytest.raises(ReviewError, match=r"accounts\.json cannot be read"):
        read_accounts(tmp_path)


def test_without_redis_it_says_how_to_get_one(tmp_path, monkeypatch):
    monkeypatch.setattr("sysgen_distilabel.review.redis._USUAL", ("127.0.0.1", 9))
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ReviewError, match="apt-get install redis-server"), redis(tmp_path / "log"):
        pass
    with redis(tmp_path / "log", "redis://elsewhere:1/0") as url:
        assert url == "redis://elsewhere:1/0"


@pytest.mark.slow
def test_a_failed_installation_is_one_line_and_is_tried_again(tmp_path, monkeypatch):
    lock = tmp_path / "lock"
    lock.write_text("no-such-package-of-ours==1 --hash=none\n")
    monkeypatch.setattr("sysgen_distilabel.review.environment.find", lambda name: lock)
    said = []
    with pytest.raises(ReviewError, match=r"could not be installed: .+") as caught:
        prepare_environment(tmp_path / "venv", said.append)
    assert "\n" not in caught.value.message and len(said) == 1
    assert not (tmp_path / "venv" / ".sysgen").exists()


def test_a_port_that_is_taken_is_one_line(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with (
            pytest.raises(ConfigError, match=f"cannot listen at 127.0.0.1, port {port}"),
            local_argilla(tmp_path, port=port, environment=ENVIRONMENT),
        ):
            pass
    assert not (tmp_path / "accounts.json").exists()
