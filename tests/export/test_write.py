"""Exports are complete or not there, and every row is accounted for."""

import errno
import json
import tracemalloc
from pathlib import Path

import pytest
import yaml

from sysgen_distilabel.errors import ConfigError, GuardFailed, RunError
from sysgen_distilabel.export.arms import Arm
from sysgen_distilabel.export.export_run import Exported
from sysgen_distilabel.export.export_view import describe_export
from sysgen_distilabel.export.plan import Options, make_plan
from sysgen_distilabel.export.problems import Problem
from sysgen_distilabel.export.trainer_format import PAIRED, Format
from sysgen_distilabel.export.write_export import write_export
from sysgen_distilabel.runs.hold_out import is_held_out
from tests.chat_tokenizers import save_tokenizer
from tests.export.rows import make_pair, make_row


@pytest.fixture(scope="module")
def phi(tmp_path_factory):
    return str(save_tokenizer("phi-4", tmp_path_factory.mktemp("phi-4")))


@pytest.fixture(scope="module")
def gemma(tmp_path_factory):
    return str(save_tokenizer("gemma-2", tmp_path_factory.mktemp("gemma-2")))


def export(rows, output, notice="", **options):
    options = Options(**{"layout": Format.TRL_PROMPT_COMPLETION, **options})
    return write_export(rows, make_plan(options), output, {"simulation_notice": notice})


def read_lines(path):
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_every_row_is_written_and_counted(tmp_path, phi):
    rows = [make_row(number, turns=1 + number % 3) for number in range(700)]
    counts = export(rows, tmp_path / "out", tokenizer=phi)
    lines = read_lines(tmp_path / "out" / "train.jsonl")
    assert counts.exported == counts.rows == 700
    assert counts.lines[Arm.SYSGEN] == len(lines) == sum(1 + number % 3 for number in range(700))
    assert {line["source_id"] for line in lines} == {row["source_id"] for row in rows}
    facts = json.loads((tmp_path / "out" / "export.json").read_text())
    assert facts["rows"] == {"read": 700, "exported": 700, "dropped": {}}
    assert facts["longest_tokens"] == counts.longest > 50


def test_rows_that_are_too_long_stop_the_export_and_are_named(tmp_path, phi):
    rows = [make_row(number, length=200 if number in (3, 400) else 1) for number in range(500)]
    with pytest.raises(GuardFailed, match=r"2 of 500 rows .*row-3 \(1,\d+ tokens.*row-400") as caught:
        export(rows, tmp_path / "out", tokenizer=phi, max_length=500)
    assert "--too-long drop" in caught.value.hint
    assert not list(tmp_path.iterdir())


def test_rows_that_are_too_long_are_dropped_and_counted_in_all_arms(tmp_path, phi):
    rows = [make_row(number, length=200 if number == 3 else 1) for number in range(10)]
    counts = export(rows, tmp_path / "out", tokenizer=phi, max_length=500, too_long="drop", arms=tuple(Arm))
    assert dict(counts.dropped) == {Problem.TOO_LONG: 1}
    assert counts.exported == 9 and set(counts.lines.values()) == {9}
    assert counts.longest < 500  # of a dropped row, no arm and no turn counts
    for arm in Arm:
        ids = [line["source_id"] for line in read_lines(tmp_path / "out" / arm / "train.jsonl")]
        assert ids == [f"row-{number}" for number in range(10) if number != 3]
    assert "| rows dropped: it has more tokens" in (tmp_path / "out" / "none" / "README.md").read_text()


def test_a_special_token_in_a_text_is_a_counted_drop(tmp_path, phi):
    odd = make_row(1)
    odd["aligned_messages"][1]["content"] = "What does <|im_sep|> do?"
    counts = export([make_row(0), odd], tmp_path / "out", tokenizer=phi)
    assert counts.exported == 1 and dict(counts.dropped) == {Problem.SPECIAL_TOKEN: 1}


def test_a_lost_turn_cannot_be_dropped(tmp_path, gemma):
    odd = make_row(1)
    del odd["aligned_messages"][1]  # Gemma's template refuses what does not alternate
    with pytest.raises(GuardFailed, match=r"refuses the conversation: row-1 \(Conversation roles must"):
        export([make_row(0), odd], tmp_path / "out", tokenizer=gemma, too_long="drop")


def test_rows_with_tool_calls_are_dropped_where_the_template_has_no_place_for_them(tmp_path, gemma):
    calls = [{"type": "function", "function": {"name": "look", "arguments": "{}"}}]
    row = make_row(1)
    question, answer = row["messages"]
    middle = [{"role": "assistant", "content": "<tool_call>"}, {"role": "tool", "content": "Three boats."}]
    row["messages"] = [question, *middle, answer]
    row["aligned_messages"] = [*row["aligned_messages"][:2], *middle, row["aligned_messages"][2]]
    row["turn_fields"] = json.dumps([{}, {"content": "", "tool_calls": calls}, {}, {}])
    counts = export([make_row(0), row], tmp_path / "out", tokenizer=gemma, layout=Format.MESSAGES)
    assert counts.exported == 1 and counts.dropped == {Problem.NO_PLACE: 1}
    counts = export([make_row(0), row], tmp_path / "unchecked", layout=Format.MESSAGES)
    assert counts.exported == 2
    (call,) = read_lines(tmp_path / "unchecked" / "train.jsonl")[1]["messages"][2]["tool_calls"]
    assert call == {"type": "function", "function": {"name": "look", "arguments": {}}}


def test_original_answers_are_needed_where_an_arm_is_made_of_them(tmp_path):
    row = make_row(1)
    row["messages"] = row["messages"][:1]
    options = {"layout": Format.MESSAGES, "arms": (Arm.NONE,)}
    counts = export([make_row(0), row], tmp_path / "none", **options)
    assert counts.exported == 1 and counts.dropped == {Problem.NO_ANSWER: 1}
    assert export([make_row(0), row], tmp_path / "sysgen", layout=Format.MESSAGES).exported == 2


def test_a_template_that_refuses_system_messages_is_repaired_and_saved(tmp_path, gemma):
    from transformers import AutoTokenizer

    export([make_row(0)], tmp_path / "out", tokenizer=gemma)
    saved = AutoTokenizer.from_pretrained(tmp_path / "out" / "tokenizer")
    (line,) = read_lines(tmp_path / "out" / "train.jsonl")
    text = saved.apply_chat_template(line["prompt"], tokenize=False, add_generation_prompt=True)
    assert text.startswith("<bos><start_of_turn>system\nBe number 0.<end_of_turn>\n<start_of_turn>user\n")
    assert (tmp_path / "out" / "chat_template.jinja").read_text() == saved.chat_template
    settings = yaml.safe_load((tmp_path / "out" / "sft.yaml").read_text())
    assert settings["chat_template_path"] == "chat_template.jinja"


def test_fold_leaves_the_template_alone(tmp_path, gemma):
    export([make_row(0)], tmp_path / "out", tokenizer=gemma, system_role="fold")
    (line,) = read_lines(tmp_path / "out" / "train.jsonl")
    assert line["prompt"] == [{"role": "user", "content": "Be number 0.\n\nQuestion 1 of row 0?"}]
    assert {path.name for path in (tmp_path / "out").iterdir()} == {
        "README.md",
        "export.json",
        "sft.yaml",
        "tokens.jsonl",
        "train.jsonl",
    }


def test_an_export_replaces_an_earlier_one_only_when_it_is_complete(tmp_path, phi):
    output = tmp_path / "out"
    export([make_row(0)], output, tokenizer=phi)
    before = (output / "train.jsonl").read_text()

    def broken():
        yield make_row(1)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        export(broken(), output, tokenizer=phi)
    assert (output / "train.jsonl").read_text() == before
    export([make_row(2)], output, tokenizer=phi)
    assert "row-2" in (output / "train.jsonl").read_text()
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_other_peoples_directories_are_left_alone(tmp_path):
    notes = tmp_path / "notes.txt"
    notes.write_text("mine")
    for place in (tmp_path, notes):
        with pytest.raises(RunError, match="holds something that is not an export"):
            export([make_row(0)], place)
    assert notes.read_text() == "mine"


def everything_in(directory):
    return {path: path.read_bytes() for path in directory.rglob("*") if path.is_file()}


@pytest.mark.parametrize("foreign", ["notes.txt", "model/model.safetensors", "none/export.json"])
@pytest.mark.parametrize("arms", [(Arm.SYSGEN,), (Arm.SYSGEN, Arm.DEFAULT)])
def test_nothing_that_an_export_does_not_write_is_ever_replaced(tmp_path, foreign, arms):
    output = tmp_path / "out"
    export([make_row(0)], output, arms=arms)
    named = foreign.partition("/")[0]
    if named == "none" and len(arms) > 1:
        foreign, named = "none/model/config.json", "none/model"
    (output / foreign).parent.mkdir(parents=True, exist_ok=True)
    (output / foreign).write_text("mine")
    before = everything_in(tmp_path)
    with pytest.raises(RunError, match="is not an export: ") as caught:
        export([make_row(1)], output, arms=arms)
    assert f": {output / named}." in caught.value.message and everything_in(tmp_path) == before


def test_a_directory_that_holds_exports_is_not_one(tmp_path):
    export([make_row(0)], tmp_path / "work" / "first")
    (tmp_path / "work" / "paper.txt").write_text("mine")
    before = everything_in(tmp_path)
    with pytest.raises(RunError, match=r"is not an export: .*(first|paper)"):
        export([make_row(1)], tmp_path / "work")
    assert everything_in(tmp_path) == before


def test_every_layout_replaces_its_own_export(tmp_path, gemma):
    for layout in Format:
        make = make_pair if layout in PAIRED else make_row
        for number in range(2):
            export([make(number)], tmp_path / layout, tokenizer=gemma, layout=layout)
        assert b"row-1" in (tmp_path / layout / layout.facts.file).read_bytes()


def test_the_earlier_export_is_there_again_if_the_new_one_cannot_take_its_place(tmp_path, monkeypatch):
    output = tmp_path / "out"
    export([make_row(0)], output)
    before = everything_in(tmp_path)
    rename = Path.rename

    def fail(path, target):
        if path.name.endswith(".new"):
            raise OSError(errno.ENOSPC, "No space left on device")
        return rename(path, target)

    monkeypatch.setattr(Path, "rename", fail)
    monkeypatch.setattr("sysgen_distilabel.files._exchange", lambda first, second: False)
    with pytest.raises(RunError, match="No space left on device"):
        export([make_row(1)], output)
    assert everything_in(tmp_path) == before


def test_the_current_directory_can_be_exported_into(tmp_path, monkeypatch):
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    export([make_row(0)], Path())
    assert (tmp_path / "here" / "train.jsonl").exists()


def test_nothing_to_export_is_said(tmp_path):
    with pytest.raises(RunError, match="no row to export"):
        export([], tmp_path / "out")
    assert not list(tmp_path.iterdir())


def test_nothing_accepted_is_said_with_the_reasons(tmp_path):
    report = {"rows": {"input": 9, "accepted": 0, "rejected": {"bad_input": 2, "empty_answer": 7}}}
    plan = make_plan(Options(layout=Format.MESSAGES))
    said = "Of 9 rows 7 ended as empty_answer, 2 ended as bad_input."
    with pytest.raises(RunError, match=f"no row to export. {said}"):
        write_export([], plan, tmp_path / "out", report)


def test_when_every_row_is_dropped_the_reasons_are_told(tmp_path, phi):
    rows = [make_row(0), make_row(1)]
    for row in rows:
        row["aligned_messages"][-1]["content"] += " <|im_end|>"
    with pytest.raises(RunError, match=r"of 2 rows 2 dropped: a text holds the name of a special token"):
        export(rows, tmp_path / "special", tokenizer=phi)
    long = [make_row(0, length=900)]
    with pytest.raises(RunError, match=r"of 1 rows 1 dropped: it has more tokens than the length limit"):
        export(long, tmp_path / "long", tokenizer=phi, max_length=500, too_long="drop")
    with pytest.raises(RunError, match=r"of 3 rows 3 dropped: its id is held out"):
        export([make_row(number) for number in range(3)], tmp_path / "held", hold_out=1.0)
    assert not list(tmp_path.iterdir())


def test_without_a_tokenizer_nothing_is_checked_and_the_card_says_so(tmp_path):
    export([make_row(0)], tmp_path / "out", "Made by rules.", layout=Format.SHAREGPT)
    card = (tmp_path / "out" / "README.md").read_text()
    assert "**nothing was checked**" in card and "> **Simulated.** Made by rules." in card
    assert json.loads((tmp_path / "out" / "export.json").read_text())["simulated"] is True


def test_preference_pairs(tmp_path, phi):
    counts = export(
        [make_pair(n) for n in range(3)], tmp_path / "out", tokenizer=phi, layout=Format.PREFERENCES
    )
    assert counts.lines[Arm.SYSGEN] == 3
    assert read_lines(tmp_path / "out" / "train.jsonl")[1] == make_pair(1)
    bad = make_pair(9)
    bad["rejected"][0]["content"] += " word" * 300
    with pytest.raises(GuardFailed, match="row-9"):
        export([bad], tmp_path / "two", tokenizer=phi, layout=Format.PREFERENCES, max_length=500)
    with pytest.raises(ConfigError, match="no ablation"):
        make_plan(Options(Format.PREFERENCES, arms=(Arm.NONE,)))


TOOL = {"type": "function", "function": {"name": "look_up", "description": "Look up.", "parameters": {}}}


def row_with_tools(layout=Format.TRL_PROMPT_COMPLETION):
    make = make_pair if layout is Format.PREFERENCES else make_row
    return make(0) | {"tools": json.dumps([TOOL])}


@pytest.mark.parametrize("layout", [Format.TRL_PROMPT_COMPLETION, Format.PREFERENCES])
def test_tools_are_measured_and_reach_the_trainer(tmp_path, layout):
    qwen = str(save_tokenizer("qwen2.5", tmp_path / "qwen2.5", WITH_TOOLS))
    rows = [row_with_tools(layout), row_with_tools(layout) | {"tools": ""}]
    counts = [export([row], tmp_path / "out", tokenizer=qwen, layout=layout) for row in rows]
    assert counts[0].longest - counts[1].longest == len(str([TOOL]))
    export(rows, tmp_path / "out", tokenizer=qwen, layout=layout)
    (settings,) = (yaml.safe_load(path.read_text()) for path in (tmp_path / "out").glob("*.yaml"))
    columns = settings["datasets"][0]["columns"]
    assert "tools" in columns and set(columns) <= set(read_lines(tmp_path / "out" / "train.jsonl")[0])
    with pytest.raises(GuardFailed, match=r"1 of 2 rows .*limit"):
        export(rows, tmp_path / "two", tokenizer=qwen, layout=layout, max_length=counts[1].longest)


WITH_TOOLS = (
    "{% if tools %}{{ tools | string }}{% endif %}"
    "{% for m in messages %}<|im_start|>{{ m.role }}\n{{ m.content }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)


@pytest.mark.parametrize("template", [WITH_TOOLS, None])
def test_it_is_said_where_a_template_shows_no_tools(tmp_path, template):
    name = "qwen2.5" if template else "phi-4"
    model = str(save_tokenizer(name, tmp_path / "model", template))
    for layout, heard in ((Format.TRL_PROMPT_COMPLETION, template is not None), (Format.MESSAGES, False)):
        output, plan = tmp_path / layout, make_plan(Options(layout, tokenizer=model))
        counts = write_export([row_with_tools(layout)], plan, output, {"simulation_notice": ""})
        for text in (
            "\n".join(describe_export(Exported(counts, plan, ""), output)),
            (output / "README.md").read_text(),
        ):
            assert ("so the model does not see them" not in text) is heard
            assert ("export as trl-prompt-completion" in text) is (template is not None and not heard)


@pytest.mark.parametrize("layout", [Format.SHAREGPT, Format.PREFERENCES])
def test_what_an_evaluation_holds_out_is_not_trained_on_and_counted(tmp_path, layout):
    make = make_pair if layout is Format.PREFERENCES else make_row
    rows = [make(number) for number in range(300)]
    counts = export(rows, tmp_path / "out", layout=layout, hold_out=0.2)
    ids = {line["source_id"] for line in read_lines(tmp_path / "out" / "train.jsonl")}
    held_out = {row["source_id"] for row in rows if is_held_out(row["source_id"], 0.2)}
    assert ids == {row["source_id"] for row in rows} - held_out and len(held_out) > 30
    assert counts.rows == 300 and dict(counts.dropped) == {Problem.HELD_OUT: len(held_out)}
    facts = json.loads((tmp_path / "out" / "export.json").read_text())
    assert facts["rows"]["dropped"] == {"held_out": len(held_out)}
    assert (
        f"held out of training, to evaluate with | {len(held_out)} |"
        in (tmp_path / "out" / "README.md").read_text()
    )


def test_held_out_rows_do_not_stop_an_export(tmp_path, phi):
    rows = [make_row(number, length=200 if is_held_out(f"row-{number}", 0.2) else 1) for number in range(50)]
    assert export(rows, tmp_path / "out", tokenizer=phi, max_length=500, hold_out=0.2).exported < 50


@pytest.mark.parametrize("layout", [Format.PREFERENCES, Format.LLAMAFACTORY])
def test_where_settings_cannot_name_a_repaired_template_it_is_said_everywhere(tmp_path, gemma, phi, layout):
    make, file = (make_pair, "dpo.yaml") if layout is Format.PREFERENCES else (make_row, "llamafactory.yaml")
    for model, expected in ((gemma, True), (phi, False)):
        output, plan = tmp_path / str(expected), make_plan(Options(layout, tokenizer=model))
        counts = write_export([make(0)], plan, output, {"simulation_notice": ""})
        said = "\n".join(describe_export(Exported(counts, plan, ""), output))
        for text in (said, (output / file).read_text(), (output / "README.md").read_text()):
            assert ("put the files of `tokenizer/` there first" in text) is expected
        assert (output / "tokenizer").exists() is expected


@pytest.mark.slow
def test_rows_do_not_pile_up_in_memory(tmp_path, phi):
    """Beyond the batches that are under way, more rows take no more memory."""

    def peak(number):
        tracemalloc.start()
        rows = (make_row(n, length=100) for n in range(number))
        export(rows, tmp_path / str(number), tokenizer=phi, max_length=5000)
        found = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return found

    peak(256)
    assert peak(3000) < 1.2 * peak(1000)


def test_exports_load_as_datasets(tmp_path, phi):
    from datasets import load_dataset

    rows = [make_row(number, turns=2) for number in range(5)]
    for layout in (Format.TRL_PROMPT_COMPLETION, Format.MESSAGES, Format.SHAREGPT, Format.ALPACA):
        export(rows, tmp_path / layout, tokenizer=phi, layout=layout)
        loaded = load_dataset(str(tmp_path / layout), split="train", cache_dir=tmp_path / "cache")
        assert len(loaded) == (10 if layout is Format.TRL_PROMPT_COMPLETION else 5)
        assert loaded.to_list() == read_lines(tmp_path / layout / "train.jsonl")
