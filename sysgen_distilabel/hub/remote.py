"""What is in a dataset repository now, and what has to change in it."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from sysgen_distilabel.errors import HubError
from sysgen_distilabel.hub.bundle import CARD
from sysgen_distilabel.hub.hub_target import Target
from sysgen_distilabel.hub.merge_cards import is_ours
from sysgen_distilabel.report.card.card_facts import SUBSET_MEANINGS
from sysgen_distilabel.report.page.plots import PLOTS

if TYPE_CHECKING:
    from huggingface_hub import HfApi

PULL_REQUEST_TITLE: Final = "Publish the dataset with sysgen-distilabel"

_OUR_FILES: Final = re.compile(
    rf"(?:{'|'.join(SUBSET_MEANINGS)})/train-\d{{5}}-of-\d{{5}}\.parquet|plots/(?:{'|'.join(PLOTS)})\.png"
    r"|report\.(?:json|html)|config\.yaml|pipeline\.yaml|provenance\.json"
)
"""What a push writes, and so may delete when it is no longer part of what is published."""

_NOT_DATA: Final = frozenset({CARD, ".gitattributes"})


@dataclass(frozen=True, slots=True)
class Remote:
    """A repository at one commit.

    Attributes:
        exists: whether there is such a repository.
        has_revision: whether the branch that is wanted is there.
        private: whether only some may see it.
        head: the commit; None if the repository does not exist.
        files: the digest of each file, as `digest` makes it.
        large: the files that are kept in LFS.
        card: the text of its card; empty if there is none.
    """

    exists: bool = False
    has_revision: bool = True
    private: bool = False
    head: str | None = None
    files: Mapping[str, str] = field(default_factory=dict)
    large: frozenset[str] = frozenset()
    card: str = ""

    @property
    def is_taken(self) -> bool:
        """Whether somebody's other dataset is there, which must not be overwritten."""
        return bool(self.files.keys() - _NOT_DATA) and not is_ours(self.card)


@dataclass(frozen=True, slots=True)
class Changes:
    """What a commit has to do.

    Attributes:
        add: local files that are new or different, by their path in the repository.
        delete: files that an earlier push left and that are no longer published.
    """

    add: Mapping[str, Path]
    delete: tuple[str, ...]

    def __bool__(self) -> bool:
        return bool(self.add or self.delete)

    @property
    def size(self) -> int:
        """The bytes of the files to add."""
        return sum(file.stat().st_size for file in self.add.values())


def read_remote(api: HfApi, target: Target, revision: str | None) -> Remote:
    """Look at the repository.

    Args:
        api: the client.
        target: the repository.
        revision: a branch or a reference such as `refs/pr/1`; None for the main branch.
    """
    from huggingface_hub.errors import GatedRepoError, RepositoryNotFoundError, RevisionNotFoundError

    has_revision = True
    try:
        info = api.dataset_info(target.repo_id, revision=revision, files_metadata=True)
    except GatedRepoError:
        raise
    except RevisionNotFoundError:
        has_revision = False
        info = api.dataset_info(target.repo_id, files_metadata=True)
    except RepositoryNotFoundError:
        return Remote()
    siblings = {sibling.rfilename: sibling for sibling in info.siblings or ()}
    return Remote(
        exists=True,
        has_revision=has_revision,
        private=bool(info.private),
        head=info.sha,
        files={path: (s.lfs.sha256 if s.lfs else s.blob_id) or "" for path, s in siblings.items()},
        large=frozenset(path for path, s in siblings.items() if s.lfs),
        card=_read_card(api, target, info.sha) if CARD in siblings else "",
    )


def check_remote(remote: Remote, target: Target) -> None:
    """Refuse to overwrite another dataset, or to publish openly what is to be private.

    Raises:
        HubError: it would.
    """
    if remote.is_taken and not target.create_pr:
        raise HubError(
            f"{target.repo_id} is taken: it holds a dataset that `sysgen push` did not write.",
            "Choose another name, or propose the change with --create-pr.",
        )
    if target.private and remote.exists and not remote.private:
        raise HubError(
            f"{target.repo_id} exists and is public, so --private cannot hold.",
            "Make it private in its settings on the Hub, or choose another name.",
        )


def find_pull_request(api: HfApi, target: Target, user: str) -> str | None:
    """The reference of an open pull request of this user's that an earlier push has opened."""
    from huggingface_hub.errors import RepositoryNotFoundError

    try:
        for found in api.get_repo_discussions(
            target.repo_id, repo_type="dataset", author=user, discussion_type="pull_request"
        ):
            if found.status in ("open", "draft") and found.title == PULL_REQUEST_TITLE:
                return f"refs/pr/{found.num}"
    except RepositoryNotFoundError:
        pass
    return None


def compare(files: Mapping[str, Path], remote: Remote) -> Changes:
    """What makes the repository hold these files, and nothing else that a push had written."""
    add = {
        path: file
        for path, file in files.items()
        if path not in remote.files or digest(file, path in remote.large) != remote.files[path]
    }
    stale = [path for path in remote.files if path not in files and _OUR_FILES.fullmatch(path)]
    return Changes(add, tuple(sorted(stale)) if is_ours(remote.card) else ())


def digest(file: Path, large: bool) -> str:
    """The digest by which the Hub knows a file: SHA-256 in LFS, else git's of a blob."""
    if large:
        with file.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    start = b"blob %d\0" % file.stat().st_size
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, lambda: hashlib.sha1(start, usedforsecurity=False)).hexdigest()


def _read_card(api: HfApi, target: Target, commit: str | None) -> str:
    path: Any = api.hf_hub_download(target.repo_id, CARD, repo_type="dataset", revision=commit)
    return Path(path).read_text(encoding="utf-8")
