"""The options under `variety` in whole runs: off they change nothing, on they do what the report says."""

import json
import shutil
from collections import Counter

import pytest
import yaml

from sysgen_distilabel.errors import ConfigError
from sysgen_distilabel.inputs.tool_schemas import name_tools
from sysgen_distilabel.llms.simulated import SimulatedLLM
from sysgen_distilabel.measures.languages import guess_language
from sysgen_distilabel.plural import count_of
from sysgen_distilabel.recorded.store import Store
from sysgen_distilabel.replies.judgements import share_followed
from sysgen_distilabel.report.figures.variety_figures import collect_variety_figures
from sysgen_distilabel.rows import has_tools
from sysgen_distilabel.settings.run_config import RunConfig
from sysgen_distilabel.steps import RejectNearDuplicates
from sysgen_distilabel.tasks import SelectResponse
from sysgen_distilabel.variety.conditions import draw_conditions, draw_share
from sysgen_distilabel.variety.options import Conditions
from sysgen_distilabel.workflows.preflight.preview import preview_rows
from sysgen_distilabel.workflows.run import run
from tests.commands import EXAMPLES, ROOT, read_dataset, sysgen, write_rows

PRESET = yaml.safe_load((ROOT / "pipelines" / "presets" / "diverse.yaml").read_text())["variety"]
TOOLS = [{"name": "look_up", "description": "Looks a word up.", "parameters": {"type": "object"}}]
EVERYTHING = {
    **PRESET,
    "select_by": "verdicts",
    "tools_column": "kit",
    "conflicting_share": 0.5,
    "response_candidates": 2,
    "conditions": {**PRESET["conditions"], "languages": ["conversation", "German"]},
}


def configure(path, **variety):
    return RunConfig(input=str(path), llm="simulated", variety=variety, checks="off")


@pytest.fixture(scope="module")
def source(tmp_path_factory):
    """The sample conversations, every third with a tool, one with something that is none."""
    path = tmp_path_factory.mktemp("input") / "rows.jsonl"
    rows = [json.loads(line) for line in (EXAMPLES / "mixed.jsonl").read_text().splitlines()]
    for number, row in enumerate(rows):
        row["kit"] = TOOLS if number % 3 == 0 else None
    rows[1]["kit"] = "a hammer"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


@pytest.fixture(scope="module")
def finished(source, tmp_path_factory):
    directory = tmp_path_factory.mktemp("run") / "run"
    settings = directory.parent / "settings.yaml"
    settings.write_text(yaml.safe_dump({"variety": EVERYTHING, "repair": True, "checks": "off"}))
    process = sysgen("run", source, "-o", directory, "--config", settings, "--llm", "simulated")
    assert process.returncode == 0, process.stderr
    assert "could not be written" not in process.stderr
    return directory


@pytest.fixture(scope="module")
def rows(finished):
    return read_dataset(finished)


def test_the_counts_add_up_and_name_the_new_reason(finished, rows):
    report = json.loads((finished / "report.json").read_text())
    assert report["rows"]["accepted"] + sum(report["rows"]["rejected"].values()) == 60
    assert len(rows["accepted"]) == report["rows"]["accepted"]
    assert report["attrition"][-1]["rows_out"] == report["rows"]["accepted"]
    details = [row["outcome_detail"] for row in rows["rejected"] if row["outcome"] == "bad_input"]
    assert len(details) == 6 and any("column 'kit'" in detail for detail in details)


def test_every_row_has_the_conditions_drawn_for_it_and_heeds_them(rows):
    conditions = Conditions(**EVERYTHING["conditions"])
    for row in rows["accepted"]:
        asked = "\n".join(turn["content"] for turn in row["messages"] if turn["role"] == "user")
        drawn = draw_conditions(row["source_id"], conditions, has_tools(row), asked)
        assert {name: row[name] for name in drawn} == drawn
        assert {phrase["functionality"] for phrase in row["phrases"]} == set(row["wanted_functionalities"])
    german = [row for row in rows["accepted"] if row["wanted_language"] == "German"]
    followed = [guess_language(row["system_message"]) == "de" for row in german]
    assert sum(followed) > 0.7 * len(german) > 0, "personas and key words stay English"


def test_tools_are_shown_to_the_generator_and_carried_along(rows):
    with_tools = [row for row in rows["accepted"] if row["tools"]]
    assert with_tools and all(name_tools(row["tools"]) == ["look_up"] for row in with_tools)
    asked = [row for row in with_tools if "Tool" in row["wanted_functionalities"]]
    assert asked and all("look_up" in row["annotated_system_message"] for row in asked)


def test_tools_reach_the_export_and_the_pairs(finished, rows, tmp_path):
    directory = shutil.copytree(finished, tmp_path / "run")
    expected = {row["source_id"]: row["tools"] or None for row in rows["accepted"]}
    for layout, column in (("messages", "messages"), ("preferences", "chosen")):
        if layout == "preferences":
            assert sysgen("preferences", directory, "-q").returncode == 0
        process = sysgen("export", directory, "--format", layout, "-o", tmp_path / layout)
        assert process.returncode == 0, process.stderr
        lines = [json.loads(line) for line in (tmp_path / layout / "train.jsonl").read_text().splitlines()]
        assert lines and all(line[column] and line["tools"] == expected[line["source_id"]] for line in lines)
        unoffered = sum(line["tools"] is not None for line in lines)
        said = " ".join(process.stdout.split())
        having = count_of(unoffered, "row has", "rows have")
        assert f"{having} tools that the model was not offered for a response" in said


def test_the_candidate_with_the_best_verdicts_is_taken_and_verified_only_once(finished, rows):
    for row in rows["accepted"]:
        best = max(candidate["score"] for candidate in row["candidates"])
        assert len(row["candidates"]) == 2
        assert {"text": row["annotated_system_message"], "score": best} in row["candidates"]
        good = [phrase["verdict"] == "Good" for phrase in row["phrases"]]
        assert sum(good) / len(good) == pytest.approx(best)
    usage = Store.open_read(finished / "calls").usage()
    assert usage["select_system_message"].calls > 0 == usage["verify_functionalities"].calls


def test_the_response_that_follows_most_of_the_message_is_taken(finished, rows):
    for row in rows["accepted"]:
        answers = [turn["content"] for turn in row["aligned_messages"] if turn["role"] == "assistant"]
        best = max(candidate["score"] for candidate in row["response_candidates"])
        assert len(row["response_candidates"]) == 2
        assert {"answers": answers, "score": best} in row["response_candidates"]
        assert share_followed(row["alignment_judgements"], "aligned") == best
    figures = json.loads((finished / "report.json").read_text())["variety"]["response_candidates"]
    assert figures["rows"] == len(rows["accepted"])
    assert figures["mean_score_of_chosen"] > figures["mean_score_of_first"]


def test_a_conflicting_turn_is_answered_last_and_leaves_no_trace_of_the_reminder(finished, rows):
    chosen = {
        row["source_id"]
        for row in rows["accepted"]
        if draw_share(0.5, 0, "conflicting_turn", row["source_id"])
    }
    assert {row["source_id"] for row in rows["accepted"] if row["conflicting_turn"]} == chosen
    for row in rows["accepted"]:
        aligned = row["aligned_messages"]
        assert aligned[0] == {"role": "system", "content": row["system_message"]}
        assert len(aligned) == 1 + len(row["messages"]) + 2 * bool(row["conflicting_turn"])
        if row["conflicting_turn"]:
            assert aligned[-2] == {"role": "user", "content": row["conflicting_turn"]}
            assert aligned[-1]["role"] == "assistant" and aligned[-1]["content"]


def test_the_report_counts_what_a_recount_gives(finished, rows):
    figures = json.loads((finished / "report.json").read_text())["variety"]
    everything = [row for row in rows["accepted"] + rows["rejected"] if row["phrases"]]
    assert figures["functionalities"]["Tool"]["asked"] == sum(
        "Tool" in row["wanted_functionalities"] for row in everything
    )
    assert figures["functionalities"]["Role"]["accepted"] == sum(
        ("Role", "Good") in {(p["functionality"], p["verdict"]) for p in row["phrases"]}
        for row in rows["accepted"]
    )
    drawn = {entry["value"]: entry["accepted_rows"] for entry in figures["drawn"]["expertise"]}
    assert drawn == Counter(row["expertise"] for row in rows["accepted"])
    assert figures["tools"]["accepted_rows"] == sum(bool(row["tools"]) for row in rows["accepted"])
    assert figures["conflicts"]["accepted_rows"] == sum(
        bool(row["conflicting_turn"]) for row in rows["accepted"]
    )
    assert figures["candidates"]["mean_score_of_chosen"] > figures["candidates"]["mean_score_of_first"]
    page = (finished / "report.html").read_text()
    assert '<section id="variety">' in page and "a nurse who reads on a phone" in page
    assert "User, in conflict with the system message" in page


@pytest.mark.slow
def test_two_runs_are_one_dataset_whatever_the_batches(finished, source, rows, tmp_path):
    config = configure(source, **EVERYTHING).model_copy(
        update={"repair": True, "batch_size": 7, "max_concurrency": 3}
    )
    run(config, tmp_path / "again")
    assert read_dataset(tmp_path / "again") == rows


def test_a_preview_shows_the_prompts_of_the_further_tasks(source):
    previews = preview_rows(configure(source, **EVERYTHING), 12)
    tasks = {prompt.task for preview in previews for prompt in preview.prompts}
    assert {"select_system_message", "add_conflicting_turn", "select_response"} <= tasks
    first = previews[0].prompts[0].messages[-1]["content"]
    assert "## [Conditions]" in first and "look_up" in first


def test_options_that_are_off_leave_no_column_and_no_section(tmp_path):
    config = RunConfig(input=str(EXAMPLES / "messages.jsonl"), llm="simulated")
    plain = run(config, tmp_path / "plain").directory
    assert not set(read_dataset(plain.path)["accepted"][0]) & {"persona", "tools", "candidates"}
    assert plain.read_report()["variety"] == {} == collect_variety_figures(plain.dataset)
    assert '<section id="variety">' not in (plain.path / "report.html").read_text()


def test_near_duplicates_are_rejected_with_a_count(tmp_path):
    path = tmp_path / "rows.jsonl"
    row = json.loads((EXAMPLES / "messages.jsonl").read_text().splitlines()[0])
    path.write_text("".join(json.dumps({**row, "id": f"row-{n}"}) + "\n" for n in range(5)))
    result = run(configure(path, max_similarity=0.9), tmp_path / "run")
    assert result.accounts.rejected == {"near_duplicate": 4} and result.accounts.accepted == 1
    rejected = read_dataset(tmp_path / "run")["rejected"]
    assert {row["outcome_detail"] for row in rejected} == {"similarity 1.00 to row-0"}
    assert all(entry["task"] != "generate_aligned_response" for row in rejected for entry in row["usage"])
    stage = next(
        stage
        for stage in result.directory.read_report()["attrition"]
        if stage["step"] == "reject_near_duplicates"
    )
    assert stage["rejected"] == {"near_duplicate": 4}


def test_a_conflicting_turn_that_was_cut_is_asked_for_again(tmp_path):
    config = configure(write_rows(tmp_path / "rows.jsonl", 20), conflicting_share=1.0)
    config = config.model_copy(update={"llm_args": {"truncated_rate": 0.2}})
    first = run(config, tmp_path / "run")
    cut = [
        row["source_id"]
        for row in read_dataset(tmp_path / "run")["rejected"]
        if row["rejected_by"] == "add_conflicting_turn"
    ]
    assert cut and {"truncated_reply"} == set(first.accounts.rejected)
    run(config, tmp_path / "run", retry=["truncated_reply"])
    assert set(first.directory.read_retries()["add_conflicting_turn"]) == set(cut)
    again = read_dataset(tmp_path / "run")["accepted"]
    assert {row["source_id"] for row in again if row["conflicting_turn"]} & set(cut)


def test_replicas_would_each_see_a_part_and_are_refused():
    step = RejectNearDuplicates(resources={"replicas": 2})
    with pytest.raises(ConfigError, match="replicas"):
        step.load()


def test_candidates_without_a_verdict_have_no_score_and_the_first_of_them_is_kept():
    messages = [{"role": role, "content": "x"} for role in ("system", "user", "assistant")]
    task = SelectResponse(llm=SimulatedLLM(malformed_rate=1.0), max_attempts=1)
    task.load()
    candidates = [{"answers": [text], "score": 0.0} for text in ("one", "two")]
    row = {"aligned_messages": messages, "response_candidates": candidates, "outcome": "accepted"}
    chosen = next(task.process([row]))[0]
    assert chosen["aligned_messages"][-1]["content"] == "one"
    assert [candidate["score"] for candidate in chosen["response_candidates"]] == [None, None]


@pytest.mark.parametrize("max_similarity", [0.95, 0.99, 0.9999])
def test_only_the_same_message_is_left_out_where_nearly_all_similarity_is_allowed(max_similarity):
    step = RejectNearDuplicates(max_similarity=max_similarity)
    step.load()
    words = [f"word{n}" for n in range(60)]
    texts = [" ".join(words), " ".join([*words[:-3], "a", "b", "c"]), " ".join(words)]
    result = next(step.process([{"system_message": text} for text in texts]))
    assert [row["outcome"] for row in result] == ["pending", "pending", "near_duplicate"]


def test_different_messages_are_kept_and_a_changed_word_is_not():
    step = RejectNearDuplicates(max_similarity=0.6)
    step.load()
    words = [f"word{n}" for n in range(60)]
    texts = [" ".join(words), " ".join([*words[:-1], "other"]), " ".join(reversed(words)), "", "brief", ""]
    result = next(step.process([{"system_message": text} for text in texts]))
    found = ["pending", "near_duplicate", "pending", "pending", "pending", "near_duplicate"]
    assert [row["outcome"] for row in result] == found


@pytest.mark.parametrize(
    "variety",
    [
        {"select_by": "luck"},
        {"max_similarity": 1.5},
        {"conditions": {"expertise": ["wizard"]}},
        {"persona": 1},
    ],
)
def test_wrong_settings_are_one_clear_message(variety, source, tmp_path):
    settings = tmp_path / "settings.yaml"
    settings.write_text(yaml.safe_dump({"variety": variety}))
    process = sysgen("run", source, "-o", tmp_path / "run", "--config", settings, "--llm", "simulated")
    assert process.returncode == 2 and "variety" in process.stderr
    assert "Traceback" not in process.stderr
