"""What people write on a card stays when it is written anew."""

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from sysgen_distilabel.errors import HubError
from sysgen_distilabel.hub.merge_cards import merge_card, read_front_matter
from sysgen_distilabel.report.card.render_card import BEGIN, END
from tests.services.hub.card_rules import find_errors

TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc"]) | st.just("\n"), max_size=60).filter(
    lambda text: "sysgen:" not in text and "---" not in text
)
CONFIGS = [{"config_name": "accepted", "data_files": "accepted/*.parquet", "default": True}]


def card(section="ours", before="", after="", **metadata):
    head = f"---\n{yaml.safe_dump(metadata, sort_keys=False)}---\n" if metadata else ""
    return f"{head}\n{before}{BEGIN}\n{section}\n{END}\n{after}"


def ours(section="new", **more):
    return card(section, license="mit", tags=["sysgen"], configs=CONFIGS, **more)


@given(TEXT, TEXT, TEXT, TEXT)
def test_only_our_section_changes(before, after, old, new):
    theirs = card(old, before, after, license="mit", tags=["sysgen"], configs=CONFIGS)
    assert merge_card(ours(new), theirs) == card(
        new, before, after, license="mit", tags=["sysgen"], configs=CONFIGS
    )


@given(TEXT, TEXT, st.lists(st.sampled_from(["a", "b", "sysgen"]), unique=True))
def test_merging_twice_is_merging_once(before, after, tags):
    once = merge_card(ours(), card("old", before, after, tags=tags, pretty_name="Ours"))
    assert merge_card(ours(), once) == once
    assert find_errors(once) == []
    assert set(tags) | {"sysgen"} == set(read_front_matter(once)["tags"])


@given(TEXT)
def test_a_card_without_our_section_gets_it_below(theirs):
    merged = merge_card(ours(), theirs)
    assert theirs.strip() in merged
    assert merged.count(BEGIN) == merged.count(END) == 1
    assert merge_card(ours(), merged) == merged


def test_metadata_of_both_is_kept():
    theirs = card(
        license="apache-2.0",
        language=["de"],
        pretty_name="Ours",
        tags=["handmade"],
        size_categories=["n<1K"],
        configs=[{"config_name": "extra", "data_files": "x.csv"}, {"config_name": "rejected"}],
        dataset_info={"config_name": "accepted"},
    )
    merged = read_front_matter(merge_card(ours(language=["en"], size_categories=["1K<n<10K"]), theirs))
    assert merged == {
        "license": "mit",
        "language": ["en"],
        "pretty_name": "Ours",
        "tags": ["handmade", "sysgen"],
        "size_categories": ["1K<n<10K"],
        "configs": [*CONFIGS, {"config_name": "extra", "data_files": "x.csv"}],
    }


def test_the_default_chosen_by_hand_stays():
    theirs = card(configs=[{"config_name": "extra", "data_files": "x.csv", "default": True}])
    merged = read_front_matter(merge_card(ours(), theirs))["configs"]
    assert [config.get("default") for config in merged] == [None, True]


def test_comments_in_the_metadata_stay_if_nothing_changes_there():
    theirs = ours("old").replace("license: mit", "license: mit  # as agreed")
    assert merge_card(ours("new"), theirs) == theirs.replace("old", "new")


@pytest.mark.parametrize(
    "broken", [f"{BEGIN}\ntext", f"text {END}", f"{END}\n{BEGIN}", f"{BEGIN}{BEGIN}{END}"]
)
def test_broken_marks_are_no_reason_to_guess(broken):
    with pytest.raises(HubError, match="has lost a mark"):
        merge_card(ours(), broken)
