"""The report of a run: every figure equals an independent recount, and nothing in it can fail a run."""

import base64
import hashlib
import json
import re
from collections import Counter

import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sysgen_distilabel.checks.check_table import CHECKS
from sysgen_distilabel.errors import RunError
from sysgen_distilabel.functionalities import FUNCTIONALITIES
from sysgen_distilabel.measures.diversity import DiversityFigures
from sysgen_distilabel.measures.near_duplicates import Groups
from sysgen_distilabel.measures.words import split_pieces, split_words
from sysgen_distilabel.outcome import REASONS, Outcome
from sysgen_distilabel.recorded.store import Store
from sysgen_distilabel.report import write_report as write
from sysgen_distilabel.report.figures import paper_figures as paper
from sysgen_distilabel.report.figures.attrition import PHASES
from sysgen_distilabel.report.figures.cost import Prices
from sysgen_distilabel.report.figures.diff import diff_words
from sysgen_distilabel.report.figures.flow import draw_flow
from sysgen_distilabel.report.page.page_tables import format_duration, format_percent, list_facts
from sysgen_distilabel.report.page.plots import PLOTS, save_plots
from sysgen_distilabel.runs.run_directory import RunDirectory
from sysgen_distilabel.settings.run_config import RunConfig
from sysgen_distilabel.workflows.run import run
from tests.changed_runs import note_files
from tests.commands import read_dataset, sysgen, write_rows
from tests.outcomes import write_every_outcome

TEXTS = (
    "Ein kurzer Satz über 4711 Äpfel.",
    "水は百度で沸騰します。",
    "שלום עולם",
    "\U0001d49c <b>bold</b> & 'quoted'",
)

OF_JUDGES = {"judged_pairs", "win_rate_by_length"}


def configure(path, **settings):
    return RunConfig(**{"input": str(path), "llm": "simulated", **settings})


@pytest.fixture(scope="module")
def every(tmp_path_factory):
    """A run with every outcome; the one no reply can cause is put into its dataset."""
    place = tmp_path_factory.mktemp("every")
    rows = write_every_outcome(place / "rows.jsonl", TEXTS)
    finished = run(configure(rows, llm="tests.outcomes.OutcomeLLM"), place / "run").directory
    turn_into_task_error(finished.dataset / "rejected")
    note_files(finished.path)
    write.write_report(finished, Prices(2.0, 8.0, 36.0))
    return finished


def turn_into_task_error(subset):
    (file,) = subset.glob("*.parquet")
    table = pq.read_table(file)
    rows = table.to_pylist()
    next(row for row in rows if row["outcome"] == "engine_error")["outcome"] = "task_error"
    pq.write_table(type(table).from_pylist(rows, table.schema), file)


@pytest.fixture(scope="module")
def report(every):
    return every.read_report()


@pytest.fixture(scope="module")
def rows(every):
    return read_dataset(every.path)


@pytest.mark.slow
def test_the_attrition_is_what_a_recount_gives_for_every_outcome(report, rows):
    everything = rows["accepted"] + rows["rejected"]
    of_checks = {check.outcome for check in CHECKS.values()} | {Outcome.EVERY_PHRASE_DROPPED}
    of_no_run = {
        Outcome.NEAR_DUPLICATE,
        Outcome.BROKEN_CONSTRAINT,
        Outcome.MEDIA_INPUT,
        Outcome.UNANSWERED_INPUT,
        Outcome.HAS_SYSTEM_MESSAGE,
        Outcome.LOW_LIFT,
    }
    of_every_run = set(REASONS) - of_no_run - of_checks
    assert {row["outcome"] for row in rows["rejected"]} == {str(reason) for reason in of_every_run}
    left = len(everything)
    for stage, name in zip(report["attrition"], PHASES, strict=True):
        lost = Counter(row["outcome"] for row in everything if row["rejected_by"] == name)
        assert (stage["step"], stage["rows_in"], stage["rejected"]) == (name, left, dict(lost))
        left -= lost.total()
        assert stage["rows_out"] == left
    assert left == len(rows["accepted"]) == report["rows"]["accepted"]


def test_phrases_verdicts_and_combinations_are_what_a_recount_gives(report, rows):
    everything = rows["accepted"] + rows["rejected"]
    for functionality in map(str, FUNCTIONALITIES):
        found = [p for row in everything for p in row["phrases"] if p["functionality"] == functionality]
        verdicts = Counter(phrase["verdict"] for phrase in found)
        kept = [
            row
            for row in rows["accepted"]
            if (functionality, "Good") in {(p["functionality"], p["verdict"]) for p in row["phrases"]}
        ]
        tagged = [row for row in everything if functionality in {p["functionality"] for p in row["phrases"]}]
        assert report["functionalities"][functionality] == {
            "rows": len(tagged),
            "accepted_rows": len(kept),
            "phrases": len(found),
            "good": verdicts["Good"],
            "bad": verdicts["Bad"],
            "none": verdicts["None"],
            "unverified": verdicts[""],
        }
    assert report["rows_with_phrases"] == sum(bool(row["phrases"]) for row in everything)
    assert report["combinations"] == [{"functionalities": ["Role", "Style"], "rows": len(rows["accepted"])}]
    defects = Counter(defect.split("@")[0] for row in everything for defect in row["tag_defects"])
    assert report["tag_defects"] == dict(defects) and defects
    assert report["models"] == dict(Counter(row["model_name"] for row in everything))


def test_lengths_are_what_a_recount_gives(report, rows):
    def said(messages):
        return sum(len(message["content"]) for message in messages if message["role"] == "assistant")

    system = sorted(len(row["system_message"]) for row in rows["accepted"])
    lengths = report["lengths"]
    assert (lengths["system_message"]["least"], lengths["system_message"]["greatest"]) == (
        system[0],
        system[-1],
    )
    assert lengths["system_message"]["mean"] == pytest.approx(sum(system) / len(system), abs=0.001)
    for name, column in (("original_response", "messages"), ("aligned_response", "aligned_messages")):
        values = [said(row[column]) for row in rows["accepted"]]
        assert lengths[name]["mean"] == pytest.approx(sum(values) / len(values), abs=0.001)
        counts = lengths[name]["histogram"]["counts"]
        assert sum(counts) == sum(value <= lengths[name]["p99"] + 1e-9 for value in values)


def test_usage_throughput_and_cost_are_what_the_store_gives(every, report, rows):
    with Store.open_read(every.calls) as store:
        usage, records = store.usage(), list(store.records())
    accepted = len(rows["accepted"])
    prompt, completion = (
        sum(getattr(spent, name) for spent in usage.values())
        for name in ("prompt_tokens", "completion_tokens")
    )
    assert report["usage"] == {task: spent.as_dict() for task, spent in usage.items()}
    assert report["per_accepted_row"]["prompt_tokens"] == pytest.approx(prompt / accepted, abs=0.01)
    seconds = report["throughput"]["active_seconds"]
    assert seconds == pytest.approx(_count_seconds_at_work(records), abs=0.01)
    answers = report["throughput"]["over_time"]["answers"]
    assert {task: sum(counts) for task, counts in answers.items()} == Counter(r.task for r in records)
    cost = report["cost"]
    assert cost["total"] == pytest.approx(2e-6 * prompt + 8e-6 * completion + seconds * 36 / 3600, abs=1e-5)
    assert cost["per_accepted_row"] == pytest.approx(cost["total"] / accepted, rel=1e-3)


def _count_seconds_at_work(records):
    """From the first request to the last answer, less the times of over 5 s with nothing to answer."""
    spans = sorted((record.created - record.reply.latency, record.created) for record in records)
    (first, last), pauses = spans[0], 0.0
    for begin, end in spans:
        pauses += begin - last if begin > last + 5 else 0.0
        last = max(last, end)
    return last - first - pauses


@pytest.mark.slow
def test_prices_are_remembered_and_never_invented(every, report, tmp_path):
    write.write_report(every)
    assert every.read_report()["cost"]["prices"] == report["cost"]["prices"]
    plain = run(configure(write_rows(tmp_path / "a.jsonl", 3)), tmp_path / "run").directory
    assert plain.read_report()["cost"] is None


def test_the_page_is_one_file_that_runs_no_script_but_its_own(every):
    page = (every.path / "report.html").read_text(encoding="utf-8")
    assert not re.search(r"""(?:src|href)=["'](?!#)""", page) and "url(http" not in page
    (script,) = re.findall(r"<script>(.*?)</script>", page, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert f"script-src 'sha256-{digest}'" in page and "default-src 'none'" in page
    assert not re.search(r"<[^>]+\son\w+=", page)
    assert "<b>bold</b>" not in page and "&lt;b&gt;bold&lt;/b&gt;" in page
    assert all(text in page for text in TEXTS[:3])
    ids = re.findall(r'\sid="([^"]+)"', page)
    assert len(ids) == len(set(ids))


def test_a_page_that_cannot_be_made_does_not_fail_the_run(tmp_path, monkeypatch, caplog):
    def fail(*_):
        raise RuntimeError("no font")

    monkeypatch.setattr(write, "render_report_page", fail)
    result = run(configure(write_rows(tmp_path / "a.jsonl", 3)), tmp_path / "run")
    assert result.accounts.accepted == 3 and result.directory.is_finished()
    assert "no font" in caplog.text and not (tmp_path / "run" / "report.html").exists()


@pytest.mark.slow
@pytest.mark.parametrize("rate", [0.0, 1.0], ids=["nothing rejected", "nothing accepted"])
def test_a_run_with_one_kind_of_rows_has_a_report(tmp_path, rate):
    rows = write_rows(tmp_path / "a.jsonl", 4)
    finished = run(configure(rows, llm_args={"malformed_rate": rate}), tmp_path / "run").directory
    assert (finished.path / "report.html").exists()
    assert bool(finished.read_report()["lengths"]) == (rate == 0)


@pytest.mark.slow
def test_the_command_writes_page_and_plots(every, tmp_path):
    process = sysgen("report", every.path, "--gpu-hour", "2", "--plots", tmp_path / "plots")
    assert process.returncode == 0 and process.stdout.strip() == str(every.path / "report.html")
    assert {file.stem for file in (tmp_path / "plots").glob("*.png")} == set(PLOTS) - OF_JUDGES
    assert process.stderr.startswith("Cost: ")
    astray = sysgen("report", every.path, "--plots", every.dataset / "plots")
    assert astray.returncode == 2 and "in the dataset of the run" in astray.stderr
    assert not (every.dataset / "plots").exists()
    refused = sysgen("report", tmp_path)
    assert refused.returncode == 4 and "no finished run" in refused.stderr


@pytest.mark.slow
def test_plots_are_the_same_for_the_same_report(report, tmp_path):
    first, second = (save_plots(report, tmp_path / name, "svg") for name in ("a", "b"))
    assert [file.read_bytes() for file in first] == [file.read_bytes() for file in second]


def test_plots_that_cannot_be_written_are_told(report, tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(RunError, match=r"file cannot be written: File exists\."):
        save_plots(report, tmp_path / "file")


@pytest.mark.slow
def test_the_flow_is_to_scale(report):
    flow = draw_flow(report["attrition"])
    for level, below in zip(flow.levels, flow.levels[1:], strict=False):
        assert level.width == pytest.approx(below.width + sum(lost.width for lost in below.lost))
        assert below.top > level.top


def test_near_duplicates_are_found_and_others_are_not():
    base = "You are a patient tutor who explains every step of the calculation to a young pupil with care"
    texts = [
        base,
        base + " now",
        base,
        "Answer as a pirate would, in rhymes, and never longer than four lines.",
        "",
    ]
    groups = Groups()
    for text in texts:
        groups.add(text)
    assert groups.leaders() == [0, 0, 0, 3, 4]
    figures = DiversityFigures()
    for text in texts:
        figures.add(text)
    summary = figures.summarise()
    assert (summary["exact_duplicates"], summary["near_duplicates"]) == (1, 2)
    assert summary["largest_groups"][0]["rows"] == 3


@given(st.text(), st.text())
def test_a_diff_keeps_both_texts(old, new):
    before, after = diff_words(old, new)
    assert "".join(span.text for span in before) == old
    assert "".join(span.text for span in after) == new
    assert "".join(split_pieces(old)) == old


def test_a_diff_marks_what_changed():
    before, after = diff_words("The sky is blue and wide.", "The sky is deep blue and wide.")
    assert [span.text for span in after if span.changed] == ["deep "]
    assert not any(span.changed for span in before)
    assert not any(
        span.changed for side in diff_words("one two three", "quite another text") for span in side
    )


def test_words_of_every_script():
    assert split_words("Don't stop: 42!") == ["don", "t", "stop", "42"]
    assert split_words("水は沸騰") == list("水は沸騰")
    assert split_words("안녕 세상") == ["안녕", "세상"]


def test_the_figures_of_the_paper():
    assert str(paper.ACCEPTED) == "72.7 to 96.2"
    assert paper.BAD["Content"].greatest == 73.88 and paper.NONE["Tool"].least == 17.08
    assert str(paper.TAGGED["Tool"]) == "1.7 to 17.0"


def test_figures_are_written_for_people():
    assert [format_duration(s) for s in (0.31, 45, 130, 1200, 12_000)] == [
        "0.3 s", "45 s", "2 min 10 s", "20 min", "3 h 20 min",
    ]  # fmt: skip
    assert [format_percent(p) for p in (0, 0.01, 12.34, 100)] == ["0.0 %", "< 0.1 %", "12.3 %", "100 %"]


def test_a_name_of_a_model_steers_nothing(report):
    facts = dict(list_facts({**report, "models": ["evil\x1b[31m\nname"]}))
    assert facts["model"] == "evil\u241b[31m name"


def test_a_report_of_a_run_that_is_not_there(tmp_path):
    with pytest.raises(write.RunError, match="no finished run"):
        write.write_report(RunDirectory(tmp_path))


def test_a_forecast_that_cannot_be_read_is_named(every):
    file = every.path / "forecast.json"
    file.write_text("{")
    try:
        with pytest.raises(write.RunError, match=r"forecast\.json"):
            write.write_report(every)
    finally:
        file.unlink()
    assert json.loads(every.report_file.read_text())["forecast"] is None
