"""Which Argilla is meant, and whose key goes where."""

import pytest

from sysgen_distilabel.errors import ConfigError
from sysgen_distilabel.review.accounts import prepare_accounts
from sysgen_distilabel.review.argilla_client import open_dataset
from sysgen_distilabel.review.review_target import Target, find_target, remember_target

REMOTE = "https://argilla.example"


@pytest.fixture(autouse=True)
def no_environment(monkeypatch):
    for name in ("ARGILLA_API_URL", "ARGILLA_API_KEY"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def data(tmp_path):
    prepare_accounts(tmp_path / "data", "http://localhost:1", "team", [])
    return tmp_path / "data"


def test_a_local_server_needs_no_settings(tmp_path, data):
    accounts, _ = prepare_accounts(data, "http://localhost:2", "team", [])
    target = find_target(tmp_path, "names", data=data)
    assert (target.api_url, target.workspace) == ("http://localhost:2", "team")
    assert target.api_key == accounts.owner.api_key and target.api_key not in repr(target)
    remember_target(tmp_path, target, data)
    prepare_accounts(data, "http://localhost:3", "team", [])
    again = find_target(tmp_path, data=data)
    assert (again.api_url, again.dataset) == ("http://localhost:3", "names"), "it listens elsewhere now"


def test_the_local_key_goes_nowhere_else(tmp_path, data, monkeypatch):
    with pytest.raises(ConfigError, match=f"No API key for {REMOTE}"):
        find_target(tmp_path, "names", "team", REMOTE, data)
    monkeypatch.setenv("ARGILLA_API_KEY", "mine")
    target = find_target(tmp_path, "names", "team", REMOTE, data)
    assert target.api_key == "mine"
    remember_target(tmp_path, target, data)
    assert find_target(tmp_path, data=data) == target
    assert "mine" not in (tmp_path / "argilla.json").read_text()


def test_missing_packages_are_named(monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None if name == "krippendorff" else name)
    with pytest.raises(ConfigError, match=r"Review needs .*: krippendorff\. Run: pip install"):
        open_dataset(Target(REMOTE, "team", "names", "mine"))


def test_what_is_missing_is_named(tmp_path, monkeypatch):
    nowhere = tmp_path / "nowhere"
    with pytest.raises(ConfigError, match="No Argilla is given"):
        find_target(tmp_path, data=nowhere)
    monkeypatch.setenv("ARGILLA_API_URL", REMOTE)
    monkeypatch.setenv("ARGILLA_API_KEY", "mine")
    with pytest.raises(ConfigError, match="No dataset is given"):
        find_target(tmp_path, data=nowhere)
    with pytest.raises(ConfigError, match="No workspace is given"):
        find_target(tmp_path, "names", data=nowhere)
    assert find_target(tmp_path, "names", "team", data=nowhere) == Target(REMOTE, "team", "names", "mine")
