"""Identifiers are stable, and no two rows have the same."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from sysgen_distilabel.inputs.source_ids import UniqueIds, canonical_json, find_given_id, hash_content

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


def test_repeated_ids_are_numbered_in_order_of_appearance() -> None:
    ids = UniqueIds()
    assert [ids.issue(name) for name in ("a", "b", "a", "a", "b")] == ["a", "b", "a-2", "a-3", "b-2"]


def test_a_numbered_id_never_takes_the_place_of_a_given_one() -> None:
    ids = UniqueIds()
    assert [ids.issue(name) for name in ("a-2", "a", "a", "a-2", "a")] == ["a-2", "a", "a-3", "a-2-2", "a-4"]


@given(st.lists(st.sampled_from(["a", "a-2", "a-2-2", "a-3", "b"])))
def test_ids_are_unique(names: list[str]) -> None:
    ids = UniqueIds()
    issued = [ids.issue(name) for name in names]
    assert len(set(issued)) == len(names)


def test_a_given_id_is_non_blank_text_or_a_whole_number() -> None:
    assert find_given_id({"id": "x", "source_id": "y"}) == "y"
    assert find_given_id({"id": 7}) == "7"
    assert find_given_id({"id": "x", "key": "k"}, "key") == "k"
    for useless in (None, "", "  ", True, 1.5, ["x"]):
        assert find_given_id({"id": useless}) is None
    assert find_given_id({"id": "x"}, "key") is None
    assert find_given_id({"id": "\u200b", "source_id": " "}) is None


def test_ids_that_utf_8_cannot_write_stay_apart() -> None:
    halves = ["\ud800", "\ud801", "?", "x\udc00", "x\udc01", "한\n"]
    found = [find_given_id({"id": text}) or "" for text in halves]
    assert len({text.encode() for text in found}) == len(halves)
    assert found[2] == "?" and found[5] == halves[5]


@given(st.dictionaries(st.text(), JSON, max_size=4))
def test_the_hash_ignores_the_order_of_keys(row: dict[str, object]) -> None:
    backwards = dict(reversed(row.items()))
    assert hash_content(row) == hash_content(backwards)
    assert len(hash_content(row)) == 16


@given(JSON)
def test_every_value_has_a_canonical_form(value: object) -> None:
    assert isinstance(canonical_json(value), bytes)


def test_odd_values_have_a_canonical_form() -> None:
    for value in ("half \ud83d", 2**70, {"at": object}, b"bytes"):
        assert canonical_json({"value": value}).decode()
