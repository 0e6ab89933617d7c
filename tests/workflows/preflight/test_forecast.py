"""A forecast from two small trials, held against the run it is a forecast of."""

import json
from io import StringIO
from random import Random

import numpy as np
import pytest
from rich.console import Console

from sysgen_distilabel.errors import InputError, RunError
from sysgen_distilabel.inputs import open_input
from sysgen_distilabel.report.figures.cost import Prices
from sysgen_distilabel.settings.run_config import TASKS, RunConfig
from sysgen_distilabel.workflows.preflight.forecast import forecast_run
from sysgen_distilabel.workflows.preflight.forecast_view import render_forecast
from sysgen_distilabel.workflows.preflight.forecasting import make_forecast
from sysgen_distilabel.workflows.preflight.survey import Survey
from sysgen_distilabel.workflows.preflight.trial import Sampler, Trial
from sysgen_distilabel.workflows.run import run
from tests.commands import sysgen, write_rows

EIGHT = RunConfig(input="x", llm="simulated", max_concurrency=8)
QUANTITIES = ("calls", "prompt_tokens", "completion_tokens")


def make_trial(sizes, seconds, engine_seconds, latency=1.0, in_flight=8):
    """A trial in which a row costs 100 tokens and 2 more per byte, and two rows of three are accepted."""
    number = len(sizes)
    sizes = np.array(sizes, dtype=float)
    per_row = {"calls": np.ones(number), "prompt_tokens": 100 + 2 * sizes, "completion_tokens": sizes}
    begins = np.arange(100) // in_flight * latency
    return Trial(
        seconds=seconds,
        engine_seconds=engine_seconds,
        host_seconds=0.01 * number,
        spent={(task, name): per_row[name] for task in TASKS for name in QUANTITIES},
        accepted=(np.arange(number) % 3 > 0).astype(float),
        sizes=sizes,
        latencies={task: np.stack([begins, begins + latency], axis=1) for task in TASKS},
    )


def survey_of(sizes, duplicates=0):
    survey = Survey()
    survey.rows, survey.duplicates = len(sizes), duplicates
    survey.bytes.extend(sizes)
    return survey


def test_tokens_follow_the_length_of_the_rows_not_of_the_sample():
    trials = make_trial([10, 20, 30], 5, 2), make_trial([15, 25, 35, 45], 6, 3)
    sizes = [100] * 50 + [300] * 50
    forecast = forecast_run(survey_of(sizes), trials, EIGHT, Prices())
    prompt = forecast["totals"]["prompt_tokens"]
    assert prompt["estimate"] == pytest.approx(3 * sum(100 + 2 * size for size in sizes))
    assert prompt["high"] == pytest.approx(prompt["low"]), "the rule is exact, so nothing is uncertain"
    assert forecast["totals"]["calls"]["estimate"] == 300
    assert forecast["totals"]["accepted_rows"]["low"] < 57 < forecast["totals"]["accepted_rows"]["high"]


def test_rows_are_foretold_within_those_that_there_are():
    trials = make_trial([50] * 4, 5, 2), make_trial([50] * 5, 6, 3)
    accepted = forecast_run(survey_of([50] * 10), trials, EIGHT, Prices())["totals"]["accepted_rows"]
    assert (accepted["low"], accepted["high"]) == (5, 6), "of 9 rows tried 5 are accepted, and 1 is left"


def test_what_was_tried_whole_is_exact():
    trials = make_trial([10, 20, 30], 5, 2), make_trial([15, 25, 35, 45], 7, 3)
    forecast = forecast_run(survey_of([10, 20, 30, 15, 25, 35, 45]), trials, EIGHT, Prices())
    totals = forecast["totals"]
    for name in ("accepted_rows", "calls", "prompt_tokens", "completion_tokens"):
        assert totals[name]["low"] == totals[name]["estimate"] == totals[name]["high"]
    assert totals["accepted_rows"]["estimate"] == 4
    console = Console(width=100, file=StringIO())
    console.print(render_forecast(forecast))
    shown = console.file.getvalue()
    assert shown.count("exact") == 4 and "From all 7 rows that can be read" in shown


def test_time_is_start_up_and_what_a_row_costs():
    trials = make_trial([50] * 10, 7, 4), make_trial([50] * 30, 15, 11)
    forecast = forecast_run(survey_of([50] * 1000), trials, EIGHT, Prices())
    assert forecast["startup_seconds"]["estimate"] == 3.5
    assert forecast["bound_by"] == "engine"
    answers = 3 * 1000 * 1.0 / 8
    drained = forecast["totals"]["seconds"]["estimate"] - 3.5 - answers
    assert 0 < drained < 4 * 1.0, "two batches and two phases more, none longer than an answer"
    assert forecast["tasks"][TASKS[0]]["seconds"]["estimate"] == pytest.approx(125)


def test_a_fast_engine_leaves_the_host_as_the_bottleneck():
    trials = make_trial([50] * 10, 3, 1, latency=1e-4), make_trial([50] * 30, 3, 1, latency=1e-4)
    forecast = forecast_run(survey_of([50] * 1000), trials, EIGHT, Prices())
    assert forecast["bound_by"] == "distilabel" and forecast["totals"]["seconds"]["estimate"] > 2


def test_rows_with_equal_prompts_are_asked_once():
    trials = make_trial([50] * 10, 3, 1), make_trial([50] * 30, 3, 1)
    forecast = forecast_run(survey_of([50] * 100, duplicates=40), trials, EIGHT, Prices())
    assert forecast["totals"]["calls"]["estimate"] == 180


def test_money_is_forecast_only_with_prices():
    trials = make_trial([50] * 10, 3, 1), make_trial([50] * 30, 3, 1)
    survey = survey_of([50] * 100)
    assert "cost" not in forecast_run(survey, trials, EIGHT, Prices())["totals"]
    priced = forecast_run(survey, trials, EIGHT, Prices(1.0, 2.0, 3600.0))["totals"]
    tokens = priced["prompt_tokens"]["estimate"] + 2 * priced["completion_tokens"]["estimate"]
    assert priced["cost"]["estimate"] == pytest.approx(1e-6 * tokens + priced["seconds"]["estimate"])


def test_the_sample_is_spread_over_the_input_and_the_same_each_time(tmp_path):
    path = write_rows(tmp_path / "rows.jsonl", 1000)
    chosen = []
    for _ in range(2):
        sampler = Sampler(100)
        sampler.watch(open_input(path)).scan()
        chosen.append([int(c.messages[0]["content"].split()[3]) for c, _ in sampler.chosen])
    assert chosen[0] == chosen[1] and len(set(chosen[0])) == 100
    assert 400 < sum(chosen[0]) / 100 < 600
    assert abs(sum(chosen[0][:25]) / 25 - 500) < 200, "also the smaller trial is spread"


def test_what_was_tried_is_not_asked_again_and_the_report_compares(tmp_path):
    source, output = write_rows(tmp_path / "rows.jsonl", 120), tmp_path / "run"
    process = sysgen(
        "forecast", source, "--llm", "simulated", "--sample", "40", "--price-in", "1", "-o", output
    )
    assert process.returncode == 0, process.stderr
    assert "From 40 of 120 rows" in " ".join(process.stdout.split())
    assert "Simulated. " in process.stdout
    result = run(RunConfig(input=str(source), llm="simulated"), output)
    report = result.directory.read_report()
    asked = report["usage"]["generate_system_message"]
    assert (asked["calls"], asked["cached"]) == (120, 40)
    compared = report["forecast"]["compared"]
    assert compared["calls"]["reality"] == sum(spent["calls"] for spent in report["usage"].values())
    assert compared["cost"]["reality"] == pytest.approx(1e-6 * compared["prompt_tokens"]["reality"])
    assert "Forecast and reality" in (output / "report.html").read_text(encoding="utf-8")
    with pytest.raises(RunError, match="There is a run"):
        make_forecast(RunConfig(input=str(source), llm="simulated"), 40, Prices(), output)


def test_too_few_rows_are_no_base_for_a_forecast(tmp_path):
    source = write_rows(tmp_path / "rows.jsonl", 5)
    with pytest.raises(InputError, match="5 rows to try"):
        make_forecast(RunConfig(input=str(source), llm="simulated"), 200, Prices())


@pytest.mark.slow
def test_a_forecast_from_200_rows_of_2000_holds(tmp_path):
    """Tokens within 5 %, rows within their range; the time it took is printed beside the one foretold."""
    source, random = tmp_path / "rows.jsonl", Random(1)
    vocabulary = [
        "".join(random.choices("abcdefghijklmnoprstuw", k=random.randint(4, 10))) for _ in range(5000)
    ]
    with source.open("w") as file:
        for _ in range(2000):
            question, answer = (
                " ".join(random.choices(vocabulary, k=random.randint(5, n))) for n in (60, 300)
            )
            file.write(json.dumps({"question": question, "answer": answer}) + "\n")
    settings = {"latency": 0.1, "latency_spread": 0.6, "malformed_rate": 0.1, "truncated_rate": 0.05}
    config = RunConfig(input=str(source), llm="simulated", llm_args=settings)
    totals = make_forecast(config, 200, Prices())["totals"]
    report = run(config, tmp_path / "run").directory.read_report()
    usage = report["usage"].values()
    print(f"foretold {totals['seconds']}, taken {report['seconds_of_last_session']} s")
    for name in ("prompt_tokens", "completion_tokens"):
        measured = sum(spent[name] for spent in usage)
        assert totals[name]["estimate"] == pytest.approx(measured, rel=0.05)
    assert totals["accepted_rows"]["low"] <= report["rows"]["accepted"] <= totals["accepted_rows"]["high"]
