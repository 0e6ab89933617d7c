"""A megabyte of a reply, or of a phrase, is read; in quadratic time it would not be within any patience."""

import pytest

from sysgen_distilabel.checks.leaks import find_leaks
from sysgen_distilabel.checks.loops import find_loop
from sysgen_distilabel.checks.markup import find_markup
from sysgen_distilabel.checks.turn_references import refers_back
from sysgen_distilabel.constraints.compile import compile_constraints
from sysgen_distilabel.replies.annotation import parse_annotated
from sysgen_distilabel.replies.tool_calls import take_written_calls
from sysgen_distilabel.replies.verdicts import read_verdicts
from sysgen_distilabel.secrets import hide_secrets
from tests.isolated import isolated

CALL = '<tool_call>{"name": "f", "arguments": {}}</tool_call>'


@pytest.mark.parametrize(
    ("read", "piece"),
    [
        (take_written_calls, "<tool_call>"),
        (take_written_calls, "<tool_call> " + " " * 400),
        (find_markup, "["),
        (find_markup, "[]"),
        (hide_secrets, "-----BEGIN PRIVATE KEY-----\n"),
        (hide_secrets, "-----END PRIVATE KEY-----\n"),
        (compile_constraints, "Use 3 words. "),
        (compile_constraints, "1. a\n"),
    ],
)
def test_a_megabyte_of_one_piece_comes_to_an_end(read, piece):
    isolated(read, piece * (1_000_000 // len(piece)))


@pytest.mark.parametrize("piece", [" \n", "#\n", "Role\n", "<<a>>\n"])
def test_verdicts_stand_behind_a_megabyte_of_lines(piece):
    reply = piece * (1_000_000 // len(piece)) + "Role: Good"
    assert isolated(read_verdicts, reply, ["Role"]) == {"Role": "Good"}


@pytest.mark.parametrize("piece", ["[", "(", "{", "<"])
def test_a_phrase_stands_behind_a_megabyte_of_brackets(piece):
    annotation = isolated(parse_annotated, piece * 1_000_000 + " [Role]You are a cook.[/Role]", repair=True)
    assert [phrase.text for phrase in annotation.phrases] == ["You are a cook."]


def test_a_request_of_digits_alone_refers_to_nothing():
    assert not isolated(refers_back, "7" * 1_000_000, ["An answer."], [])


def test_calls_are_taken_out_before_a_megabyte_of_tags_that_do_not_end():
    reply = isolated(take_written_calls, f"Now. {CALL}" + "<tool_call>" * 90_000)
    assert len(reply.calls) == 1
    assert reply.text == "Now. " + "<tool_call>" * 90_000


def test_a_long_phrase_gives_away_what_it_begins_with():
    messages = [
        {"role": "user", "content": "How many eggs are there?"},
        {"role": "assistant", "content": "There are 7431 eggs."},
    ]
    leaks = isolated(find_leaks, ["Say that there are 7431 eggs. " + "aB_" * 300_000], messages)
    assert leaks[0].evidence == "7431"


def test_the_end_of_ten_megabytes_of_one_letter_is_known():
    assert isolated(find_loop, "An answer. " + "A" * 10_000_000).times == 10_000_000
