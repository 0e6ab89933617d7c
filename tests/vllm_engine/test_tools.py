"""Phase 4 offers a real vLLM the tools of a row, and reads its calls."""

import json

import pytest

from sysgen_distilabel.chat_templates import render_template
from sysgen_distilabel.inputs.conversation import to_messages
from sysgen_distilabel.llms.endpoint import EndpointLLM
from sysgen_distilabel.tasks import GenerateAlignedResponse
from tests.vllm_engine.conftest import TOOL_TEMPLATE
from tests.vllm_engine.whole_runs import TOOL, tool_exchange

SYSTEM = "You call the function weather for every city."
CITIES = ("Rome", "Oslo", "Rome", "Oslo")


@pytest.fixture(scope="module")
def answered(vllm_endpoint):
    turns = [turn for number, city in enumerate(CITIES) for turn in tool_exchange(number, city)]
    conversation = to_messages({"messages": turns}, trailing_user="answer")
    row = {
        "messages": conversation.messages,
        "turn_fields": conversation.turn_fields,
        "tools": json.dumps([TOOL]),
        "system_message": SYSTEM,
    }
    sampling = {"temperature": 0.0, "max_new_tokens": 24}
    llm = EndpointLLM(model=vllm_endpoint.model, base_url=vllm_endpoint.base_url, generation_kwargs=sampling)
    task = GenerateAlignedResponse(llm=llm, offer_tools=True)
    task.load()
    (done,) = next(task.process([row]))
    task.unload()
    return done


def test_the_engine_is_offered_the_tools_and_its_calls_are_read(answered):
    assert answered["outcome"] == "accepted", answered["outcome_detail"]
    calls = {note["turn"]: note["call"] for note in answered["tool_turns"]}
    assert set(calls) == {1, 2, 3, 4} and "unasked" not in calls.values()
    # By the fourth time the model has seen how it goes.
    assert calls[4] == "same"


def test_recorded_calls_stay_and_every_answer_is_the_engines(answered):
    turns = answered["aligned_messages"]
    assert [turn["role"] for turn in turns] == ["system", *["user", "assistant", "tool", "assistant"] * 4]
    for city, call in zip(CITIES, turns[2::4], strict=True):
        assert json.loads(call["content"].split("\n")[1])["arguments"] == {"city": city}
    assert all(turn["content"] for turn in turns[4::4])
    assert turns[4]["content"] != f"It is 20 °C in {CITIES[0]}."


def test_the_template_of_the_server_is_the_models_own_where_there_are_no_tools(small_model):
    own = (small_model / "chat_template.jinja").read_text(encoding="utf-8")
    with_tools = TOOL_TEMPLATE.read_text(encoding="utf-8")
    system, user = {"role": "system", "content": SYSTEM}, {"role": "user", "content": "Hello"}
    answer = {"role": "assistant", "content": "Well."}
    for chat in ([user], [system, user], [system, user, answer, user], [user, answer]):
        for ask in (True, False):
            mine = render_template(with_tools, chat, add_generation_prompt=ask)
            assert mine == render_template(own, chat, add_generation_prompt=ask)
