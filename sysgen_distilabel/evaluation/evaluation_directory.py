"""The directory of an evaluation: laid out and resumed like that of a run, and never taken for one."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from sysgen_distilabel.runs.run_directory import RunDirectory

REPORT: Final = "evaluation.json"
"""Name of the file with the figures; it is there exactly when the evaluation is finished."""


class EvaluationDirectory(RunDirectory):
    """The files of one evaluation; see `RunDirectory`.

    Attributes:
        report_file: the figures.
        dataset: the rows with answers and judgements.
    """

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.report_file = path / REPORT
        self.dataset = path / "rows"
