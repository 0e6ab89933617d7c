"""`sysgen review serve` as a user runs it: accounts, one place for everything, and nothing left behind."""

import signal
import socket
import stat
import subprocess
from pathlib import Path
from urllib.parse import unquote, urlsplit

import httpx
import psutil
import pytest

from sysgen_distilabel.errors import ConfigError, ReviewError
from sysgen_distilabel.review.accounts import prepare_accounts, read_accounts
from sysgen_distilabel.review.environment import prepare_environment
from sysgen_distilabel.review.redis import redis
from sysgen_distilabel.review.serve_argilla import _locked, local_argilla
from tests.commands import ROOT, SYSGEN, sysgen
from tests.patience import PATIENCE
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
    key = {"X-Argilla-Api-Key": owner.api_key}
    me = httpx.get(f"{accounts.api_url}/api/v1/me", headers=key, timeout=PATIENCE).json()
    assert (me["username"], me["role"]) == ("owner", "owner")
    assert stat.S_IMODE((data / "accounts.json").stat().st_mode) == 0o600
    assert (data / "argilla.db").exists()
    second = sysgen(*arguments)
    assert second.returncode == 8 and "is running on" in second.stderr and "Traceback" not in second.stderr

    started = group_of(process)
    assert len(started) >= 3
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert are_gone(started)


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
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ReviewError, match="apt-get install redis-server"), redis(tmp_path):
        pass
    with redis(tmp_path, "redis://elsewhere:1/0") as url:
        assert url == "redis://elsewhere:1/0"


@pytest.mark.parametrize("name", ["data", "d" * 120])
def test_redis_listens_where_only_its_owner_can_go(tmp_path, name):
    data = tmp_path / name
    data.mkdir()
    with redis(data) as url:
        path = Path(unquote(urlsplit(url).path))
        assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
        with socket.socket(socket.AF_UNIX) as connection:
            connection.connect(str(path))
            connection.sendall(b"CONFIG GET port\r\n")
            assert b"\r\n0\r\n" in connection.recv(100)
    assert not path.parent.exists()


@pytest.mark.slow
def test_nobody_else_gets_in(argilla):
    data = argilla.log.parent
    open_files = [path for path in data.rglob("*") if stat.S_IMODE(path.lstat().st_mode) & 0o077]
    assert stat.S_IMODE(data.stat().st_mode) == 0o700
    assert [path for path in open_files if not path.is_symlink() and "tmp" not in path.parts] == []
    listening = [
        (connection.laddr.ip, connection.laddr.port)
        for process in psutil.Process(argilla.process.pid).children(recursive=True)
        for connection in process.net_connections("inet")
        if connection.status == psutil.CONN_LISTEN
    ]
    assert ("127.0.0.1", int(argilla.url.rpartition(":")[2])) in listening
    assert not [place for place in listening if place[0] not in ("127.0.0.1", "::1")]
    asked = {"Origin": "https://elsewhere.test", "Access-Control-Request-Method": "GET"}
    answer = httpx.options(f"{argilla.url}/api/v1/me", headers=asked, timeout=PATIENCE)
    assert "access-control-allow-origin" not in answer.headers


def test_a_directory_that_others_can_use_is_mended_or_refused(tmp_path, monkeypatch):
    data = tmp_path / "data"
    data.mkdir()
    data.chmod(0o777)
    (data / "argilla.db").touch(mode=0o644)
    with _locked(data):
        assert stat.S_IMODE(data.stat().st_mode) == 0o700
        assert stat.S_IMODE((data / "argilla.db").stat().st_mode) == 0o600
    tmp_path.chmod(0o777)
    with pytest.raises(ReviewError, match="Every user can replace"), _locked(data):
        pass
    tmp_path.chmod(0o700)
    monkeypatch.setattr("os.geteuid", lambda: data.stat().st_uid + 1)
    with pytest.raises(ReviewError, match="belongs to another user"), _locked(data):
        pass


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
