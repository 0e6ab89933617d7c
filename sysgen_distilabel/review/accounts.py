"""The accounts of a local Argilla: made at random, kept in a file that only its owner can read."""

from __future__ import annotations

import json
import os
import re
import secrets
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Final

from sysgen_distilabel.errors import ConfigError, ReviewError

DEFAULT_DATA: Final = Path.home() / ".sysgen" / "argilla"
"""Where a local Argilla keeps everything."""

OWNER: Final = "owner"
_FILE: Final = "accounts.json"
_NAME: Final = re.compile(r"[a-z0-9][a-z0-9_-]*")


@dataclass(frozen=True, slots=True)
class User:
    """Somebody who can sign in.

    Attributes:
        username: the name to sign in with.
        role: `owner` or `annotator`.
        password: the password.
        api_key: the key for programs.
    """

    username: str
    role: str
    password: str = field(repr=False)
    api_key: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Accounts:
    """What a local server starts with.

    Attributes:
        api_url: where it listens.
        workspaces: the workspaces to have.
        users: who can sign in, the owner first.
        secret: signs the sessions of the page.
    """

    api_url: str
    workspaces: list[str]
    users: list[User]
    secret: str = field(repr=False)

    @property
    def owner(self) -> User:
        """The one who may do everything."""
        return self.users[0]


def read_accounts(data: Path) -> Accounts | None:
    """The accounts of the server in a directory, or `None` if there is none.

    Raises:
        ReviewError: if the file is broken or may not be read.
    """
    path = data / _FILE
    try:
        kept = json.loads(path.read_text(encoding="utf-8"))
        return Accounts(**{**kept, "users": [User(**user) for user in kept["users"]]})
    except FileNotFoundError:
        return None
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise ReviewError(
            f"{path} cannot be read: {type(error).__name__}.", "Restore it, or name another --data."
        ) from None


def prepare_accounts(
    data: Path, api_url: str, workspace: str, reviewers: Sequence[str]
) -> tuple[Accounts, list[User]]:
    """Complete the accounts of a server and keep them.

    Args:
        data: the directory of the server.
        api_url: where it will listen.
        workspace: a workspace to have.
        reviewers: names of annotators to have.

    Returns:
        The accounts, and the users among them that are new.

    Raises:
        ConfigError: if a name cannot be one.
    """
    for name in reviewers:
        if not _NAME.fullmatch(name):
            raise ConfigError(
                f"'{name}' is no name to sign in with.",
                "Use small letters, digits, '-' and '_', such as reviewer-1.",
            )
    accounts = read_accounts(data) or Accounts(api_url, [], [], secrets.token_urlsafe(32))
    known = {user.username for user in accounts.users}
    wanted = [(OWNER, "owner"), *((name, "annotator") for name in dict.fromkeys(reviewers))]
    new = [_make_user(name, role) for name, role in wanted if name not in known]
    accounts = replace(
        accounts,
        api_url=api_url,
        workspaces=list(dict.fromkeys([*accounts.workspaces, workspace])),
        users=[*accounts.users, *new],
    )
    _write(data / _FILE, accounts)
    return accounts, new


def accounts_file(data: Path) -> Path:
    """Where the accounts of a server are kept."""
    return data / _FILE


def _make_user(name: str, role: str) -> User:
    return User(name, role, secrets.token_urlsafe(12), secrets.token_urlsafe(32))


def _write(path: Path, accounts: Accounts) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f"{path.name}.new")
    partial.unlink(missing_ok=True)
    with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        json.dump(asdict(accounts), file, indent=2)
    partial.replace(path)
