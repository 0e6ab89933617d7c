"""Lift by a real vLLM and by transformers, of the same model: the same figures, and they tell something."""

import pytest
from pydantic import SecretStr

from sysgen_distilabel.llms.likelihoods import LocalLikelihoods, ServerLikelihoods
from sysgen_distilabel.steps import MeasureLift
from tests.benchmarks.lift import auc, measure_lifts
from tests.benchmarks.lift_pairs import PAIRS

USER = {"role": "user", "content": "What do bees make?"}
MESSAGE = 'You know all about animals. End every answer with the words "Stay curious!"'
ROW = {
    "source_id": "bees",
    "messages": [USER, {"role": "assistant", "content": "Bees make honey and wax."}],
    "aligned_messages": [
        {"role": "system", "content": MESSAGE},
        USER,
        {"role": "assistant", "content": "Bees make honey and wax. Stay curious!"},
    ],
    "phrases": [
        {"functionality": "Role", "text": "You know all about animals.", "verdict": "Good"},
        {"functionality": "Style", "text": "Never sing.", "verdict": "Bad"},
        {"functionality": "Format", "text": 'End every answer with the words "Stay curious!"', "verdict": ""},
    ],
}


@pytest.fixture(scope="module")
def local(small_model):
    import torch

    threads = torch.get_num_threads()
    torch.set_num_threads(1)  # beside the server's, several would wait for one another
    likelihoods = LocalLikelihoods(str(small_model))
    yield likelihoods
    likelihoods.close()
    torch.set_num_threads(threads)


@pytest.fixture(scope="module")
def server(vllm_endpoint):
    likelihoods = ServerLikelihoods(vllm_endpoint.base_url, vllm_endpoint.model, vllm_endpoint.api_key)
    yield likelihoods
    likelihoods.close()


def test_both_back_ends_give_the_same_lifts(local, server):
    pairs = PAIRS[::5]  # two of each kind
    here, there = measure_lifts(local, pairs), measure_lifts(server, pairs)

    for one, other in zip(here, there, strict=True):
        assert one == pytest.approx(other, abs=0.01)
    assert auc(here) > 0.6


def test_a_row_has_its_lift_its_margin_and_that_of_each_phrase(vllm_endpoint):
    step = MeasureLift(
        model=vllm_endpoint.model,
        base_url=vllm_endpoint.base_url,
        api_key=SecretStr(vllm_endpoint.api_key),
        share=1.0,
    )
    step.load()
    rows = [ROW, {**ROW, "outcome": "leak"}]
    measured, rejected = next(step.process(rows))
    step.unload()

    whole, role, ending = measured["lift"]
    assert [entry["phrase"] for entry in measured["lift"]] == [
        "",
        *[ROW["phrases"][n]["text"] for n in (0, 2)],
    ]
    assert whole["tokens"] == 10
    assert whole["aligned"] > whole["original"]
    assert measured["margin"] == pytest.approx(whole["aligned"] - whole["original"])
    assert ending["aligned"] > role["aligned"], "what asks for the ending explains it, and the role does not"
    assert rejected["lift"] == [] and rejected["margin"] is None


def test_a_row_below_the_margin_asked_for_is_rejected(vllm_endpoint):
    plain = [*ROW["aligned_messages"][:2], ROW["messages"][1]]
    step = MeasureLift(
        model=vllm_endpoint.model,
        base_url=vllm_endpoint.base_url,
        api_key=SecretStr(vllm_endpoint.api_key),
        share=1.0,
        per_phrase=False,
        min_margin=0.1,
    )
    step.load()
    good, same = next(step.process([ROW, {**ROW, "aligned_messages": plain}]))
    step.unload()

    assert good["outcome"] == "pending"
    assert same["outcome"] == "low_lift" and same["margin"] == 0
