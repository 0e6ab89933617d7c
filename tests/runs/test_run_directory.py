"""The files of a run directory: what is torn in them is named, and never believed."""

import pytest

from sysgen_distilabel.errors import ConfigError, RunError
from sysgen_distilabel.evaluation.evaluation_directory import EvaluationDirectory
from sysgen_distilabel.runs.run_directory import RunDirectory
from sysgen_distilabel.settings.run_config import RunConfig

CONFIG = RunConfig(input="a.jsonl", llm="simulated")
PROVENANCE = {"input": {"location": "a.jsonl", "rows": 2, "fingerprint": "f"}, "prompts": {}}


@pytest.mark.parametrize(
    ("name", "torn", "message"),
    [
        ("config.yaml", "", r"config\.yaml is broken: it holds no values by name"),
        ("config.yaml", "[]", r"config\.yaml is broken: it holds no values by name"),
        ("config.yaml", "[", r"config\.yaml cannot be read: ParserError"),
        ("config.yaml", "\x00", r"config\.yaml cannot be read: ReaderError"),
        ("config.yaml", "input: x", "broken: ValueError: it names no engine"),
        ("provenance.json", "", r"provenance\.json cannot be read: JSONDecodeError"),
        ("provenance.json", "null", r"provenance\.json is broken: it holds no values by name"),
        ("provenance.json", "{}", "broken: KeyError"),
    ],
)
def test_a_torn_file_of_a_run_is_named(tmp_path, name, torn, message):
    run = RunDirectory(tmp_path)
    run.start(CONFIG, PROVENANCE)
    assert not run.check(CONFIG, PROVENANCE, "if_possible")
    (tmp_path / name).write_text(torn)
    with pytest.raises(RunError, match=message):
        run.check(CONFIG, PROVENANCE, "if_possible")


def test_the_directory_of_other_work_is_called_what_it_is(tmp_path):
    run, evaluation = RunDirectory(tmp_path / "run"), EvaluationDirectory(tmp_path / "evaluation")
    settings = {"benchmark": "ifeval", "limit": None}
    for directory, config in ((run, CONFIG), (evaluation, settings)):
        with directory.locked():
            directory.start(config, PROVENANCE)
    with pytest.raises(RunError, match=r"/run is the directory of a run, not of an evaluation\. Name"):
        EvaluationDirectory(run.path).check(settings, PROVENANCE, "if_possible")
    with pytest.raises(RunError, match="/evaluation is the directory of an evaluation, not of a run"):
        RunDirectory(evaluation.path).check(CONFIG, PROVENANCE, "if_possible")


def test_work_that_ends_before_it_begins_leaves_no_directory(tmp_path):
    made, given, used = (tmp_path / name for name in ("made", "given", "used"))
    given.mkdir()
    for path in (made, given, used):
        with pytest.raises(ConfigError), RunDirectory(path).locked():
            if path == used:
                (path / "log").write_text("why")
            raise ConfigError("A package is missing.")
    assert not made.exists() and given.exists() and (used / "log").read_text() == "why"


@pytest.mark.parametrize("torn", ["", "[]", "null", "{", "{}"])
def test_a_torn_report_is_no_finished_run(tmp_path, torn):
    run = RunDirectory(tmp_path)
    run.dataset.mkdir()
    run.report_file.write_text(torn)
    assert not run.is_finished()
