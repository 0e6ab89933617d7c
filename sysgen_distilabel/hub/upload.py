"""Brings a repository to the state wanted in one commit, however often that has to be tried."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from sysgen_distilabel.errors import Interrupted
from sysgen_distilabel.hub.hub_target import Target
from sysgen_distilabel.hub.remote import (
    PULL_REQUEST_TITLE,
    Changes,
    Remote,
    check_remote,
    compare,
    find_pull_request,
    read_remote,
)
from sysgen_distilabel.hub.retry_requests import NOTHING_YET, attempt

if TYPE_CHECKING:
    from huggingface_hub import HfApi

_FILES_AT_A_TIME: Final = 20
_UNFINISHED: Final = "Nothing of it shows on the Hub yet; push again to go on where this stopped."


@dataclass(frozen=True, slots=True)
class Published:
    """What a push came to.

    Attributes:
        url: the page of the dataset, or of the pull request.
        commit: the commit that holds it.
        changed: whether that is a new one.
    """

    url: str
    commit: str
    changed: bool


class Upload:
    """One push of files to a target.

    Args:
        api: the client.
        target: where they go.
        user: whose token it is; None if nothing is to be uploaded.
        lay_out: gives the local files by path, for a repository as it is now.
        say: tells the user what goes on.
    """

    def __init__(
        self,
        api: HfApi,
        target: Target,
        user: str | None,
        lay_out: Callable[[Remote], Mapping[str, Path]],
        say: Callable[[str], None],
    ) -> None:
        self._api = api
        self._target = target
        self._user = user
        self._pull_request: str | None = None
        self._lay_out = lay_out
        self._say = say
        self._aftermath = NOTHING_YET
        self._sent = False

    @property
    def _revision(self) -> str | None:
        return self._pull_request or self._target.revision

    def plan(self) -> tuple[Remote, Changes]:
        """The repository as it is, and what would change in it."""
        return attempt(self._plan, self._target, self._say)

    def run(self) -> Published:
        """Make the repository hold the files.

        One commit changes all or nothing, from the commit that was looked at; if another one came
        in between, or the answer to it was lost, the repository is looked at again first.

        Raises:
            HubError: the Hub refuses, or a fault does not pass; it says what is on the Hub now.
            Interrupted: the user stopped it.
        """
        try:
            return attempt(self._publish, self._target, self._say, lambda: self._aftermath, patient=True)
        except KeyboardInterrupt:
            raise Interrupted(f"Stopped. {self._aftermath}") from None

    def _plan(self) -> tuple[Remote, Changes]:
        if self._user and self._target.create_pr:  # one that is open is added to
            self._pull_request = find_pull_request(self._api, self._target, self._user)
        remote = read_remote(self._api, self._target, self._revision)
        check_remote(remote, self._target)
        return remote, compare(self._lay_out(remote), remote)

    def _publish(self) -> Published:
        remote, changes = self._plan()
        if not changes:  # also if an earlier attempt did it and its answer was lost
            return Published(self._page, remote.head or "", changed=self._sent)
        if self._make_room(remote):
            remote, changes = self._plan()
        deleted = f", deleting {len(changes.delete)}" if changes.delete else ""
        self._say(f"Uploading {len(changes.add)} files, {changes.size / 1e6:,.1f} MB{deleted}.")
        return self._commit(remote, changes)

    def _make_room(self, remote: Remote) -> bool:
        """Create the repository and the branch if they are not there."""
        if not remote.exists:
            self._api.create_repo(
                self._target.repo_id, repo_type="dataset", private=self._target.private, exist_ok=True
            )
            self._aftermath = f"The dataset {self._target.repo_id} was created and is empty. {_UNFINISHED}"
        if self._target.revision and not (remote.exists and remote.has_revision):
            self._api.create_branch(
                self._target.repo_id, branch=self._target.revision, repo_type="dataset", exist_ok=True
            )
        return not (remote.exists and remote.has_revision)

    def _commit(self, remote: Remote, changes: Changes) -> Published:
        from huggingface_hub import CommitOperationAdd, CommitOperationDelete

        opens_pull_request = self._target.create_pr and self._pull_request is None
        place: dict[str, Any] = {
            "repo_id": self._target.repo_id,
            "repo_type": "dataset",
            "revision": self._revision,
            "create_pr": opens_pull_request,
        }
        additions = [CommitOperationAdd(path, str(file)) for path, file in changes.add.items()]
        for start in range(0, len(additions), _FILES_AT_A_TIME):
            self._api.preupload_lfs_files(additions=additions[start : start + _FILES_AT_A_TIME], **place)
            if self._aftermath == NOTHING_YET:
                self._aftermath = _UNFINISHED
        self._sent = True
        done = self._api.create_commit(
            operations=[*additions, *(CommitOperationDelete(path) for path in changes.delete)],
            commit_message=PULL_REQUEST_TITLE,
            parent_commit=remote.head,
            **place,
        )
        return Published(done.pr_url or self._page, done.oid, changed=True)

    @property
    def _page(self) -> str:
        if self._pull_request:
            return f"{self._target.url}/discussions/{self._pull_request.rpartition('/')[2]}"
        return self._target.url
