"""Reader of datasets on the Hugging Face Hub, streamed from one commit."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any, Final
from urllib.parse import parse_qsl, unquote, urlencode

from sysgen_distilabel.errors import InputError
from sysgen_distilabel.inputs.hf_dataset import read_dataset
from sysgen_distilabel.inputs.hub_card import refuse_foreign_files
from sysgen_distilabel.inputs.raw_rows import Rows

_NAME: Final = r"[\w-][\w.-]*/[\w-][\w.-]*"
_ADDRESS: Final = re.compile(rf"hf://datasets/(?P<repo>{_NAME})(@(?P<revision>[^?]+))?(\?(?P<query>.*))?")
_COMMIT: Final = re.compile(r"[0-9a-f]{40}")
_FORM: Final = "Write hf://datasets/ORG/NAME[@REVISION][?config=CONFIG&split=SPLIT]."


@dataclass(frozen=True, slots=True)
class HubDataset:
    """One split of a dataset on the Hub.

    Attributes:
        repo: organisation and name.
        revision: branch, tag or commit; None for the main branch.
        config: the configuration; None where there is only one.
        split: the split; None for `train`, or the only one there is.
    """

    repo: str
    revision: str | None = None
    config: str | None = None
    split: str | None = None

    @classmethod
    def parse(cls, text: str) -> HubDataset | None:
        """The dataset meant by an `hf://` address or by a bare `ORG/NAME`; None if it looks like neither.

        Raises:
            InputError: it is an `hf://` address, but a wrong one.
        """
        if not text.startswith("hf://"):
            return cls(text) if re.fullmatch(_NAME, text) else None
        match = _ADDRESS.fullmatch(text)
        options = dict(parse_qsl(match["query"] or "")) if match else {}
        if match is None or options.keys() - {"config", "split"}:
            raise InputError(f"{text} is no address of a dataset on the Hub.", _FORM)
        revision = unquote(match["revision"]) if match["revision"] else None
        return cls(match["repo"], revision, **options)

    @property
    def location(self) -> str:
        """The address, which `parse` reads back."""
        options = {"config": self.config, "split": self.split}
        query = urlencode({name: value for name, value in options.items() if value})
        revision = f"@{self.revision}" if self.revision else ""
        return f"hf://datasets/{self.repo}{revision}" + (f"?{query}" if query else "")

    def pin(self) -> HubDataset:
        """The same dataset at the commit its revision stands for now.

        Raises:
            InputError: it does not exist or cannot be reached.
        """
        from huggingface_hub import HfApi

        if self.revision and _COMMIT.fullmatch(self.revision):
            return self
        with self._explain_errors():
            return replace(self, revision=HfApi().dataset_info(self.repo, revision=self.revision).sha)

    def read(self) -> Rows:
        """The rows, fetched while they are read.

        Raises:
            InputError: they cannot be fetched, or there is more than one split to choose from.
        """
        import datasets

        with self._explain_errors():
            refuse_foreign_files(self.repo, self.revision)
            data = datasets.load_dataset(
                self.repo, self.config, split=self.split, revision=self.revision, streaming=True
            )
            yield from read_dataset(self._choose_split(data) if isinstance(data, dict) else data)

    def _choose_split(self, splits: dict[str, Any]) -> Any:
        if len(splits) == 1:
            return next(iter(splits.values()))
        if "train" in splits:
            return splits["train"]
        raise InputError(
            f"{self.location} has several splits.", f"Add ?split= with one of {', '.join(splits)}."
        )

    @contextmanager
    def _explain_errors(self) -> Iterator[None]:
        try:
            yield
        except InputError:
            raise
        except Exception as error:  # network stacks and file formats each have exceptions of their own
            problem, hint = self._explain(error)
            raise InputError(f"{self.location}: {problem}.", hint) from error

    def _explain(self, error: Exception) -> tuple[str, str]:
        from datasets.exceptions import DatasetNotFoundError
        from huggingface_hub import constants, errors

        text = " ".join(str(error).split()).rstrip(".") or type(error).__name__
        if isinstance(error, errors.GatedRepoError) or "gated dataset" in text:
            page = f"{constants.ENDPOINT}/datasets/{self.repo}"
            return (
                "access to this dataset is gated",
                f"Ask for access on {page} and log in with `hf auth login`.",
            )
        if isinstance(error, errors.RevisionNotFoundError):
            return f"there is no revision {self.revision}", "Check the part after the @."
        if isinstance(error, errors.RepositoryNotFoundError | DatasetNotFoundError):
            return (
                "there is neither a file nor a Hub dataset of this name",
                "Check the name; for a private dataset log in with `hf auth login`.",
            )
        if isinstance(error, errors.HfHubHTTPError) and error.response.status_code == 401:
            hint = "Log in with `hf auth login`, or set HF_TOKEN to another one."
            return "the Hub does not accept the token", hint
        if isinstance(error, errors.OfflineModeIsEnabled):
            return (
                "the Hub is switched off",
                "Unset HF_HUB_OFFLINE, or download the dataset and give its file.",
            )
        if type(error).__name__ in ("ConnectError", "ConnectTimeout", "ReadTimeout", "ConnectionError"):
            return f"{constants.ENDPOINT} cannot be reached", "Check the network, or give a local file."
        return self._explain_choice(text)

    def _explain_choice(self, text: str) -> tuple[str, str]:
        """What `datasets` says, where it is about a configuration or a split that is missing or wrong."""
        names = text.rpartition("[")[2].partition("]")[0]
        if "Config name is missing" in text:
            names = text.partition("configs: [")[2].partition("]")[0]
            return "it has several configurations", f"Add ?config= with one of {names}."
        if "BuilderConfig" in text and "not found" in text:
            return f"it has no configuration {self.config}", f"Use ?config= with one of {names}."
        if "Bad split" in text or "Unknown split" in text:
            return f"it has no split {self.split}", f"Use ?split= with one of {names}."
        return text, ""
