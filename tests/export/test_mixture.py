"""Rows in several guises, and rows of the user's own beside them."""

import json

import pytest

from sysgen_distilabel.errors import ConfigError
from sysgen_distilabel.export.arms import COMMON_SYSTEM_MESSAGE, Arm
from sysgen_distilabel.export.mixture import Guise, Mixture
from sysgen_distilabel.export.other_rows import Mix, parse_mix
from sysgen_distilabel.export.plan import Options, make_plan
from sysgen_distilabel.export.problems import Problem
from sysgen_distilabel.export.trainer_format import PAIRED, Format
from tests.chat_tokenizers import save_tokenizer
from tests.export.rows import make_row
from tests.export.test_write import export, read_lines


@pytest.fixture(scope="module")
def phi(tmp_path_factory):
    return str(save_tokenizer("phi-4", tmp_path_factory.mktemp("phi-4")))


def guise_of(line):
    """What a line of the layout `messages` shows, read off its texts alone."""
    number = line["source_id"].removeprefix("row-")
    first = line["messages"][0]["content"]
    if first == f"Be number {number}.":
        return Guise.MESSAGE
    if first == COMMON_SYSTEM_MESSAGE:
        return Guise.DEFAULT
    if not first:
        return Guise.EMPTY
    return Guise.FOLD if first.startswith(f"Be number {number}.\n\n") else Guise.PLAIN


def test_the_shares_are_kept_and_stated(tmp_path, phi):
    rows = [make_row(number) for number in range(600)]
    mixture = Mixture(plain=0.2, default=0.1, fold=0.2, empty=0.1)
    shares = {guise: getattr(mixture, guise) for guise in Guise if guise is not Guise.MESSAGE}
    counts = export(rows, tmp_path / "out", tokenizer=phi, layout=Format.MESSAGES, mixture=mixture)
    lines = read_lines(tmp_path / "out" / "train.jsonl")
    found = [guise_of(line) for line in lines]
    for guise, share in {**shares, Guise.MESSAGE: 0.4}.items():
        assert abs(found.count(guise) / 600 - share) < 0.06
        assert counts.guises[guise] == found.count(guise)
    for line, guise in zip(lines, found, strict=True):
        is_original = "Original" in line["messages"][-1]["content"]
        assert is_original is (guise in (Guise.PLAIN, Guise.DEFAULT, Guise.EMPTY))
    card = (tmp_path / "out" / "README.md").read_text()
    assert f"| without a system message, with the original answers | {found.count(Guise.PLAIN)} |" in card


def test_a_row_keeps_its_guise_whatever_rows_are_beside_it_and_a_greater_share_only_adds():
    rows = [make_row(number) for number in range(200)]
    few, many = (Mixture(plain=share) for share in (0.1, 0.4))
    plain = [{row["source_id"] for row in rows if mix.draw(row) is Guise.PLAIN} for mix in (few, many)]
    assert plain[0] and plain[0] < plain[1]


@pytest.mark.parametrize("model", ["phi-4", "llama-3.1", "gemma-3", "qwen2.5"])
@pytest.mark.parametrize("layout", [Format.TRL_PROMPT_COMPLETION, Format.MESSAGES])
def test_templates_take_an_empty_message(model, layout, tmp_path):
    tokenizer = str(save_tokenizer(model, tmp_path / "model"))
    rows = [make_row(1)]
    export(rows, tmp_path / "out", tokenizer=tokenizer, layout=layout, mixture=Mixture(empty=1.0))
    (line,) = read_lines(tmp_path / "out" / "train.jsonl")
    assert (line.get("prompt") or line["messages"])[0] == {"role": "system", "content": ""}


@pytest.mark.parametrize("layout", [layout for layout in Format if layout not in PAIRED])
def test_formats_take_an_empty_message(layout, tmp_path, phi):
    options = {"tokenizer": phi, "layout": layout, "mixture": Mixture(empty=0.5)}
    counts = export([make_row(number) for number in range(10)], tmp_path / "out", **options)
    if layout is Format.SDFT:  # it teaches a message, and there is none
        assert counts.exported + counts.dropped[Problem.NOTHING_TO_LEARN] == 10 > counts.exported
    else:
        assert counts.exported == 10 and 0 < counts.guises[Guise.EMPTY] < 10


def test_a_row_without_an_original_answer_keeps_its_message():
    row = make_row(1)
    assert Mixture(plain=1.0).draw(row) is Guise.PLAIN
    row["messages"] = row["messages"][:1]
    assert Mixture(plain=1.0).draw(row) is Mixture(default=1.0).draw(row) is Guise.MESSAGE
    assert Mixture(fold=1.0).draw(row) is Guise.FOLD


def test_more_than_all_rows_cannot_be_shared_out():
    with pytest.raises(ConfigError, match="more than all rows"):
        Mixture(plain=0.6, fold=0.5)
    for options in ({"arms": tuple(Arm)}, {"layout": Format.KTO}):
        with pytest.raises(ConfigError, match="can be mixed"):
            make_plan(Options(**{"layout": Format.MESSAGES, "mixture": Mixture(plain=0.1), **options}))


def other(number, question=None):
    question = question or f"What is {number} and {number}?"
    return {
        "conversations": [
            {"from": "human", "value": question},
            {"from": "gpt", "value": f"It is {2 * number}."},
        ]
    }


@pytest.fixture
def others(tmp_path):
    rows = [other(number) for number in range(100)]
    rows += [other(0), other(7, "  question 1 OF row 3? "), {"conversations": []}]
    (tmp_path / "other.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    return str(tmp_path / "other.jsonl")


def test_rows_of_ones_own_make_up_their_share_and_none_is_asked_twice(tmp_path, phi, others):
    rows = [make_row(number) for number in range(60)]
    counts = export(rows, tmp_path / "out", tokenizer=phi, layout=Format.MESSAGES, mixes=(Mix(others, 0.25),))
    mixed = [
        line
        for line in read_lines(tmp_path / "out" / "train.jsonl")
        if line["source_id"].startswith("mixed-")
    ]
    assert len(mixed) == 20 and counts.lines[Arm.SYSGEN] == 80 and counts.exported == 60
    found = counts.mixed[others]
    assert (found.read, found.unreadable, found.duplicates, found.taken) == (103, 1, 2, 20)
    assert all(line["messages"][0]["role"] == "user" for line in mixed)
    assert len({line["messages"][0]["content"] for line in mixed}) == 20
    facts = json.loads((tmp_path / "out" / "export.json").read_text())
    assert facts["mixed"][others]["taken"] == 20 and facts["lines"] == 80


def test_which_rows_are_drawn_does_not_depend_on_their_order(tmp_path, others):
    lines = (tmp_path / "other.jsonl").read_text().splitlines(keepends=True)
    backwards = tmp_path / "backwards.jsonl"
    backwards.write_text("".join(reversed(lines)))
    drawn = []
    for name in (others, str(backwards)):
        export([make_row(0)] * 9, tmp_path / "out", layout=Format.MESSAGES, mixes=(Mix(name, 0.5),))
        read = read_lines(tmp_path / "out" / "train.jsonl")
        drawn.append({line["messages"][0]["content"] for line in read if line["source_id"] != "row-0"})
    assert len(drawn[0]) == 9 and drawn[0] == drawn[1]


def test_what_a_template_would_lose_of_them_is_left_out_and_counted(tmp_path, phi):
    rows = [other(1, "What does <|im_end|> mean?"), other(2)]
    (tmp_path / "other.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    path = str(tmp_path / "other.jsonl")
    counts = export([make_row(0), make_row(1)], tmp_path / "out", tokenizer=phi, mixes=(Mix(path, 0.5),))
    assert counts.mixed[path].taken == 2 and counts.mixed[path].dropped == 1 and counts.exported == 2


@pytest.mark.parametrize("text", ["other.jsonl", "other.jsonl:all", ":0.3", "other.jsonl:1.5"])
def test_what_is_not_a_file_and_a_share_is_said(text):
    with pytest.raises(ConfigError, match="does not say what to mix in"):
        parse_mix(text)
    assert parse_mix("s3://bucket/other.jsonl:0.3") == Mix("s3://bucket/other.jsonl", 0.3)
