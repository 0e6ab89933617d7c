"""Which dataset of which Argilla is meant: what is given, remembered, in the environment, or local."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from sysgen_distilabel.errors import ConfigError
from sysgen_distilabel.review.accounts import DEFAULT_DATA, read_accounts

START: Final = (
    "Start one with `sysgen review serve`, name the --data of one that has its own, or check --api-url."
)

_REMEMBERED: Final = "argilla.json"


@dataclass(frozen=True, slots=True)
class Target:
    """A dataset in an Argilla.

    Attributes:
        api_url: address of the server.
        workspace: the workspace.
        dataset: name of the dataset.
        api_key: key of the person on whose behalf it is used.
    """

    api_url: str
    workspace: str
    dataset: str
    api_key: str = field(repr=False)


def find_target(
    run: Path,
    dataset: str | None = None,
    workspace: str | None = None,
    api_url: str | None = None,
    data: Path = DEFAULT_DATA,
) -> Target:
    """Complete what is given by what the last push of the run used, the environment and a local server.

    The key comes from `ARGILLA_API_KEY`, else from the accounts of `sysgen review serve`.

    Args:
        run: the run directory.
        dataset: name of the dataset.
        workspace: the workspace.
        api_url: address of the server.
        data: the directory of a local server.

    Raises:
        ConfigError: if something is missing.
    """
    remembered = _read_remembered(run)
    local = read_accounts(data)
    url = (
        api_url or os.environ.get("ARGILLA_API_URL") or remembered.get("api_url") or (local and local.api_url)
    )
    if not url:
        raise ConfigError("No Argilla is given.", f"{START} ARGILLA_API_URL works too.")
    key = os.environ.get("ARGILLA_API_KEY")
    if local and url == local.api_url:
        key = key or local.owner.api_key
    if not key:
        raise ConfigError(f"No API key for {url} is given.", "Set ARGILLA_API_KEY.")
    dataset = dataset or remembered.get("dataset")
    if not dataset:
        raise ConfigError("No dataset is given.", "Name it with --dataset.")
    workspace = workspace or remembered.get("workspace") or (local.workspaces[0] if local else None)
    if not workspace:
        raise ConfigError("No workspace is given.", "Name it with --workspace.")
    return Target(url, workspace, dataset, key)


def remember_target(run: Path, target: Target, data: Path = DEFAULT_DATA) -> None:
    """Note in the run directory where its rows went, without the key.

    The address of a local server is left out, as it may listen at another port next time.
    """
    noted = {"workspace": target.workspace, "dataset": target.dataset}
    local = read_accounts(data)
    if local is None or local.api_url != target.api_url:
        noted["api_url"] = target.api_url
    (run / _REMEMBERED).write_text(json.dumps(noted, indent=2) + "\n", encoding="utf-8")


def _read_remembered(run: Path) -> dict[str, str]:
    try:
        noted: dict[str, str] = json.loads((run / _REMEMBERED).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return noted
