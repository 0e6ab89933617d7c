"""Where on the Hub a dataset is to go."""

from __future__ import annotations

from dataclasses import dataclass

from sysgen_distilabel.errors import HubError


@dataclass(frozen=True, slots=True)
class Target:
    """A dataset repository and what is wanted of it.

    Attributes:
        repo_id: organisation or user, and name.
        revision: the branch, made if it is not there; None for the main one.
        create_pr: open a pull request instead of committing.
        private: the repository must be private.
    """

    repo_id: str
    revision: str | None = None
    create_pr: bool = False
    private: bool = False

    def check(self) -> None:
        """Refuse what the Hub would refuse.

        Raises:
            HubError: the repo id is none, or a pull request to a branch is wanted.
        """
        from huggingface_hub.errors import HFValidationError
        from huggingface_hub.utils._validators import validate_repo_id

        form = "Write ORG/NAME, of letters, digits, '-', '_' and '.'."
        if self.repo_id.count("/") != 1:
            raise HubError(f"'{self.repo_id}' is no repo id.", form)
        try:
            validate_repo_id(self.repo_id)
        except HFValidationError:
            raise HubError(f"'{self.repo_id}' is no repo id.", form) from None
        if self.create_pr and self.revision:
            raise HubError("A pull request goes to the main branch.", "Drop --revision or --create-pr.")

    @property
    def url(self) -> str:
        """The page of the dataset."""
        from huggingface_hub import constants

        return f"{constants.ENDPOINT}/datasets/{self.repo_id}"
