"""`sysgen evaluate responses` over a real run: measured, judged, resumed, and shown."""

import json
import shutil

import pyarrow.parquet as pq
import pytest

from sysgen_distilabel.errors import ConfigError, RunError
from sysgen_distilabel.evaluation import evaluate_responses as responses
from sysgen_distilabel.evaluation.evaluate_responses import ResponseSettings, evaluate_responses, sample_rows
from sysgen_distilabel.recorded.store import Store
from sysgen_distilabel.report.figures.response_figures import read_response_figures, summarise_responses
from sysgen_distilabel.report.page.response_tables import tabulate_responses
from sysgen_distilabel.report.write_report import write_report
from sysgen_distilabel.runs.run_directory import RunDirectory
from sysgen_distilabel.settings.run_config import RunConfig
from sysgen_distilabel.workflows.run import run
from tests.changed_runs import note_files
from tests.commands import sysgen, write_rows
from tests.judged_rows import finished_row, pair_judgement

ROWS = 12


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    place = tmp_path_factory.mktemp("finished")
    config = RunConfig(input=str(write_rows(place / "rows.jsonl", ROWS)), llm="simulated")
    return run(config, place / "run").directory


def judge(**fields):
    return RunConfig(input="x", llm="simulated", llm_args=fields)


@pytest.mark.slow
def test_the_report_exposes_a_judge_that_takes_the_first(finished):
    settings = ResponseSettings(judge=judge(judge_bias="first"), sample=8)
    figures = evaluate_responses(finished, settings)
    for question in ("request", "system_message"):
        found = figures["pairs"][question]
        assert found["judged"] == found["verdicts"]["tie"] == 8
        assert found["flip_rate"]["mean"] == found["first_chosen"]["mean"] == 1.0
    assert set(figures["metrics"]) == {"rouge1", "rouge2", "rougeL", "gleu", "length_ratio"}
    assert figures["metrics"]["rouge1"]["number"] == figures["rows"] == 8
    accepted = finished.read_report()["rows"]["accepted"]
    assert figures["sample_of"] == accepted and "Overall" in figures["alignment"]["aligned"]
    assert figures["simulation_notice"] and figures["judges"] == ["simulated"]
    assert finished.read_report()["responses"] == figures
    page = (finished.path / "report.html").read_text(encoding="utf-8")
    assert "chooses the response shown first in 100 % of its verdicts" in page
    assert "contradicts itself in 100 % of pairs" in page and "A simulated engine judged by rules" in page


@pytest.mark.slow
def test_a_second_evaluation_pays_for_nothing_it_knows(finished):
    settings = ResponseSettings(judge=judge(), sample=5)
    first = evaluate_responses(finished, settings)["pairs"]["request"]
    calls = sum(usage.calls for usage in Store.open_read(finished.evaluation / "calls").usage().values())
    again = evaluate_responses(finished, ResponseSettings(judge=judge(), sample=6))
    assert first["judged"] == 5 and again["rows"] == 6
    after = sum(usage.calls for usage in Store.open_read(finished.evaluation / "calls").usage().values())
    assert calls < after <= calls + 5


@pytest.mark.slow
def test_an_evaluation_goes_on_where_it_was_stopped(finished, monkeypatch):
    settings = ResponseSettings(judge=judge(seed=7), sample=6, questions=["request"])

    def stop(*_, **__):
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(responses, "read_usage", stop)
        with pytest.raises(KeyboardInterrupt):
            evaluate_responses(finished, settings)
    calls = Store.open_read(finished.evaluation / "calls").usage()["judge_pair"].calls
    assert evaluate_responses(finished, settings)["pairs"]["request"]["judged"] == 6
    assert Store.open_read(finished.evaluation / "calls").usage()["judge_pair"].calls == calls


@pytest.mark.slow
def test_unreadable_verdicts_are_counted_and_the_page_is_written_all_the_same(finished):
    figures = evaluate_responses(finished, ResponseSettings(judge=judge(malformed_rate=1.0), sample=4))
    assert figures["pairs"]["request"]["unreadable"] == {"unreadable_verdict": 4}
    assert figures["pairs"]["request"]["win_rate"]["mean"] is None
    assert figures["alignment"]["aligned"]["Overall"]["unreadable"] == {"unreadable_verdict": 4}
    assert 'id="responses"' in (finished.path / "report.html").read_text(encoding="utf-8")


def test_the_sample_is_the_same_whatever_the_order_of_the_rows(tmp_path):
    import pyarrow as pa

    rows = [{"source_id": f"row-{n}"} for n in range(50)]
    for name, order in (("a", rows), ("b", rows[::-1])):
        (tmp_path / name).mkdir()
        pq.write_table(pa.Table.from_pylist(order), tmp_path / name / "rows.parquet")
    chosen = [{row["source_id"] for row in sample_rows(tmp_path / name, 10)} for name in ("a", "b")]
    assert chosen[0] == chosen[1] and len(chosen[0]) == 10
    assert len(sample_rows(tmp_path / "a", 60)) == 50


def test_figures_of_rows_are_means_over_rows_of_means_over_turns():
    def turn(number, rouge1, ratio=1.0):
        names = ("rouge2", "rougeL", "gleu")
        models = {"embedding_similarity": None, "bertscore": None}
        return {
            "turn": number,
            "rouge1": rouge1,
            **dict.fromkeys(names, 0.5),
            "length_ratio": ratio,
            **models,
        }

    rows = [
        finished_row(response_metrics=[turn(1, 0.2, 2.0), turn(2, 0.4, None)]),
        finished_row(
            response_metrics=[turn(1, 0.9, 4.0)], pair_judgements=[pair_judgement("aligned", "aligned")]
        ),
        finished_row(response_metrics=[]),
    ]
    figures = summarise_responses(iter(rows))
    assert figures["metrics"]["rouge1"]["mean"] == pytest.approx((0.3 + 0.9) / 2)
    assert figures["metrics"]["length_ratio"]["mean"] == figures["median_length_ratio"] == 3.0
    assert "bertscore" not in figures["metrics"] and figures["rows"] == 3
    table = {row[0]: row[1:] for row in tabulate_responses(figures)["metrics"]}
    assert table["ROUGE-1"][0] == "60.0" and table["ROUGE-1"][2:] == ["33.3", "44.9", "51.9"]
    assert table["length ratio"][0] == table["length ratio, median"][0] == "3.00"


@pytest.mark.slow
def test_columns_in_the_dataset_itself_get_into_the_report(finished, tmp_path):
    copy = RunDirectory(tmp_path / "copy")
    shutil.copytree(finished.path, copy.path)
    evaluate_responses(copy, ResponseSettings())
    (measured,) = (copy.evaluation / "accepted").glob("*.parquet")
    for file in (copy.dataset / "accepted").glob("*.parquet"):
        file.unlink()
    shutil.move(measured, copy.dataset / "accepted" / "rows.parquet")
    shutil.rmtree(copy.evaluation)
    note_files(copy.path)
    write_report(copy)
    assert copy.read_report()["responses"]["metrics"]["rougeL"]["number"] > 0
    assert read_response_figures(finished.dataset) == {}


@pytest.mark.slow
def test_what_cannot_be_evaluated_is_said(finished, tmp_path):
    with pytest.raises(RunError, match="no finished run"):
        evaluate_responses(RunDirectory(tmp_path / "none"), ResponseSettings())
    done = sysgen("evaluate", "responses", finished.path, "--question", "who")
    assert done.returncode == 2 and "There is no question 'who'" in done.stderr
    done = sysgen("evaluate", "responses", finished.path, "--judge-engine-arg", "dtype=float16")
    assert done.returncode == 2 and "--judge-engine-arg is given, and no judge" in done.stderr
    with pytest.raises(ConfigError, match=r"bert-score does not know|missing"):
        evaluate_responses(finished, ResponseSettings(bertscore_model="no/such"))


@pytest.mark.slow
def test_the_command_shows_the_figures(finished):
    done = sysgen(
        "evaluate", "responses", finished.path, "--sample", "5", "--judge-llm", "simulated",
        "--judge-llm-arg", "judge_bias=longer", "--question", "paper",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "ROUGE-L" in done.stdout
    assert "Asked the paper's question, the judge chooses the longer response" in " ".join(
        done.stdout.split()
    )
    figures = json.loads((finished.evaluation / "responses.json").read_text(encoding="utf-8"))
    assert list(figures["pairs"]) == ["paper"] and figures["alignment"] == {}
