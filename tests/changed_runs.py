"""Finished runs whose dataset a test has changed on purpose: their report has to say so."""

import json

from sysgen_distilabel.runs.dataset_files import describe_files
from sysgen_distilabel.runs.run_directory import REVIEW, RunDirectory


def note_files(path):
    """Make the report of a run name the files of its dataset as they are now."""
    report_file = RunDirectory(path).report_file
    report = json.loads(report_file.read_text())
    report["files"] = describe_files(RunDirectory(path).dataset, {REVIEW})
    report_file.write_text(json.dumps(report))
