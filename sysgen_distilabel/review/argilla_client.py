"""Opens the dataset in Argilla, and says in one line what is wrong with the server or the way to it."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from sysgen_distilabel.errors import ReviewError
from sysgen_distilabel.extras import is_installed, missing_extra
from sysgen_distilabel.review.argilla_settings import build_settings, describe_differences, put_in_front
from sysgen_distilabel.review.review_target import START, Target

if TYPE_CHECKING:
    import argilla as rg


def open_dataset(
    target: Target, min_submitted: int | None = None, notice: str = "", create: bool = True
) -> rg.Dataset:
    """The dataset, made if it is not there.

    Args:
        target: which one.
        min_submitted: how many people have to answer a record.
        notice: what has to be said of the data; a dataset that is there gets it too.
        create: whether to make it; otherwise it has to be there.

    Raises:
        ConfigError: if the packages for it are missing.
        ReviewError: if the server, the workspace or the dataset is not there, or the dataset is another one.
    """
    _check_packages()
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
        if dataset is not None and create:
            dataset = _drop_half_made(dataset)
        if dataset is None:
            return rg.Dataset(target.dataset, workspace, wanted, client).create()
        dataset = client.datasets(target.dataset, workspace=workspace)
        _check_settings(dataset, wanted, min_submitted)
        show_notice(dataset, notice)
        return dataset


def _drop_half_made(dataset: rg.Dataset) -> rg.Dataset | None:
    """Remove a dataset that is still a draft, as a push that was killed leaves it: it holds no record."""
    if dataset._model.status != "draft":
        return dataset
    dataset.delete()
    return None


def show_notice(dataset: rg.Dataset, notice: str) -> None:
    """Have the guidelines of a dataset say what has to be said of its data, if they do not.

    Args:
        dataset: the dataset.
        notice: what has to be said, or nothing.
    """
    there = dataset.settings.guidelines or ""
    guidelines = put_in_front(notice, there)
    if guidelines != there:
        url = f"/api/v1/datasets/{dataset.id}"
        dataset._client.http_client.patch(url, json={"guidelines": guidelines}).raise_for_status()
        dataset.settings.guidelines = guidelines


@contextmanager
def explained(target: Target) -> Iterator[None]:
    """Turn every error of the server and of the way to it into one line for people.

    Raises:
        ReviewError: instead of what was raised.
    """
    import httpx
    import pydantic
    from argilla import _exceptions as errors

    logging.getLogger("argilla").setLevel(logging.CRITICAL)  # it logs what it raises
    name = f"The Argilla at {target.api_url}"
    try:
        yield
    except errors.ArgillaCredentialsError:
        raise ReviewError(f"{name} does not know the API key.", "Check ARGILLA_API_KEY.") from None
    except errors.ForbiddenError:
        raise ReviewError(
            f"{name} does not let the owner of this key do that.", "Use the key of an owner or admin."
        ) from None
    except httpx.TimeoutException:
        raise ReviewError(f"{name} does not answer in time.", "Try again later.") from None
    except (httpx.TransportError, httpx.InvalidURL):
        raise ReviewError(f"Nothing answers at {target.api_url}.", START) from None
    except httpx.HTTPStatusError as error:
        raise ReviewError(f"{name} refused: {refusal(error.response)}.") from None
    except (errors.ArgillaError, json.JSONDecodeError, pydantic.ValidationError) as error:
        reason = " ".join(str(error.args[0] if error.args else error).split())[:300]
        raise ReviewError(f"{name} failed: {reason}", "Is this an Argilla 2 server?") from None


def refusal(response: Any) -> str:
    """Why the server refused a request, in one line."""
    try:
        detail = response.json()["detail"]
    except (ValueError, KeyError, TypeError):
        return f"status {response.status_code}"
    return " ".join(str(detail).split())[:300]


def _check_packages() -> None:
    for name in ("argilla", "krippendorff"):
        if not is_installed(name):
            raise missing_extra("Review", "argilla", name)


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
