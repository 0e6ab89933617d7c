"""Verifiers agree with what lm-eval scores, and a constraint they cannot check is an error, not a guess."""

import sys

import nltk
import pytest
from lm_eval.tasks.ifeval.utils import InputExample, test_instruction_following_loose

from sysgen_distilabel.constraints.verifiers import (
    BadConstraint,
    Constraint,
    check_constraint,
    follows,
    follows_loosely,
    list_verifiers,
    read_ifeval_constraints,
)
from sysgen_distilabel.errors import ConfigError

test_instruction_following_loose.__test__ = False
LETTERS = "keywords:letter_frequency"
FEW_WORDS = Constraint("length_constraints:number_words", {"num_words": 5, "relation": "less than"})
CASES = [
    (FEW_WORDS, "Four words are here.", "These are five words, no?"),
    (Constraint("punctuation:no_comma", {}), "No such sign.", "One, two."),
    (Constraint("keywords:existence", {"keywords": ["sea", "boat"]}), "A boat at SEA.", "A boat."),
    (Constraint("keywords:forbidden_words", {"forbidden_words": ["sea"]}), "A seal.", "The sea."),
    (Constraint("change_case:english_lowercase", {}), "all of this is small", "Not all of this"),
    (Constraint("detectable_format:json_format", {}), '{"a": 1}', "a: 1"),
    (Constraint("detectable_format:number_bullet_lists", {"num_bullets": 2}), "* a\n* b", "* a"),
    (Constraint("language:response_language", {"language": "de"}), "Das ist ein Satz.", "It is English."),
    (
        Constraint(LETTERS, {"letter": "!", "let_frequency": 2, "let_relation": "at least"}),
        "Yes!!",
        "ssss !",
    ),
]  # fmt: skip


@pytest.mark.parametrize(
    ("constraint", "good", "bad"), CASES, ids=lambda value: getattr(value, "verifier", "")
)
def test_a_response_follows_or_not(constraint, good, bad):
    assert follows(good, constraint) and not follows(bad, constraint)
    assert not follows(" \n", constraint)


@pytest.mark.parametrize(
    "response", ["", "Sure!\nall small, this is", "*all* SMALL", "all small this is\nOK?"]
)
def test_loose_scores_are_those_of_lm_eval(response):
    constraints = [Constraint("change_case:english_lowercase", {}), FEW_WORDS, CASES[1][0]]
    ids, arguments = [c.verifier for c in constraints], [dict(c.arguments) for c in constraints]
    theirs = test_instruction_following_loose(InputExample(1, ids, "", arguments), response)
    assert [follows_loosely(response, c) for c in constraints] == theirs.follow_instruction_list


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("length_constraints:number_of_words", {}),
        ("length_constraints:number_words", {"num_words": 5}),
        ("length_constraints:number_words", {"num_words": -5, "relation": "at least"}),
        ("length_constraints:number_words", {"num_words": 5, "relation": "exactly"}),
        ("length_constraints:number_words", {"num_words": "many", "relation": "at least"}),
        ("punctuation:no_comma", {"comma": True}),
        (LETTERS, {"letter": "ab", "let_frequency": 2, "let_relation": "at least"}),
    ],
)
def test_what_no_verifier_can_check_is_refused(name, arguments):
    with pytest.raises(BadConstraint):
        check_constraint(Constraint(name, arguments))


def test_a_keyword_that_is_no_regular_expression_is_refused():
    often = {"keyword": "c(", "frequency": 1, "relation": "at least"}
    for name, arguments in (
        ("keywords:frequency", often),
        ("keywords:existence", {"keywords": ["c.t", "(C"]}),
        ("keywords:forbidden_words", {"forbidden_words": ["short", "(C"]}),
    ):
        with pytest.raises(BadConstraint, match=name):
            check_constraint(Constraint(name, arguments))


def test_rows_of_ifeval_have_nulls_in_them():
    assert read_ifeval_constraints([FEW_WORDS.verifier], [{**FEW_WORDS.arguments, "letter": None}]) == [
        FEW_WORDS
    ]
    with pytest.raises(BadConstraint, match="1 instructions have 2"):
        read_ifeval_constraints(["punctuation:no_comma"], [{}, {}])


def test_a_constraint_survives_a_dataset_column():
    assert Constraint.from_row(FEW_WORDS.to_row()) == FEW_WORDS
    assert set(map(type, FEW_WORDS.to_row().values())) == {str}
    for broken in (
        {},
        {"verifier": "x", "arguments": "{"},
        {"verifier": "punctuation:no_comma", "arguments": 3},
    ):
        with pytest.raises(BadConstraint):
            Constraint.from_row(broken)


def test_the_verifiers_are_the_25_of_ifeval():
    verifiers = list_verifiers()
    assert len(verifiers) == 25
    assert set(verifiers["length_constraints:number_words"]) == {"num_words", "relation"}


def test_the_sentence_tokenizer_is_asked_for_by_name(monkeypatch):
    monkeypatch.setattr(nltk.data, "path", [])
    constraint = Constraint(
        "length_constraints:number_sentences", {"num_sentences": 2, "relation": "at least"}
    )
    with pytest.raises(ConfigError, match="punkt_tab"):
        check_constraint(constraint)


def test_without_lm_eval_the_extra_is_named(monkeypatch):
    from sysgen_distilabel.constraints import verifiers

    verifiers._registry.cache_clear()
    monkeypatch.setitem(sys.modules, "lm_eval.tasks.ifeval.instructions_registry", None)
    with pytest.raises(ConfigError, match=r"sysgen-distilabel\[verifiers\]"):
        list_verifiers()
