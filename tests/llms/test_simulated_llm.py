"""The simulated engine as an LLM of distilabel."""

import asyncio
import pickle

import pytest
from distilabel.steps.tasks import TextGeneration
from distilabel.utils.docstring import parse_google_docstring

from sysgen_distilabel.llms.simulated import SimulatedLLM
from sysgen_distilabel.llms.simulation import simulate
from tests.llms.simulated_prompts import (
    CODE,
    conversation,
    many_prompts,
)


class TestLLM:
    def test_latency_is_spent_side_by_side(self, monkeypatch):
        asleep, together, give_way = [], [], asyncio.sleep

        async def sleep(seconds):
            asleep.append(seconds)
            await give_way(0)
            together.append(len(asleep))

        monkeypatch.setattr("asyncio.sleep", sleep)
        llm = SimulatedLLM(latency=0.1, latency_spread=0.3)
        assert len(llm.generate(inputs=many_prompts(200))) == 200
        assert len(asleep) == min(together) == 200  # nobody awoke before all were asleep
        assert sum(asleep) / 200 == pytest.approx(0.1, rel=0.2)

    def test_an_output_has_what_the_host_wants(self):
        output = SimulatedLLM().generate(inputs=[[CODE[0]]], num_generations=2)[0]
        assert len(output["generations"]) == 2
        assert output["finish_reason"] == ["stop", "stop"]
        assert {len(counts) for counts in output["statistics"].values()} == {2}
        assert all(count > 0 for counts in output["statistics"].values() for count in counts)

    def test_a_task_of_the_host_works_outside_a_pipeline(self):
        task = TextGeneration(llm=SimulatedLLM())
        task.load()
        row = next(task.process([{"instruction": "What is photosynthesis?"}]))[0]
        assert "photosynthesis" in row["generation"]
        assert row["model_name"] == "simulated"

    def test_a_string_is_a_user_turn(self):
        assert simulate("What is photosynthesis?") == simulate(conversation("What is photosynthesis?"))

    def test_serialisation_keeps_the_settings(self, tmp_path):
        llm = SimulatedLLM(seed=4, latency=0.5, malformed_rate=0.1, generation_kwargs={"max_new_tokens": 9})
        llm.save(tmp_path / "llm.yaml", format="yaml")
        loaded = SimulatedLLM.from_yaml(tmp_path / "llm.yaml")
        assert loaded.dump() == llm.dump()
        assert pickle.loads(pickle.dumps(llm)).request_identity == loaded.request_identity

    def test_the_identity_tells_answers_apart(self):
        assert SimulatedLLM(latency=1.0).request_identity == SimulatedLLM().request_identity
        assert SimulatedLLM(seed=1).request_identity != SimulatedLLM().request_identity

    @pytest.mark.parametrize(
        "wrong", [{"malformed_rate": 1.5}, {"latency": -1}, {"latency": float("inf")}, {"speed": 1}]
    )
    def test_wrong_settings_are_refused(self, wrong):
        with pytest.raises(ValueError, match=next(iter(wrong))):
            SimulatedLLM(**wrong)

    def test_every_setting_is_documented(self):
        documented = parse_google_docstring(SimulatedLLM)
        settings_of_ours = set(SimulatedLLM.model_fields) - set(SimulatedLLM.__base__.model_fields)
        assert set(documented["attributes"]) == set(documented["runtime_parameters"]) == settings_of_ours
        keywords = SimulatedLLM().get_runtime_parameters_info()[0]["keys"]
        assert {key["name"] for key in keywords if key["description"]} == {
            "max_new_tokens",
            "temperature",
            "seed",
        }
