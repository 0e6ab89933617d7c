"""LoadConversations gives every row typed columns and a stable identifier, alone and through the host."""

from __future__ import annotations

import json
import pickle
from pathlib import Path
from typing import Any

import datasets
import pytest
from distilabel.pipeline import Pipeline
from distilabel.utils.docstring import parse_google_docstring
from hypothesis import given
from hypothesis import strategies as st

from sysgen_distilabel.columns import ALL_COLUMNS
from sysgen_distilabel.errors import ConfigError, InputError
from sysgen_distilabel.steps import LoadConversations

GOOD = {"question": "Why?", "answer": "Because."}
BAD = {"question": "Why?", "answer": ""}
TURNS = [{"role": "user", "content": "Why?"}, {"role": "assistant", "content": "Because."}]


def batches(offset: int = 0, **fields: Any) -> list[tuple[list[dict[str, Any]], bool]]:
    """What the step yields outside any pipeline."""
    step = LoadConversations(**fields)
    step.load()
    return list(step.process(offset=offset))


def load(rows: Any, offset: int = 0, **fields: Any) -> list[dict[str, Any]]:
    """All rows the step yields."""
    return [row for batch, _ in batches(offset, dataset=rows, **fields) for row in batch]


def ids(rows: list[dict[str, Any]], **fields: Any) -> list[str]:
    """The identifiers the step gives."""
    return [row["source_id"] for row in load(rows, **fields)]


def test_a_good_row() -> None:
    (row,) = load([GOOD | {"id": "x"}])
    assert row == {
        "source_id": "x",
        "messages": TURNS,
        "original_system_message": "",
        "turn_fields": "",
        "outcome": "pending",
        "outcome_detail": "",
        "rejected_by": "",
    }


def test_a_bad_row_is_rejected_with_its_place(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text(f"{json.dumps(GOOD)}\n\n{json.dumps(BAD)}\n")
    ((rows, _),) = batches(source=str(path), name="load_conversations")
    assert rows[0]["outcome"] == "pending"
    assert rows[1]["outcome"] == "bad_input"
    assert rows[1]["outcome_detail"].startswith("line 3: ")
    assert rows[1]["rejected_by"] == "load_conversations"
    assert (rows[1]["messages"], rows[1]["original_system_message"]) == ([], "")


def test_columns_and_their_order_never_vary() -> None:
    step = LoadConversations(dataset=[GOOD | {"n": 1}, BAD], keep_columns=["n"])
    step.load()
    rows, _ = next(step.process())
    assert [list(row) for row in rows] == [step.outputs] * 2
    assert set(step.outputs) - {"n"} <= set(ALL_COLUMNS)


def test_explicit_columns_win() -> None:
    (row,) = load(
        [GOOD | {"frage": "Wer?", "antwort": "Ich."}], columns={"user": "frage", "assistant": "antwort"}
    )
    assert [turn["content"] for turn in row["messages"]] == ["Wer?", "Ich."]


@pytest.mark.parametrize("rows", [1, 3, 4, 5, 8])
@pytest.mark.parametrize("batch_size", [1, 4, 100])
def test_exactly_the_last_batch_is_the_last(rows: int, batch_size: int) -> None:
    found = batches(dataset=[GOOD] * rows, batch_size=batch_size)
    assert [last for _, last in found] == [False] * (len(found) - 1) + [True]
    assert all(batch for batch, _ in found)
    assert sum(len(batch) for batch, _ in found) == rows


@given(
    kinds=st.lists(st.sampled_from([GOOD, BAD, GOOD | {"id": "a"}, {"id": "a-2"}]), min_size=1),
    offset=st.integers(0, 9),
)
def test_an_offset_gives_the_same_rows_and_ids(kinds: list[dict[str, str]], offset: int) -> None:
    whole = load(kinds)
    assert load(kinds, offset, batch_size=2) == whole[offset:]
    assert len({row["source_id"] for row in whole}) == len(kinds)


def test_hashes_follow_the_conversation_alone() -> None:
    other = {"question": "Who?", "answer": "Me."}
    assert ids([GOOD, other]) == ids([other, GOOD])[::-1]
    assert ids([GOOD]) == ids([GOOD | {"score": 3}]) == ids([{"messages": TURNS}])
    assert ids([GOOD]) != ids([{"messages": [{"role": "system", "content": "Be brief."}, *TURNS]}])
    assert ids([BAD]) == ids([dict(reversed(BAD.items()))])
    assert ids([GOOD, GOOD, BAD, BAD])[1::2] == [f"{name}-2" for name in ids([GOOD, BAD])]


def test_the_id_column() -> None:
    rows = [GOOD | {"key": 7, "id": "x"}, GOOD | {"key": " ", "id": "x"}]
    assert ids(rows) == ["x", "x-2"]
    assert ids(rows, id_column="key") == ["7", *ids([GOOD])]


def test_kept_columns_stay_or_become_json() -> None:
    kept = {
        "topic": "maths",
        "score": 0.5,
        "n": 3,
        "ok": True,
        "no": None,
        "tags": ["a", "ß"],
        "meta": {"k": 1},
    }
    (row,) = load([GOOD | kept], keep_columns=[*kept, "absent"])
    expected = kept | {"tags": '["a","ß"]', "meta": '{"k":1}', "absent": None}
    assert {column: row[column] for column in expected} == expected
    with pytest.raises(ValueError, match="messages: SysGen has columns of this name"):
        LoadConversations(keep_columns=["topic", "messages"])


def test_a_limit() -> None:
    found = batches(dataset=[GOOD] * 10, limit=4, batch_size=2)
    assert [(len(batch), last) for batch, last in found] == [(2, False), (2, True)]


def test_a_dataset_in_memory() -> None:
    dataset = datasets.Dataset.from_list([GOOD, BAD])
    assert load(dataset) == load([GOOD, BAD])


def test_one_input_and_only_one() -> None:
    for fields in ({}, {"source": "a.jsonl", "dataset": [GOOD]}):
        with pytest.raises(ConfigError, match="needs a source or a dataset"):
            LoadConversations(**fields).load()
    with pytest.raises(InputError, match=r"There is no file no\.jsonl"):
        LoadConversations(source="no.jsonl").load()


def test_a_broken_input_shows_before_the_first_row(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text(f"{json.dumps(GOOD)}\n" * 6 + "{oops\n")
    with pytest.raises(InputError, match=r"line 7: wrong JSON"):
        LoadConversations(source=str(path)).load()
    LoadConversations(source=str(path), limit=6).load()
    with pytest.raises(ConfigError, match="cannot have 'usr': 'q'"):
        LoadConversations(dataset=[GOOD], columns={"usr": "q"}).load()


def test_it_survives_pickling_and_yaml(tmp_path: Path) -> None:
    step = LoadConversations(dataset=[GOOD])
    step.load()
    assert list(pickle.loads(pickle.dumps(step)).process()) == list(step.process())
    fields = {
        "source": "a.jsonl",
        "columns": {"user": "q"},
        "id_column": "k",
        "limit": 3,
        "keep_columns": ["t"],
    }
    with Pipeline(name="round-trip") as pipeline:
        LoadConversations(name="load", **fields)
    pipeline.save(tmp_path / "pipeline.yaml", format="yaml")
    again = Pipeline.from_yaml(tmp_path / "pipeline.yaml")
    restored = again.dag.get_step("load")["step"]
    assert {name: getattr(restored, name) for name in fields} == fields
    assert again.dump() == pipeline.dump()


def test_the_host_reads_the_docstring() -> None:
    sections = parse_google_docstring(LoadConversations)
    assert sections["categories"] == ["load"]
    assert list(sections["output_columns"]) == LoadConversations().outputs
    assert set(sections["runtime_parameters"]) == set(LoadConversations().runtime_parameters_names) - {
        "resources"
    }
    assert len(sections["attributes"]) == 16
    assert len(sections["examples"]) == 2
    assert len(sections["citations"]) == len(sections["references"]) == 1


@pytest.mark.slow
@pytest.mark.usefixtures("stock_distilabel")
def test_a_stock_pipeline_runs_it(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text("".join(f"{json.dumps(row)}\n" for row in [BAD] * 60 + [GOOD] * 60))
    with Pipeline(name="stock", cache_dir=tmp_path) as pipeline:
        LoadConversations(name="load", batch_size=30)
    distiset = pipeline.run(parameters={"load": {"source": str(path)}}, use_cache=False)
    rows = distiset["default"]["train"]
    assert [row["outcome"] for row in rows] == ["bad_input"] * 60 + ["pending"] * 60
    assert rows[119]["messages"] == TURNS
