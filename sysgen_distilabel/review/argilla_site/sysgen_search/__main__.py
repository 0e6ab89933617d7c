"""Serves Argilla with its database as search engine: `python -m sysgen_search HOST PORT ACCOUNTS`.

One process migrates the database, creates the accounts that are missing and serves. Argilla is
configured by its own environment variables.
"""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path
from typing import Any

import uvicorn
from argilla_server.cli.database.migrate import migrate_db
from argilla_server.contexts import accounts
from argilla_server.database import AsyncSessionLocal, async_engine
from argilla_server.models import User, Workspace

import sysgen_search.engine  # noqa: F401  (registers the engine)


def main(host: str, port: int, accounts_file: Path) -> None:
    """Serve until told to stop.

    Args:
        host: address to listen at.
        port: port to listen at.
        accounts_file: JSON with the `workspaces` and the `users` that have to be there.
    """
    migrate_db("head")
    asyncio.run(create_accounts(json.loads(accounts_file.read_text(encoding="utf-8"))))
    uvicorn.run("argilla_server:app", host=host, port=port, access_log=False)


async def create_accounts(wanted: dict[str, Any]) -> None:
    """Create the workspaces and users that are not there yet; those that are stay as they are."""
    async with AsyncSessionLocal() as db:
        workspaces = [
            await Workspace.get_by(db, name=name) or await Workspace.create(db, name=name)
            for name in wanted["workspaces"]
        ]
        for user in wanted["users"]:
            if await accounts.get_user_by_username(db, user["username"]) is None:
                await User.create(
                    db,
                    first_name=user["username"],
                    username=user["username"],
                    role=user["role"],
                    api_key=user["api_key"],
                    password_hash=accounts.hash_password(user["password"]),
                    workspaces=workspaces,
                )
    await async_engine.dispose()  # its connections belong to the loop that ends here


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), Path(sys.argv[3]))
