"""Arguments of tool calls reach the model as JSON once, whatever a trainer and a template make of them."""

import json

import datasets
import pytest

from sysgen_distilabel.export.call_arguments import Form, choose_forms, find_shown
from sysgen_distilabel.export.problems import Problem
from sysgen_distilabel.export.show_row import show_row
from sysgen_distilabel.export.trainer_format import Arguments, Format
from tests.chat_tokenizers import build_tokenizer, save_tokenizer
from tests.export.rows import make_row
from tests.export.test_write import TOOL, export, read_lines

TEMPLATE = (
    "{%% if tools %%}{{ tools | tojson }}{%% endif %%}"
    "{%% for m in messages %%}<|im_start|>{{ m.role }}\n{{ m.content }}"
    "{%% for call in m.tool_calls or [] %%}<call>{{ call.function.name }} %s</call>{%% endfor %%}"
    "<|im_end|>\n{%% endfor %%}{%% if add_generation_prompt %%}<|im_start|>assistant\n{%% endif %%}"
)
ENCODED = TEMPLATE % "{{ call.function.arguments | tojson }}"
AS_GIVEN = TEMPLATE % "{{ call.function.arguments }}"
ITEMS = TEMPLATE % "{% for key, value in call.function.arguments | items %}{{ key }}={{ value }}{% endfor %}"
EITHER = TEMPLATE % (
    "{% if call.function.arguments is string %}{{ call.function.arguments }}"
    "{% else %}{{ call.function.arguments | tojson }}{% endif %}"
)
SILENT = TEMPLATE % ""


def make_chat(template):
    from sysgen_distilabel.export.trained_chat import make_chat

    return make_chat("qwen", build_tokenizer("qwen2.5", template), template)


def row_with_call(number, arguments):
    row = make_row(number)
    calls = [{"type": "function", "function": {"name": "look_up", "arguments": arguments}}]
    middle = [{"role": "assistant", "content": "<tool_call>"}, {"role": "tool", "content": "Three boats."}]
    for column, at in (("messages", 1), ("aligned_messages", 2)):
        row[column] = [*row[column][:at], *middle, *row[column][at:]]
    row["turn_fields"] = json.dumps([{}, {"content": "", "tool_calls": calls}, {}, {}])
    return row | {"tools": json.dumps([TOOL])}


ROWS = [row_with_call(1, '{"city": "Oslo"}'), row_with_call(2, '{"days": 3, "near": ["a"]}')]


def exported(layout, template, tmp_path, rows=ROWS):
    qwen = str(save_tokenizer("qwen2.5", tmp_path / "qwen", template))
    counts = export(rows, tmp_path / "out", tokenizer=qwen, layout=layout)
    return counts, tmp_path / "out"


@pytest.mark.parametrize(
    ("template", "shown"),
    [
        (ENCODED, [Form.OBJECT]),
        (ITEMS, [Form.OBJECT]),
        (AS_GIVEN, [Form.TEXT]),
        (EITHER, [Form.OBJECT, Form.TEXT]),
        (SILENT, []),
    ],
    ids=["encoded", "items", "as given", "either", "silent"],
)
def test_a_template_is_asked_which_form_it_writes_right(template, shown):
    chat = make_chat(template)
    assert find_shown(chat) == shown
    assert choose_forms(Arguments.AS_TEMPLATE, chat).is_shown is bool(shown)
    assert choose_forms(Arguments.AS_TEXT, chat).is_shown is (Form.TEXT in shown)


@pytest.mark.parametrize("template", [ENCODED, AS_GIVEN, EITHER], ids=["encoded", "as given", "either"])
@pytest.mark.parametrize("layout", [Format.TRL_PROMPT_COMPLETION, Format.OPENRLHF, Format.UNSLOTH])
def test_what_a_trainer_renders_has_each_call_once_and_unescaped(layout, template, tmp_path):
    counts, folder = exported(layout, template, tmp_path)
    assert counts.exported == 2
    file = str(folder / "train.jsonl")
    read = datasets.load_dataset("json", data_files=file, split="train", cache_dir=str(tmp_path / "cache"))
    tokenizer = build_tokenizer("qwen2.5", template)
    for line, arguments in zip(read, ('{"city": "Oslo"}', '{"days": 3, "near": ["a"]}'), strict=True):
        turns = line.get("messages") or [*line["prompt"], *line["completion"]]
        text = tokenizer.apply_chat_template(turns, tokenize=False)
        assert text.count(f"<call>look_up {arguments}</call>") == 1


@pytest.mark.parametrize("layout", [Format.LLAMAFACTORY, Format.SHAREGPT])
def test_llamafactory_encodes_objects_itself(layout, tmp_path):
    _, folder = exported(layout, ENCODED, tmp_path)
    lines = read_lines(folder / "train.jsonl")
    if layout is Format.SHAREGPT:
        functions = [json.loads(line["conversations"][2]["value"]) for line in lines]
    else:  # as its reader for OpenAI's layout does
        functions = [
            json.loads(json.dumps(line["messages"][2]["tool_calls"][0]["function"])) for line in lines
        ]
    assert [json.dumps(function["arguments"]) for function in functions] == [
        '{"city": "Oslo"}',
        '{"days": 3, "near": ["a"]}',
    ]


@pytest.mark.parametrize("layout", [Format.AXOLOTL, Format.MS_SWIFT])
def test_text_is_written_where_the_reader_makes_objects_of_it(layout, tmp_path):
    counts, folder = exported(layout, ITEMS, tmp_path)
    calls = [line["messages"][2]["tool_calls"][0] for line in read_lines(folder / "train.jsonl")]
    assert [json.loads(call["function"]["arguments"]) for call in calls] == [
        {"city": "Oslo"},
        {"days": 3, "near": ["a"]},
    ]
    (shown,) = show_row(folder, "row-1")
    assert "city=Oslo" in "".join(token.text for token in shown.tokens) and counts.exported == 2


def test_verl_gets_rows_whose_template_takes_text_as_parquet_holds_no_object(tmp_path):
    counts, _ = exported(Format.VERL, EITHER, tmp_path / "either")
    assert counts.exported == 2
    counts, _ = exported(Format.VERL, ENCODED, tmp_path / "encoded", [*ROWS, make_row(3)])
    assert counts.exported == 1 and counts.dropped == {Problem.NO_PLACE: 2}


@pytest.mark.parametrize(
    "layout",
    [layout for layout in Format if layout.facts.arguments not in (Arguments.NOWHERE, Arguments.IN_CONTENT)],
)
def test_a_call_that_is_no_json_is_a_counted_drop(layout, tmp_path):
    counts, _ = exported(layout, EITHER, tmp_path, [make_row(1), row_with_call(2, "city: Oslo")])
    if layout is Format.MESSAGES:  # its template that marks the answers writes no calls
        assert counts.dropped == {Problem.NO_PLACE: 1}
    else:
        assert counts.dropped == {Problem.BAD_CALL: 1}


def test_a_call_that_the_template_leaves_out_is_a_counted_drop(tmp_path):
    counts, _ = exported(Format.TRL_PROMPT_COMPLETION, SILENT, tmp_path, [make_row(3), *ROWS])
    assert counts.exported == 1 and counts.dropped == {Problem.NO_PLACE: 2}
