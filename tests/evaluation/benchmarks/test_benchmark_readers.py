"""Whatever stands in a row of a benchmark, the reader counts it as an item or as malformed."""

import copy
import json
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sysgen_distilabel.evaluation.benchmarks import advanced_if, iheval, multifacet, sysbench
from sysgen_distilabel.evaluation.benchmarks import s_ifeval as constraints
from sysgen_distilabel.evaluation.benchmarks.items import read_items
from tests import benchmark_data

RULES = {"instruction_id_list": ["punctuation:no_comma"], "kwargs": [{}]}
SECRET = {"access_code": "sesame", "label": 0, "system_prompt": None}
HELDOUT = {
    "system_message": "Use no commas.",
    "messages": [{"role": "user", "content": "?"}],
    "constraints": [{"verifier": "punctuation:no_comma", "arguments": "{}"}],
}
READERS = {
    "multifacet": (multifacet._read_row, benchmark_data.multifacet_row(1)),
    "sysbench": (sysbench._read_row, benchmark_data.sysbench_session(1)),
    "s-ifeval": (constraints._read_s_ifeval_row, benchmark_data.s_ifeval_row(1)),
    "advanced-if": (advanced_if._read_row, benchmark_data.advanced_if_row(1)),
    "heldout": (constraints._read_heldout_row, HELDOUT),
    **{
        f"iheval {task}": (
            partial(iheval._read_row, place=(task, "conflict", "default")),
            benchmark_data.iheval_row(1, task, "conflict", answer),
        )
        for task, answer in zip(
            iheval.TASKS,
            (RULES, RULES, "go", "Hola", ["English"], SECRET, SECRET, benchmark_data.PAGE, "Jack"),
            strict=True,
        )
    },
}


def test_sessions_are_drawn_four_in_five_dependent_by_a_seed():
    sessions = [benchmark_data.sysbench_session(n, dependent=n % 2 == 0) for n in range(40)]
    items = [sysbench._read_row(row) for row in sessions]
    drawn, again, other = (sysbench.draw_sessions(items, 10, seed) for seed in (1, 1, 2))
    assert drawn == again != other
    assert [item.details["dependent"] for item in drawn].count(True) == 8 and len(drawn) == 10
    assert [item.id for item in drawn] == sorted((item.id for item in drawn), key=int)
    assert len(sysbench.draw_sessions(items, 400, 0)) == 40


def test_of_advanced_if_the_conversations_under_a_system_message_are_read(tmp_path):
    found = advanced_if.read_advanced_if(str(benchmark_data.advanced_if(tmp_path / "a.jsonl")))
    assert len(found.items) == 4 and len(found.malformed) == 1
    [item] = found.items[:1]
    assert [turn["role"] for turn in item.messages] == ["system", "user", "assistant", "user"]
    [turn] = item.details["turns"]
    assert [each["text"] for each in turn["criteria"]] == ["Is the answer one word?", "Does it say 0?"]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-2, 2) | st.sampled_from(["", "x", "user"]),
    lambda inner: (
        st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(["role", "x"]), inner, max_size=2)
    ),
    max_leaves=4,
)


def places(value, path=()):
    """Every place in a row, from the row itself down."""
    yield path
    children = (
        value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    )
    for name, child in children:
        yield from places(child, (*path, name))


def put(row, path, value):
    if not path:
        return value
    changed = copy.deepcopy(row)
    inner = changed
    for name in path[:-1]:
        inner = inner[name]
    inner[path[-1]] = value
    return changed


@pytest.mark.parametrize("name", READERS)
@given(st.data())
def test_no_value_in_no_place_breaks_a_reader(name, data):
    read, row = READERS[name]
    assert len(read_items([("row 1", row)], read).items) == 1
    path = data.draw(st.sampled_from(list(places(row))))
    found = read_items([("row 1", put(row, path, data.draw(JSON)))], read)
    assert len(found.items) + len(found.malformed) == 1
    assert all(
        message["content"] for item in found.items for message in item.messages if message["role"] == "system"
    )


def test_ids_that_come_twice_are_told_apart():
    rows = [
        ("line 1", benchmark_data.s_ifeval_row(7)),
        ("line 2", benchmark_data.s_ifeval_row(7)),
        ("line 3", 5),
    ]
    found = read_items(rows, constraints._read_s_ifeval_row)
    assert [item.id for item in found.items] == ["7", "7-2"] and found.malformed == [
        "line 3: no object with named fields"
    ]
    assert len(read_items(rows, constraints._read_s_ifeval_row, limit=1).items) == 1


def test_a_keyword_that_is_no_regular_expression_makes_the_row_malformed():
    row = benchmark_data.s_ifeval_row(1, "keywords:existence", keywords=["cat", "(C"])
    found = read_items([("line 1", row)], constraints._read_s_ifeval_row)
    assert not found.items and "keywords:existence" in found.malformed[0]


def test_a_verifier_that_breaks_on_a_response_costs_no_other_row():
    entry = {"verifier": "detectable_format:json_format", "arguments": "{}"}
    item = json.dumps({"constraints": [entry]})
    rows = [
        {"source_id": f"{number}#0", "responses": [text], "benchmark_item": item}
        for number, text in enumerate(("{}", "[" * 200_000))
    ]
    figures = constraints.score_rows(rows)
    assert (figures["rows_not_checked"], figures["rows_without_constraint"]) == (1, 0)
    assert figures["prompt_strict"]["mean"] == 1 and figures["constraints"] == 1


@pytest.mark.parametrize(
    ("verifier", "arguments"),
    [
        ("language:response_language", {"language": "de"}),
        ("combination:repeat_prompt", {"prompt_to_repeat": "Say a number."}),
    ],
)
def test_rows_the_owners_of_s_ifeval_do_not_score_are_left_out_with_all_their_constraints(
    verifier, arguments
):
    lines = [benchmark_data.s_ifeval_row(1), benchmark_data.s_ifeval_row(2, verifier, **arguments)]
    items = read_items([("", line) for line in lines], constraints._read_s_ifeval_row).items
    rows = [
        {"source_id": f"{item.id}#0", "responses": ["Seven."], "benchmark_item": json.dumps(item.details)}
        for item in items
    ]
    figures = constraints.score_s_ifeval(rows)
    assert (len(items), figures["constraints"], figures["rows_left_out"]) == (2, 2, 1)
    assert constraints.score_rows(rows)["constraints"] == 4
