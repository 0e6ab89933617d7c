"""Refuses a Hub dataset whose card names files that are not its own: they would be fetched from here."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from sysgen_distilabel.errors import InputError

_ELSEWHERE: Final = re.compile(r"[a-z][a-z0-9+.-]*:|/|~|\\|.*(?:^|/)\.\.(?:/|$)", re.IGNORECASE)
"""An address, an absolute path, or one that leads out of the dataset."""


def refuse_foreign_files(repo: str, revision: str | None) -> None:
    """See that the files of a dataset are its own.

    `datasets` opens whatever the card names, on this machine and in its network: a file of the user's
    own, or a page that only this machine may see, would become rows.

    Args:
        repo: organisation and name.
        revision: branch, tag or commit.

    Raises:
        InputError: if the card names a file that is not.
    """
    for name in files_named(_read_metadata(repo, revision)):
        if _ELSEWHERE.match(name) and not name.startswith(f"hf://datasets/{repo}"):
            raise InputError(
                f"The card of {repo} names a file that is not in the dataset: {name}.",
                "Download what you need and give the file.",
            )


def files_named(metadata: Mapping[str, Any]) -> Iterator[str]:
    """Every file, pattern and directory that the metadata of a card tells `datasets` to read."""
    configs = metadata.get("configs")
    for config in configs if isinstance(configs, list) else ():
        if isinstance(config, Mapping):
            yield from _texts(config.get("data_files"))
            yield from _texts(config.get("data_dir"))


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value.strip()
    elif isinstance(value, Mapping):
        for key, item in value.items():
            if key != "split":
                yield from _texts(item)
    elif isinstance(value, list):
        for item in value:
            yield from _texts(item)


def _read_metadata(repo: str, revision: str | None) -> Mapping[str, Any]:
    from huggingface_hub import hf_hub_download
    from huggingface_hub.errors import EntryNotFoundError
    from huggingface_hub.repocard import metadata_load

    try:
        card = hf_hub_download(repo, "README.md", repo_type="dataset", revision=revision)
    except EntryNotFoundError:
        return {}
    return metadata_load(card) or {}
