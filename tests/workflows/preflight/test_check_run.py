"""`sysgen check`: what would go wrong is said before anything is spent."""

import json
import sys

from sysgen_distilabel.inputs import open_input
from sysgen_distilabel.settings.run_config import TASKS, RunConfig
from sysgen_distilabel.workflows.preflight.check_run import (
    check_context,
    check_disk,
    check_engine,
    check_extras,
    check_rows,
)
from sysgen_distilabel.workflows.preflight.probe_engine import Probe, probe_engine
from sysgen_distilabel.workflows.preflight.survey import Survey
from tests.commands import EXAMPLES, sysgen, write_rows
from tests.endpoint_server import EndpointServer

MIXED = EXAMPLES / "mixed.jsonl"
OUTCOME_LLM = "tests.outcomes.OutcomeLLM"


def survey_of(path, **scan):
    survey = Survey()
    survey.watch(open_input(path)).scan(**scan)
    return survey


def test_a_survey_counts_what_a_scan_reads_and_changes_nothing():
    survey = Survey()
    watched = survey.watch(open_input(MIXED)).scan()
    assert watched == open_input(MIXED).scan()
    assert (survey.rows, survey.rows - survey.bad) == (watched.rows, watched.readable_rows)
    assert f"{survey.bad_rows[0].place}: {survey.bad_rows[0].problem}" == watched.first_bad_row
    assert survey.turns.total() == len(survey.characters) == watched.readable_rows
    assert survey_of(MIXED, limit=7).rows == 7


def test_duplicates_and_bad_rows_are_warnings_and_only_bad_rows_a_problem(tmp_path):
    path = tmp_path / "rows.jsonl"
    path.write_text('{"question": "q", "answer": "a"}\n' * 3 + '{"question": "", "answer": "a"}\n')
    levels = {finding.level: finding.text for finding in check_rows(survey_of(path))}
    assert "2 rows repeat the conversation of another row (66.7 %)" in levels["warning"]
    path.write_text('{"question": "", "answer": "a"}\n')
    assert check_rows(survey_of(path))[0].level == "problem"


def test_rows_that_cannot_fit_the_context_are_counted(tmp_path):
    path = write_rows(tmp_path / "rows.jsonl", 3)
    with path.open("a") as file:
        file.write(json.dumps({"question": "long " * 4000, "answer": "a"}) + "\n")
    survey = survey_of(path)
    assert check_context(survey, None) == []
    (finding,) = check_context(survey, 4096)
    assert finding.level == "warning" and "About 1 row is too long" in finding.text
    assert check_context(survey, 32_000)[0].level == "fine"
    assert check_context(survey, 1500)[0].level == "problem"


def test_a_disk_that_is_too_small_is_a_problem(tmp_path, monkeypatch):
    survey = survey_of(write_rows(tmp_path / "rows.jsonl", 3))
    assert check_disk(survey, tmp_path / "not" / "yet")[0].level == "fine"
    monkeypatch.setattr("shutil.disk_usage", lambda path: type("Usage", (), {"free": 10}))
    assert check_disk(survey, tmp_path)[0].level == "problem"


def test_an_engine_is_asked_with_and_without_a_system_message():
    probe = probe_engine(RunConfig(input="x", llm="simulated"))
    assert (probe.model, probe.problem, probe.system_role_problem) == ("simulated", "", "")
    refusing = probe_engine(RunConfig(input="x", llm="simulated", llm_args={"permanent_error_rate": 1.0}))
    assert "simulated permanent error" in refusing.problem
    assert check_engine(refusing)[0].level == "problem"


def test_a_setting_whose_extra_is_not_installed_is_a_problem(monkeypatch):
    config = RunConfig(input="x", llm="simulated", constraints="mark", measure_responses=True)
    assert check_extras(config) == []
    monkeypatch.setitem(sys.modules, "lm_eval", None)
    (finding,) = check_extras(config)
    assert (finding.level, finding.hint) == ("problem", 'Run: pip install "sysgen-distilabel[verifiers]"')
    assert "`constraints`" in finding.text and "lm_eval" in finding.text
    assert check_extras(config.model_copy(update={"constraints": "off"})) == []


def test_a_missing_key_is_named_by_its_variable(monkeypatch):
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    llm = {"llm": "distilabel.models.OpenAILLM", "llm_args": {"model": "m"}}
    (finding,) = check_engine(probe_engine(RunConfig(input="x", **llm)))
    said = ("OpenAILLM needs an API key, and has none.", "Set OPENAI_API_KEY.")
    assert (finding.text, finding.hint) == said


def test_a_model_without_a_system_role_is_a_problem():
    findings = check_engine(Probe(model="m", system_role_problem="bad_request: System role not supported"))
    assert [finding.level for finding in findings] == ["fine", "problem"]


def test_the_command_says_what_it_found(tmp_path):
    process = sysgen("check", MIXED, "--llm", "simulated")
    assert process.returncode == 0, process.stderr
    for expected in ("languages", "turns", "5 of 60 rows hold no conversation", "as simulated."):
        assert expected in " ".join(process.stdout.split())
    failing = sysgen("check", MIXED, "--llm", "simulated", "--llm-arg", "permanent_error_rate=1")
    assert failing.returncode == 1 and "does not answer" in failing.stdout


def test_a_run_checks_first_unless_told_not_to(tmp_path):
    path = tmp_path / "rows.jsonl"
    path.write_text('{"question": "q", "answer": "a"}\n' * 3)
    process = sysgen("run", path, "-o", tmp_path / "run", "--llm", "simulated")
    assert process.returncode == 0 and "repeat the conversation" in process.stderr
    skipped = sysgen("run", path, "-o", tmp_path / "other", "--llm", "simulated", "--skip-checks")
    assert "repeat the conversation" not in skipped.stderr


def test_a_parameter_that_the_engine_refuses_is_a_problem():
    refuses = {"temperature": "Only the default temperature is supported."}
    with EndpointServer(owned_by="somebody", has_tokens=False, refuses=refuses) as server:
        config = RunConfig(input="x", model="m", base_url=server.base_url)
        problems = [
            finding.text for finding in check_engine(probe_engine(config)) if finding.level == "problem"
        ]
        assert len(problems) == 1 and "Only the default temperature" in problems[0]
        assert "{generate_system_message: {temperature: null}}" in problems[0]
        unset = {name: {"temperature": None} for name in TASKS}
        mended = config.model_copy(update={"generation_kwargs": unset})
        assert all(finding.level == "fine" for finding in check_engine(probe_engine(mended)))
