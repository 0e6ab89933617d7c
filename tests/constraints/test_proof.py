"""A proof: what is written to follow passes, the same text made to break it fails, for any arguments."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sysgen_distilabel.constraints.arguments import LANGUAGES, RELATIONS, Kind
from sysgen_distilabel.constraints.describe import describe
from sysgen_distilabel.constraints.following import IN_LANGUAGE, PROVABLE, write_following
from sysgen_distilabel.constraints.mutators import violate
from sysgen_distilabel.constraints.own_verifiers import OWN_VERIFIERS
from sysgen_distilabel.constraints.proof import NoProof, find_flaw
from sysgen_distilabel.constraints.verifiers import Constraint, follows

COUNT = st.integers(2, 40)
WORD = st.from_regex(r"[b-z][a-z]{3,9}", fullmatch=True)
WORDS = st.lists(WORD, min_size=1, max_size=3, unique=True)
PHRASE = st.lists(WORD, min_size=1, max_size=4).map(" ".join)
OF_KIND = {
    Kind.COUNT: COUNT,
    Kind.RELATION: st.sampled_from(RELATIONS),
    Kind.TEXT: PHRASE,
    Kind.TEXTS: WORDS,
    Kind.LEVELS: st.lists(st.integers(1, 6), min_size=1, max_size=3, unique=True),
    Kind.TAG: st.from_regex(r"[a-z][a-z_]{0,8}", fullmatch=True),
    Kind.CODE_LANGUAGE: st.sampled_from(["", "python", "sql"]),
    Kind.LANGUAGE: st.sampled_from(LANGUAGES),
    Kind.LIST_STYLE: st.sampled_from(["bullet", "numbered"]),
    Kind.SCHEMA: WORDS.map(
        lambda names: {
            "type": "object",
            "properties": {name: {"type": "integer"} for name in names},
            "required": names,
        }
    ),
}
SIGNS = {"characters": st.sampled_from([",", ";", "!?", "*"])}
OWN = {
    name: st.fixed_dictionaries(
        {argument: SIGNS.get(argument, OF_KIND[kind]) for argument, kind in verifier.arguments.items()}
    )
    for name, verifier in OWN_VERIFIERS.items()
}
RELATION = st.sampled_from(["at least", "less than"])
IFEVAL = {
    "change_case:english_capital": st.just({}),
    "change_case:english_lowercase": st.just({}),
    "detectable_content:number_placeholders": st.fixed_dictionaries({"num_placeholders": COUNT}),
    "detectable_content:postscript": st.sampled_from(["P.S.", "P.P.S"]).map(
        lambda marker: {"postscript_marker": marker}
    ),
    "detectable_format:json_format": st.just({}),
    "detectable_format:number_bullet_lists": st.fixed_dictionaries({"num_bullets": COUNT}),
    "detectable_format:title": st.just({}),
    "keywords:existence": st.fixed_dictionaries({"keywords": WORDS}),
    "keywords:forbidden_words": st.fixed_dictionaries({"forbidden_words": WORDS}),
    "keywords:frequency": st.fixed_dictionaries({"keyword": WORD, "frequency": COUNT, "relation": RELATION}),
    "language:response_language": st.sampled_from(sorted(set(IN_LANGUAGE) - {"zh"})).map(
        lambda code: {"language": code}
    ),
    "length_constraints:number_words": st.fixed_dictionaries({"num_words": COUNT, "relation": RELATION}),
    "punctuation:no_comma": st.just({}),
    "startend:end_checker": st.fixed_dictionaries({"end_phrase": PHRASE}),
    "startend:quotation": st.just({}),
}
NEEDS_PUNKT = {"length_constraints:number_sentences"}
ALL = [*OWN.items(), *IFEVAL.items()]


def test_every_verifier_that_can_be_proven_is_tested():
    assert {name for name, _ in ALL} | NEEDS_PUNKT == PROVABLE
    assert set(OWN_VERIFIERS) <= PROVABLE


@pytest.mark.parametrize(
    ("name", "arguments"), ALL, ids=lambda value: value if isinstance(value, str) else ""
)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_what_follows_passes_and_its_violation_fails(name, arguments, data):
    constraint = Constraint(name, data.draw(arguments))
    written = write_following(constraint)
    assert follows(written, constraint)
    assert not follows(violate(written, constraint), constraint)
    assert find_flaw(constraint) is None
    assert describe(constraint).startswith("The response ") and name not in describe(constraint)


@pytest.mark.parametrize(
    ("constraint", "reason"),
    [
        (Constraint("length_constraints:number_of_words", {}), NoProof.CANNOT_BE_CHECKED),
        (Constraint("sysgen:one_of", {"options": []}), NoProof.CANNOT_BE_CHECKED),
        (Constraint("sysgen:one_of", {"option": ["a"]}), NoProof.CANNOT_BE_CHECKED),
        (Constraint("combination:two_responses", {}), NoProof.NO_EXAMPLE),
        (
            Constraint("length_constraints:number_words", {"num_words": 1, "relation": "less than"}),
            NoProof.NOTHING_FOLLOWS,
        ),
        (Constraint("sysgen:json_schema", {"schema": {"type": "array", "minItems": 9}}), None),
        (Constraint("sysgen:json_schema", {"schema": {"type": "nothing"}}), NoProof.CANNOT_BE_CHECKED),
    ],
    ids=lambda value: getattr(value, "verifier", str(value)),
)
def test_a_constraint_without_a_proof_has_a_reason(constraint, reason):
    assert find_flaw(constraint) is reason
    assert reason is None or reason.explanation


def test_the_answers_of_a_row_are_broken_as_well():
    keyword = Constraint("keywords:frequency", {"keyword": "sea", "frequency": 1, "relation": "at least"})
    assert find_flaw(keyword, ["The sea.", "No water."]) is None
    # The mutator takes the word out of "sseaea" until it is gone.
    assert find_flaw(keyword, ["sseaea"]) is None
