"""A run directory: where a run keeps its settings, replies and results, and when it may be resumed."""

from __future__ import annotations

import errno
import fcntl
import json
import os
import shutil
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager, suppress
from functools import partial
from graphlib import TopologicalSorter
from pathlib import Path
from typing import Any, Final, Literal, Self

import yaml

from sysgen_distilabel.errors import RunError
from sysgen_distilabel.files import belongs_to_other, remove_if_alone, write_whole
from sysgen_distilabel.host.hide_secrets import without_secrets
from sysgen_distilabel.machine_limits import DISK_ERRORS
from sysgen_distilabel.old_paths import with_new_names
from sysgen_distilabel.runs.dataset_files import describe_files, find_damage
from sysgen_distilabel.runs.run_identity import (
    FINGERPRINT,
    Settings,
    dump_settings,
    find_differences,
    tell_kinds_apart,
)

_load_yaml: Final = partial(yaml.load, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
"""The one in C, where PyYAML has it: a pipeline takes the other half a second."""

Resume = Literal["never", "always", "if_possible"]
REVIEW: Final = "review"
"""The subset with what people answered; it stays when a run is made again."""


class RunDirectory:
    """The files of one run.

    Files are written beside their place and moved there, so that a reader never sees half of one.

    Attributes:
        path: the directory itself.
        config_file: the resolved settings, secrets hidden.
        provenance_file: versions, hashes of the prompts, fingerprint of the input.
        pipeline_file: the pipeline as distilabel writes it, without secrets.
        report_file: the counts; it is there exactly when the run is finished.
        retries_file: which rows are asked again, and how often they have been.
        corrections_file: what people corrected, applied whenever the run is made again.
        review_file: the figures of the last review.
        calls: the store with every reply.
        dataset: the results, one subdirectory of parquet files per subset.
        engine_log: what the engine says, if the run started one; several write `engine-0.log` and on.
        log: everything distilabel and the Steps log.
        evaluation: what was measured and judged of the results.
        digests: what each row of the input was when it was scanned.
        work: distilabel's working files, gone when the run is finished.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.config_file = path / "config.yaml"
        self.provenance_file = path / "provenance.json"
        self.pipeline_file = path / "pipeline.yaml"
        self.report_file = path / "report.json"
        self.retries_file = path / "retries.json"
        self.corrections_file = path / "corrections.json"
        self.review_file = path / "review.json"
        self.calls = path / "calls"
        self.dataset = path / "dataset"
        self.engine_log = path / "engine.log"
        self.log = path / "log"
        self.evaluation = path / "evaluation"
        self.work = path / ".work"
        self.digests = self.work / "input.digests"
        self._replaced = self.work / "replaced-dataset"

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Make the directory and keep every other run out of it; one that stays empty goes again.

        Raises:
            RunError: if it cannot be written, holds something else, or another run is using it.
        """
        lock_file, is_new = self.path / ".lock", not self.path.exists()
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            foreign = not self.exists() and any(entry.name != ".lock" for entry in self.path.iterdir())
            if foreign and not self._left_before_start():
                raise RunError(
                    f"The directory {self.path} holds files that are not of a run.",
                    "Name a new or an empty directory with --output.",
                )
            if belongs_to_other(self.path):  # who may have laid links in it for us to write through
                raise RunError(
                    f"The directory {self.path} belongs to another user.",
                    "Name one of your own with --output, or copy it.",
                )
            handle = os.fdopen(os.open(lock_file, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o666), "r+")
        except OSError as error:
            raise RunError(
                f"The output directory {self.path} cannot be written: {error.strerror}.",
                "Name another directory with --output.",
            ) from None
        with handle:
            try:
                # A POSIX lock belongs to this process alone: the workers forked off do not keep it alive.
                fcntl.lockf(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                handle.seek(0)
                raise RunError(
                    f"Another run (process {handle.read().strip() or 'unknown'}) is using {self.path}.",
                    "Wait for it to end or name another directory with --output.",
                ) from None
            handle.truncate(0)
            handle.write(str(os.getpid()))
            handle.flush()
            self._adopt_next()
            try:
                yield
            finally:
                if is_new:
                    remove_if_alone(lock_file)

    @contextmanager
    def explain_os_errors(self) -> Iterator[None]:
        """Turn a full or failing disk into a message for people; the replies so far are in the store."""
        try:
            yield
        except OSError as error:
            if error.errno not in (*DISK_ERRORS, errno.EACCES):
                raise
            raise RunError(
                f"{self.path} cannot be written: {os.strerror(error.errno)}.",
                "Make room or mend the disk, then start the same command again to resume.",
            ) from error

    def exists(self) -> bool:
        """Whether a run was started here."""
        return self.config_file.exists()

    def is_finished(self) -> bool:
        """Whether the run here has been completed, and its report is there to tell of it.

        A report that is torn tells nothing: the run is resumed, and makes it anew from the store.
        """
        with suppress(RunError):
            return bool(self.read_report()) and self.dataset.exists()
        return False

    def check(
        self, config: Settings, provenance: Mapping[str, Any], resume: Resume, *, extend: bool = False
    ) -> bool:
        """Make sure that the directory is free, or holds this very run.

        Args:
            config: the settings of the run to go on with.
            provenance: see `collect_provenance`.
            resume: what to do with a run that is there.
            extend: let the rows of the input, and how many of them are used, differ.

        Returns:
            Whether they do.

        Raises:
            RunError: if it holds another run, or not what `resume` asks for.
        """
        if not self.exists():
            if resume == "always":
                raise RunError(
                    f"There is no run to resume in {self.path}.", "Check --output or drop --resume."
                )
            return False
        if resume == "never":
            raise RunError(f"There is a run in {self.path} already.", "Name another directory with --output.")
        differences = self._differences(config, provenance)
        of_input = [text for name, text in differences if name in ("limit", FINGERPRINT)]
        others = [text for name, text in differences if name not in ("limit", FINGERPRINT)]
        if others or (of_input and not extend):
            hint = "Use the same settings to resume it, or name another directory with --output."
            if not others:
                hint = "Go on with the rows as they are now with --extend, or name another --output."
            raise RunError(
                f"The run in {self.path} was started with other settings: {'; '.join(others + of_input)}.",
                hint,
            )
        return bool(of_input)

    def start(
        self,
        config: Settings,
        provenance: Mapping[str, Any],
        pipeline: Mapping[str, Any] | None = None,
    ) -> None:
        """Write down which run this is; from now on the directory belongs to it.

        Args:
            config: its settings.
            provenance: see `collect_provenance`.
            pipeline: distilabel's dump of the pipeline, if it is one.
        """
        self._write_text(self.provenance_file, json.dumps(provenance, indent=2) + "\n")
        if pipeline:
            self._write_text(self.pipeline_file, _dump_yaml(without_secrets(pipeline)), private=True)
        self._write_text(self.config_file, _dump_yaml(dump_settings(config)), private=True)

    def require_finished(self, without: Collection[str] = (), contents: bool = True) -> Self:
        """The directory itself, if the run in it is complete and its dataset is what the report says.

        Args:
            without: subsets that need not be, as they are about to be made again.
            contents: read every file through to see that it has not changed; else look at its size.

        Raises:
            RunError: if it is not.
        """
        if not self.is_finished():
            raise RunError(f"There is no finished run in {self.path}.", "Run or resume it with `sysgen run`.")
        if damage := find_damage(self.dataset, self.read_report(), {REVIEW, *without}, contents):
            raise RunError(
                f"The dataset of the run in {self.path} is not what its report says: {damage}.",
                f"Restore it from a copy. Or delete {self.report_file} and start the same run again: it makes"
                " the dataset again from the replies that are kept.",
            )
        return self

    def read_report(self) -> dict[str, Any]:
        """The report of the finished run."""
        return self._read(self.report_file, json.loads)

    def read_config(self) -> dict[str, Any]:
        """The settings of the run, secrets hidden.

        Raises:
            RunError: if the file is missing or broken; so for the other readers.
        """
        return with_new_names(self._read(self.config_file, yaml.safe_load))

    def read_provenance(self) -> dict[str, Any]:
        """Versions, hashes of the prompts and fingerprint of the input, see `collect_provenance`."""
        return self._read(self.provenance_file, json.loads)

    def read_pipeline(self) -> dict[str, Any]:
        """The pipeline as distilabel writes it; empty if the work kept here is none."""
        return self._read(self.pipeline_file, _load_yaml) if self.pipeline_file.exists() else {}

    def step_names(self) -> list[str]:
        """The steps of the pipeline in the order in which rows pass them; none if it is not known."""
        pipeline = self.read_pipeline().get("pipeline", {})
        before: dict[str, list[str]] = {step["name"]: [] for step in pipeline.get("steps", ())}
        for connection in pipeline.get("connections", ()):
            for name in connection["to"]:
                before[name].append(connection["from"])
        return list(TopologicalSorter(before).static_order())

    def usage(self) -> dict[str, dict[str, int]]:
        """What each Task has asked of the engine, in all sessions."""
        from sysgen_distilabel.recorded.store import read_usage

        return read_usage(self.calls)

    def read_retries(self) -> dict[str, dict[str, int]]:
        """Task name to source id to the number of times the row has been asked again."""
        return self._read(self.retries_file, json.loads) if self.retries_file.exists() else {}

    def reopen(
        self,
        retries: Mapping[str, Mapping[str, int]] | None = None,
        corrections: Mapping[str, Any] | None = None,
    ) -> None:
        """Turn a finished run into one to go on with.

        The report goes before they are in their place: a finished run has applied what these files say. What
        is killed in between is completed by the next session.

        Args:
            retries: the rows to ask again, see `read_retries`.
            corrections: what to apply, see `ApplyCorrections`.
        """
        for path, value in ((self.retries_file, retries), (self.corrections_file, corrections)):
            if value is not None:
                self.write_json(_next(path), value)
        self.report_file.unlink(missing_ok=True)
        self._adopt_next()

    def _adopt_next(self) -> None:
        """Put what a session meant to go on with in its place, or forget it if it did not come so far."""
        for path in (self.retries_file, self.corrections_file):
            if _next(path).exists():
                if self.report_file.exists():
                    _next(path).unlink()
                else:
                    _next(path).replace(path)

    def write_json(self, path: Path, value: Any) -> None:
        """Write a file of the directory as a whole or not at all."""
        self._write_text(path, json.dumps(value) + "\n")

    def clear_work(self) -> None:
        """Remove what distilabel left of an earlier session; the replies are in the store.

        A dataset that was about to be replaced when the session was killed is put back.
        """
        if self._replaced.exists() and not self.dataset.exists():
            self._replaced.rename(self.dataset)
        if self.work.exists():
            shutil.rmtree(self.work)

    def keep_review(self, new_dataset: Path) -> None:
        """Take the subset with people's answers over into a dataset that is about to replace this one."""
        if (self.dataset / REVIEW).exists():
            shutil.copytree(self.dataset / REVIEW, new_dataset / REVIEW)

    def finish(self, new_dataset: Path, report: Mapping[str, Any]) -> None:
        """Put the dataset and then the report in place; from now on the run is finished."""
        report = {**report, "files": describe_files(new_dataset, {REVIEW})}
        if self.dataset.exists():
            self.dataset.rename(self._replaced)
        new_dataset.rename(self.dataset)
        self._write_text(self.report_file, json.dumps(report, indent=2) + "\n")
        self.clear_work()

    def add_subset(self, name: str, new_subset: Path, figures: Mapping[str, Any]) -> None:
        """Put a further subset into the dataset of a finished run, in place of one that is there.

        Args:
            name: of the subset.
            new_subset: its files, in a directory within `work`.
            figures: what to say of it in the report.
        """
        subset = self.dataset / name
        if subset.exists():
            subset.rename(self.work / "replaced-subset")
        new_subset.rename(subset)
        report = {**self.read_report(), **figures, "files": describe_files(self.dataset, {REVIEW})}
        self._write_text(self.report_file, json.dumps(report, indent=2) + "\n")
        self.clear_work()

    def _left_before_start(self) -> bool:
        """Whether a run was killed here before it had written its settings."""
        ours = {".lock", self.provenance_file.name, self.engine_log.name, self.log.name, self.work.name}
        ours |= {self.pipeline_file.name}
        ours |= {self.calls.name, "forecast.json"}  # a forecast comes before the run
        names = [entry.name for entry in self.path.iterdir()]
        return all(name in ours or name.endswith(".new") or name.startswith("engine-") for name in names)

    def _differences(self, config: Settings, provenance: Mapping[str, Any]) -> list[tuple[str, str]]:
        """The settings that differ, each with how."""
        old_config, old_provenance = self.read_config(), self.read_provenance()
        if kinds := tell_kinds_apart(old_config, config):
            raise RunError(
                f"{self.path} is the directory of {kinds[0]}, not of {kinds[1]}.",
                "Name another directory with --output.",
            )
        try:
            return find_differences(old_config, old_provenance, config, provenance)
        except (ValueError, KeyError, TypeError) as error:
            raise RunError(
                f"The files of the run in {self.path} are broken: {type(error).__name__}: {error}.",
                "Name another directory with --output.",
            ) from None

    def _read(self, path: Path, parse: Callable[[str], Any]) -> dict[str, Any]:
        hint = "Name another directory, or run it again."
        try:
            content = parse(path.read_text(encoding="utf-8"))
        except (OSError, ValueError, yaml.YAMLError) as error:
            reason = f"{type(error).__name__}: {' '.join(str(error).split())}"
            raise RunError(f"{path} cannot be read: {reason}.", hint) from None
        if not isinstance(content, dict):
            raise RunError(f"{path} is broken: it holds no values by name.", hint)
        return content

    def _write_text(self, path: Path, text: str, *, private: bool = False) -> None:
        with self.explain_os_errors():
            write_whole(path, text, private=private)


def _next(path: Path) -> Path:
    """Where a file waits until the report of the session before is gone."""
    return path.with_name(f"{path.name}.next")


def _dump_yaml(data: Any) -> str:
    return str(yaml.safe_dump(data, sort_keys=False, allow_unicode=True))
