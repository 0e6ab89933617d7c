"""The script for a bare GPU machine, in miniature on the CPU with the small model."""

import gzip
import json

import pytest

from tests.benchmarks.gpu import prove_on_gpu
from tests.small_model import small_model

QUESTIONS = ("What is the capital of France?", "Name a colour.", "Say hello to Ada.")
MINIATURE = (
    "--seconds 100000 --seeds 1 --epochs 4 --tokens-per-step 60 --learning-rate 1e-3 "
    "--max-new-tokens 16 --rounds 2"
)


def source(number, question, verifier="punctuation:no_comma", arguments="{}"):
    return {
        "source_id": f"row-{number}",
        "system_message": "Answer in one short sentence without commas.",
        "messages": [
            {"role": "user", "content": question},
            {"role": "assistant", "content": "Well, yes, of course."},
        ],
        "constraints": [{"verifier": verifier, "arguments": arguments}],
    }


def write(file, rows):
    file.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")


def read(file):
    with gzip.open(file, "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


@pytest.fixture(scope="module")
def output(tmp_path_factory):
    data, output = tmp_path_factory.mktemp("data"), tmp_path_factory.mktemp("output")
    never = source(9, "Count to three.", "keywords:existence", '{"keywords": ["xylophonist"]}')
    write(data / "sources.jsonl", [source(n, text) for n, text in enumerate(QUESTIONS)] + [never])
    heldout = [source(n, text) for n, text in enumerate(QUESTIONS[:2])]
    write(data / "heldout.jsonl", [{**row, "messages": row["messages"][:1]} for row in heldout])
    places = ["--model", str(small_model()), "--data", str(data), "--output", str(output)]
    prove_on_gpu.main([*places, *MINIATURE.split()])
    return output


def test_every_row_kept_follows_its_message_and_the_arms_share_the_rows(output):
    results = json.loads((output / "results.json").read_text())
    aligned = read(output / "aligned.jsonl.gz")
    assert 0 < len(aligned) == results["data"]["rows"] <= 3
    assert all("," not in row["aligned_messages"][-1]["content"] for row in aligned)
    assert all(row["aligned_messages"][0]["content"] == row["system_message"] for row in aligned)
    assert results["data"]["rounds"][0]["asked"] == 4
    assert set(results["rows_of_arms"].values()) == {len(aligned)}


def test_arms_differ_only_by_data_and_each_learns_its_own(output):
    results = json.loads((output / "results.json").read_text())
    untrained, *trained = results["models"]
    assert untrained["arm"] == "untrained"
    assert {figures["arm"] for figures in trained} == {"sysgen", "none", "default", "no-aligned"}
    assert {figures["training"]["steps"] for figures in trained} == {results["steps"]}
    for figures in trained:
        assert figures["training"]["last_loss"] < figures["training"]["first_loss"]


def test_responses_come_back_for_every_model_and_role(output):
    results = json.loads((output / "results.json").read_text())
    responses = read(output / "responses.jsonl.gz")
    assert len(responses) == 2 * 2 * len(results["models"])
    for figures in results["models"]:
        for role, share in figures["followed"].items():
            mine = [
                r["followed"] for r in responses if (r["arm"], r["system_role"]) == (figures["arm"], role)
            ]
            assert share == sum(mine) / len(mine)


def test_what_is_learnt_is_the_answer_and_its_end():
    from transformers import AutoTokenizer

    from tests.benchmarks.gpu.encoding import encode

    tokenizer = AutoTokenizer.from_pretrained(small_model())
    chat = [*source(0, QUESTIONS[0])["messages"]] * 2
    encoded = encode(chat, tokenizer, 1024)
    learnt = [token for token, flag in zip(encoded.ids, encoded.learnt, strict=True) if flag]
    assert tokenizer.decode(learnt) == "Well, yes, of course.<|im_end|>\n" * 2
    assert tokenizer.decode(encoded.ids) == tokenizer.apply_chat_template(chat, tokenize=False)


def test_batches_hold_every_row_once_per_epoch_and_no_more_tokens_than_asked():
    from tests.benchmarks.gpu.encoding import Encoded, make_batches

    rows = [Encoded([n] * length, [True] * length) for n, length in enumerate((3, 9, 4, 4, 7, 2, 8, 5))]
    batches, seen = make_batches(rows, 16, seed=0), []
    while len(seen) < len(rows):
        batch = next(batches)
        assert max(len(row.ids) for row in batch) * len(batch) <= 16
        seen += [row.ids[0] for row in batch]
    assert sorted(seen) == list(range(len(rows)))
