"""Evaluations end to end on small data in the published schemas, with the simulated engine."""

import http.server
import threading

import openpyxl
import pytest

from sysgen_distilabel.errors import ConfigError, InputError, RunError
from sysgen_distilabel.evaluation.benchmarks import sources
from sysgen_distilabel.evaluation.benchmarks.multifacet import read_subsets
from sysgen_distilabel.evaluation.benchmarks.registry import BENCHMARKS
from sysgen_distilabel.evaluation.benchmarks.released import score_released
from sysgen_distilabel.evaluation.evaluation_settings import EvaluationSettings
from sysgen_distilabel.evaluation.results.collect import from_evaluation
from sysgen_distilabel.evaluation.results.evaluation_view import describe_rows
from sysgen_distilabel.evaluation.run_benchmark import evaluate, read_rows
from sysgen_distilabel.recorded.store import read_usage
from sysgen_distilabel.tasks.benchmark_item import read_item
from tests import benchmark_data
from tests.commands import engine_server, sysgen

SIMULATED = {"llm": "simulated"}
NAMES = {
    "multifacet": "m.json",
    "sysbench": "s.json",
    "s-ifeval": "i.jsonl",
    "heldout": "h.jsonl",
    "iheval": "ih",
    "advanced-if": "a.jsonl",
}
JUDGED = ("multifacet", "sysbench", "advanced-if")


def settings(benchmark, data, judge=None, answer=None, **others):
    judging = (judge or SIMULATED) if benchmark in JUDGED else None
    return EvaluationSettings(
        benchmark=benchmark, data=str(data), answering=answer or SIMULATED, judging=judging, **others
    )


def write(benchmark, folder):
    return getattr(benchmark_data, benchmark.replace("-", "_"))(folder / NAMES[benchmark])


@pytest.mark.slow
@pytest.mark.parametrize("benchmark", NAMES)
def test_every_benchmark_runs_and_accounts_for_every_row(tmp_path, benchmark):
    report = evaluate(settings(benchmark, write(benchmark, tmp_path), runs=2), tmp_path / "out")
    rows = report["rows"]
    good = rows["read"] - rows["malformed"]
    assert rows["malformed"] and rows["malformed_examples"] and good
    assert rows["asked"] == rows["answered"] == 2 * good == len(read_rows(tmp_path / "out" / "rows"))
    assert report["simulated"] and report["model"] == "simulated"
    assert report["judge"] == ("simulated" if benchmark in JUDGED else "")
    again = evaluate(settings(benchmark, tmp_path / NAMES[benchmark], runs=2), tmp_path / "out")
    assert again == report


@pytest.mark.slow
def test_an_evaluation_resumes_from_what_was_answered(tmp_path):
    data, out = benchmark_data.sysbench(tmp_path / "s.json"), tmp_path / "out"
    first = evaluate(settings("sysbench", data), out)
    (out / "evaluation.json").unlink()
    second = evaluate(settings("sysbench", data), out)
    assert second["figures"] == first["figures"]
    for task in ("answer", "judge"):
        assert second["usage"][task]["calls"] == first["usage"][task]["calls"]
        assert second["usage"][task]["cached"] > 0
    with pytest.raises(RunError, match="history was 'own', is 'reference'"):
        evaluate(settings("sysbench", data, history="reference"), out)
    with pytest.raises(RunError, match="rows of the input have changed"):
        evaluate(settings("sysbench", benchmark_data.sysbench(tmp_path / "t.json", 2)), out)


@pytest.mark.slow
def test_unreadable_verdicts_and_refused_requests_are_counted_and_never_scored(tmp_path):
    data = benchmark_data.multifacet(tmp_path / "m.json", 8)
    silent = {"llm": "simulated", "llm_args": {"malformed_rate": 1.0}}
    refusing = {"llm": "simulated", "llm_args": {"permanent_error_rate": 0.5}}
    report = evaluate(settings("multifacet", data, judge=silent, answer=refusing), tmp_path / "out")
    answered, rejected = report["rows"]["answered"], report["rows"]["rejected"]
    assert answered + rejected["engine_error"] == 8 and 0 < answered < 8
    assert report["figures"]["unreadable"] == report["figures"]["rubrics"] == 4 * answered
    assert report["figures"]["overall"]["mean"] is None


WORDING = """
import nothing_that_is_installed
ABS_SYSTEM_PROMPT = "You grade."
ABS_USER_PROMPT_TEMPLATE = "{instruction} {response} {reference_answer} {score_rubric} Feedback:"
"""


@pytest.mark.slow
def test_the_judge_can_be_asked_in_the_wording_of_the_owners(tmp_path):
    (tmp_path / "prompts.py").write_text(WORDING)
    data = benchmark_data.multifacet(tmp_path / "m.json", 2)
    wording = {"judge_prompt": str(tmp_path / "prompts.py")}
    report = evaluate(settings("multifacet", data, **wording), tmp_path / "out")
    assert report["rows"]["answered"] == 2 and report["figures"]["rubrics"] == 8
    assert not any("wording" in caution for caution in report["cautions"])
    assert any("wording" in caution for caution in BENCHMARKS["multifacet"].cautions)
    with pytest.raises(RunError, match="judge_prompt was"):
        evaluate(settings("multifacet", data), tmp_path / "out")


def test_a_file_without_the_wording_is_refused(tmp_path):
    (tmp_path / "prompts.py").write_text("ABS_SYSTEM_PROMPT = 'You grade.'\n")
    data = benchmark_data.multifacet(tmp_path / "m.json", 2)
    wrong = settings("multifacet", data, judge_prompt=str(tmp_path / "prompts.py"))
    with pytest.raises(ConfigError, match="does not hold the judge's prompt"):
        evaluate(wrong, tmp_path / "out")


def test_a_judge_has_to_be_chosen(tmp_path):
    data = benchmark_data.multifacet(tmp_path / "m.json")
    alone = EvaluationSettings(benchmark="multifacet", data=str(data), answering=SIMULATED)
    with pytest.raises(ConfigError, match="needs a judge"):
        evaluate(alone, tmp_path / "out")


def test_data_of_another_schema_is_refused_with_an_example(tmp_path):
    data = benchmark_data.write_json_lines(tmp_path / "x.jsonl", [{"question": "?"}])
    with pytest.raises(InputError, match="line 1: 'messages' is missing"):
        evaluate(settings("s-ifeval", data), tmp_path / "out")
    with pytest.raises(InputError, match="no task of IHEval"):
        evaluate(settings("iheval", tmp_path), tmp_path / "out")


def released_turn(session, round_index, verdicts, dependent=True, alignment="align"):
    lines = "\n".join(f"{n}. 内容约束 | {verdict}" for n, verdict in enumerate(verdicts, start=1))
    return [session, "教育", dependent, alignment, round_index, lines]


def test_released_outputs_of_sysbench_are_scored_as_published(tmp_path):
    book = openpyxl.Workbook()
    book.active.append(["system_id", "领域", "multi_rounds_related", "alignment", "round_index", "评判结果"])
    for number, verdicts in enumerate((["是"], ["是", "不适用"], ["否"], ["是"], ["是"]), start=1):
        book.active.append(released_turn(1, number, verdicts))
    for number in range(1, 6):
        book.active.append(released_turn(2, number, ["是"], dependent=False, alignment="misalign"))
    book.save(tmp_path / "x_analysis.xlsx")
    figures = score_released("sysbench", tmp_path / "x_analysis.xlsx")["figures"]
    assert figures["csr_pooled"]["mean"] == pytest.approx(9 / 11)
    assert figures["isr"]["mean"] == pytest.approx(9 / 10)
    assert figures["ssr"]["mean"] == pytest.approx((2 / 5 + 1) / 2)
    assert figures["rounds"]["R5"]["mean"] == 0.5 and figures["unreadable"] == 1
    (tmp_path / "y.xlsx").write_text("no workbook")
    with pytest.raises(InputError, match="no released output"):
        score_released("sysbench", tmp_path / "y.xlsx")


def test_released_outputs_of_multifacet_are_scored(tmp_path):
    records = {
        str(n): benchmark_data.multifacet_row(n) | {"score": scores, "response": "Seven."}
        for n, scores in enumerate(([5, 4, 3, None], [1, 2, 3, 10]))
    }
    path = benchmark_data.write_json(tmp_path / "m_evaluation.json", records)
    figures = score_released("multifacet", path)["figures"]
    assert figures["overall"]["mean"] == 3 and figures["unreadable"] == 2
    (tmp_path / "finished").mkdir()
    (tmp_path / "finished" / "config.yaml").write_text("{}")
    kept = benchmark_data.write_json(tmp_path / "finished" / "evaluation.json", {"figures": "mine"})
    with pytest.raises(RunError, match="holds an evaluation"):
        score_released("multifacet", path, output=kept.parent)
    assert "mine" in kept.read_text()
    for _ in range(2):
        score_released("multifacet", path, output=tmp_path / "released")
    with pytest.raises(InputError, match="no evaluation file"):
        score_released("multifacet", benchmark_data.write_json(tmp_path / "x.json", [1]))


def test_the_columns_of_the_published_table_come_from_a_file(tmp_path):
    (tmp_path / "good.yaml").write_text("FLASK (test): FLASK\nself-instruct: Self-Instruct\n")
    assert read_subsets(tmp_path / "good.yaml")["FLASK (test)"] == "FLASK"
    for column in ("Flask", "[FLASK]", "{FLASK: 1}", "1"):
        (tmp_path / "bad.yaml").write_text(f"FLASK (test): {column}\n")
        with pytest.raises(ConfigError, match="AlpacaEval"):
            read_subsets(tmp_path / "bad.yaml")


@pytest.fixture
def published(tmp_path, monkeypatch):
    """A server on this machine that publishes one file, and a cache of its own."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    folder = tmp_path / "published"
    folder.mkdir()
    (folder / "data.jsonl").write_text("{}\n")

    class Handler(http.server.SimpleHTTPRequestHandler):
        def __init__(self, *args):
            super().__init__(*args, directory=str(folder))

        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield folder / "data.jsonl", f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_published_data_is_fetched_once_and_checked(published):
    file, address = published
    checksum = sources.git_checksum(b"{}\n")
    origin = sources.Origin("https://example.org", "MIT", address, "abc", {"data.jsonl": checksum})
    found = sources.find_data(origin, None)
    assert found.described["pinned"] and found.location.endswith("abc/data.jsonl")
    file.write_text("changed\n")
    assert sources.find_data(origin, None) == found
    changed = sources.Origin("https://example.org", "MIT", address, "def", {"data.jsonl": checksum})
    with pytest.raises(InputError, match="not the file it was"):
        sources.find_data(changed, None)
    missing = sources.Origin("https://example.org", "MIT", address, "abc", {"other": checksum})
    with pytest.raises(InputError, match="status 404"):
        sources.find_data(missing, None)


def test_a_dataset_on_the_hub_is_named_with_its_commit():
    commit = "a" * 40
    origin = sources.Origin("https://example.org", "MIT", f"hf://datasets/org/name@{commit}?split=train")
    found = sources.find_data(origin, None)
    assert commit in found.location and found.described["revision"] == commit
    assert found.described["pinned"] is True


def test_the_published_data_of_every_benchmark_is_pinned():
    origins = {name: benchmark.origin for name, benchmark in BENCHMARKS.items() if benchmark.origin}
    # Of AdvancedIF the newest commit is taken, which its report names and calls unpinned.
    assert not origins.pop("advanced-if").revision
    for origin in origins.values():
        assert len(origin.revision) == 40 and origin.revision in origin.address


def test_git_agrees_on_the_checksum():
    assert sources.git_checksum(b"hello\n") == "ce013625030ba8dba906f756967f9e9ca394464a"


@pytest.mark.slow
def test_the_commands_as_a_user_types_them(tmp_path):
    data, out = benchmark_data.sysbench(tmp_path / "s.json"), tmp_path / "out"
    missing = sysgen("evaluate", "sysbench", data, "-o", out, "--llm", "simulated")
    assert missing.returncode == 2 and "--judge-model" in missing.stderr
    done = sysgen("evaluate", "sysbench", data, "-o", out, "--llm", "simulated", "--judge-llm", "simulated")
    assert done.returncode == 0, done.stderr
    for text in ("SSR", "Simulated.", "2 malformed in the data", "Published", "GPT-4o", "released outputs"):
        assert text in done.stdout
    assert "Traceback" not in done.stderr
    for command in ("report", "show"):
        refused = sysgen(command, out)
        assert refused.returncode == 4 and "no finished run" in refused.stderr


@pytest.mark.slow
def test_model_and_judge_may_be_any_engine_and_no_key_is_kept(tmp_path):
    data, out = benchmark_data.sysbench(tmp_path / "s.json", 2), tmp_path / "out"
    with engine_server(tmp_path / "log") as server:
        done = sysgen(
            *("evaluate", "sysbench", data, "-o", out, "--model", "engine", "--base-url", server.base_url),
            *("--judge-llm", "distilabel.models.OpenAILLM", "--judge-llm-arg", "model=other"),
            *("--judge-llm-arg", f"base_url={server.base_url}", "--judge-llm-arg", "api_key=a-secret-key"),
            SYSGEN_API_KEY="a-secret-key",
        )
    assert done.returncode == 0, done.stderr
    assert "SysBench: engine, judged by other" in done.stdout and "Simulated." not in done.stdout
    assert not any(b"a-secret-key" in file.read_bytes() for file in out.rglob("*") if file.is_file())


@pytest.mark.slow
def test_sessions_are_translated_once_and_marked_as_such(tmp_path):
    data = benchmark_data.sysbench(tmp_path / "s.json", 10)
    english = {"translate": str(tmp_path / "english"), "sessions": 5}
    report = evaluate(settings("sysbench", data, **english), tmp_path / "out")
    assert report["translation"] == {
        "language": "English", "translator": "simulated", "translated": 5, "rejected": {},
    }  # fmt: skip
    assert report["cautions"][0].startswith("Translated into English by simulated")
    assert not any("Chinese." in caution for caution in report["cautions"])
    assert "translated by simulated" in from_evaluation(report).protocol
    rows = read_rows(tmp_path / "out" / "rows")
    texts = [turn["content"] for row in rows for turn in row["messages"]]
    criteria = [c["text"] for row in rows for t in read_item(row)["turns"] for c in t["criteria"]]
    assert len(rows) == 5 and criteria and all(t.startswith("(translated) ") for t in [*texts, *criteria])
    replies = read_usage(tmp_path / "english" / "calls")["translate"]
    unkind = {"llm": "simulated", "llm_args": {"seed": 1}}
    evaluate(settings("sysbench", data, answer=unkind, **english), tmp_path / "other")
    assert read_usage(tmp_path / "english" / "calls")["translate"] == replies
    with pytest.raises(RunError, match="holds no translation"):
        evaluate(settings("sysbench", data, translate=str(tmp_path / "out")), tmp_path / "third")
    with pytest.raises(RunError, match="translated"):
        evaluate(settings("sysbench", data, sessions=5), tmp_path / "out")


@pytest.mark.slow
def test_a_session_that_cannot_be_translated_is_counted(tmp_path):
    data = benchmark_data.sysbench(tmp_path / "s.json", 8)
    silent = {"llm": "simulated", "llm_args": {"empty_rate": 0.02, "seed": 1}}
    english = {"translate": str(tmp_path / "english")}
    report = evaluate(settings("sysbench", data, judge=silent, **english), tmp_path / "out")
    lost = sum(report["rows"]["untranslated"].values())
    assert (
        lost and report["rows"]["asked"] + lost == 8 == report["rows"]["read"] - report["rows"]["malformed"]
    )
    assert f"{lost} not translated" in describe_rows(report)
