"""Finds the Argilla to talk to, and says in one line what is wrong with it."""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from sysgen_distilabel.errors import ConfigError, ReviewError
from sysgen_distilabel.review.accounts import DEFAULT_DATA, read_accounts
from sysgen_distilabel.review.settings import build_settings, describe_differences

if TYPE_CHECKING:
    import argilla as rg

_REMEMBERED: Final = "argilla.json"
_START: Final = "Start one with `sysgen review serve`, or check --api-url."


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
        raise ConfigError("No Argilla is given.", f"{_START} ARGILLA_API_URL works too.")
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


def open_dataset(
    target: Target, min_submitted: int | None = None, notice: str = "", create: bool = True
) -> rg.Dataset:
    """The dataset, made if it is not there.

    Args:
        target: which one.
        min_submitted: how many people have to answer a record.
        notice: what has to be said of the data.
        create: whether to make it; otherwise it has to be there.

    Raises:
        ReviewError: if the server, the workspace or the dataset is not there, or the dataset is another one.
    """
    import argilla as rg

    with explained(target):
        client = rg.Argilla(api_url=target.api_url, api_key=target.api_key)
        workspace = next((one for one in client.workspaces if one.name == target.workspace), None)
        if workspace is None:
            names = ", ".join(sorted(one.name for one in client.workspaces)) or "none"
            raise ReviewError(
                f"There is no workspace '{target.workspace}' in the Argilla at {target.api_url}.",
                f"Name one with --workspace (there are: {names}) or let its owner create it.",
            )
        wanted = build_settings(min_submitted or 1, notice)
        dataset = next((one for one in workspace.datasets if one.name == target.dataset), None)
        if dataset is None and not create:
            raise ReviewError(
                f"There is no dataset '{target.dataset}' in the workspace '{target.workspace}'.",
                "Push the run first, or name another one with --dataset.",
            )
        if dataset is None:
            return rg.Dataset(target.dataset, workspace, wanted, client).create()
        dataset = client.datasets(target.dataset, workspace=workspace)
        _check_settings(dataset, wanted, min_submitted)
        return dataset


@contextmanager
def explained(target: Target) -> Iterator[None]:
    """Turn every error of the server and of the way to it into one line for people.

    Raises:
        ReviewError: instead of what was raised.
    """
    import httpx
    from argilla import _exceptions as errors

    logging.getLogger("argilla").setLevel(logging.CRITICAL)  # it logs what it raises
    where = f"the Argilla at {target.api_url}"
    try:
        yield
    except errors.ArgillaCredentialsError:
        raise ReviewError(
            f"{where[0].upper()}{where[1:]} does not know the API key.", "Check ARGILLA_API_KEY."
        ) from None
    except errors.ForbiddenError:
        raise ReviewError(
            f"The owner of this API key may not do that in {where}.", "Use the key of an owner or admin."
        ) from None
    except httpx.TimeoutException:
        raise ReviewError(
            f"{where[0].upper()}{where[1:]} does not answer in time.", "Try again later."
        ) from None
    except (httpx.TransportError, httpx.InvalidURL, httpx.UnsupportedProtocol):
        raise ReviewError(f"Nothing answers at {target.api_url}.", _START) from None
    except httpx.HTTPStatusError as error:
        raise ReviewError(f"{where[0].upper()}{where[1:]} refused: {refusal(error.response)}.") from None
    except (errors.ArgillaError, errors.ArgillaAPIError, ValueError) as error:
        reason = " ".join(str(error.args[0] if error.args else error).split())[:300]
        raise ReviewError(
            f"{where[0].upper()}{where[1:]} failed: {reason}", "Is this an Argilla 2 server?"
        ) from None


def refusal(response: Any) -> str:
    """Why the server refused a request, in one line."""
    try:
        detail = response.json()["detail"]
    except (ValueError, KeyError, TypeError):
        return f"status {response.status_code}"
    return " ".join(str(detail).split())[:300]


def _check_settings(dataset: rg.Dataset, wanted: rg.Settings, min_submitted: int | None) -> None:
    differences = describe_differences(dataset.settings, wanted)
    there = dataset.distribution.min_submitted
    if min_submitted not in (None, there):
        differences.append(f"--min-submitted {there} instead of {min_submitted}")
    if differences:
        shown = "; ".join(differences[:3]) + (" and more" if len(differences) > 3 else "")
        raise ReviewError(
            f"The dataset '{dataset.name}' is there with other settings: {shown}.",
            "Name another one with --dataset.",
        )


def _read_remembered(run: Path) -> dict[str, str]:
    try:
        noted: dict[str, str] = json.loads((run / _REMEMBERED).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return noted
