"""Tasks ask for a format where the engine can keep to one, and never need it."""

import pytest

from sysgen_distilabel.errors import ConfigError
from sysgen_distilabel.tasks import GenerateAlignedResponse, GenerateSystemMessage, VerifyFunctionalities
from tests.tasks.test_tasks import MESSAGES, PHRASES, TAGGED, AnsweringLLM, run_task


class StructuredLLM(AnsweringLLM):
    """An LLM that takes structured outputs."""

    formats: tuple[str, ...] = ("grammar", "regex", "json")

    @property
    def structured_output_formats(self):
        return frozenset(self.formats)


def asked_for(task, llm, row, **fields):
    run_task(task(llm=llm, **fields), row)
    asked = llm._asked[0]
    return asked[1] if isinstance(asked, tuple) else None


def test_the_generator_is_kept_to_the_grammar_of_tagged_messages():
    wanted = asked_for(GenerateSystemMessage, StructuredLLM.of(TAGGED), {"messages": MESSAGES})
    assert wanted["format"] == "grammar" and "<<Role>>" in wanted["schema"]


@pytest.mark.parametrize("formats", [("grammar", "regex", "json"), ("json",)])
@pytest.mark.parametrize("verdict_per", ["functionality", "phrase"])
def test_the_verifier_is_kept_to_verdicts_for_what_is_there(formats, verdict_per):
    llm = StructuredLLM.of("Role: Good\nStyle: Bad\n1: Good\n2: Bad\n3: Good")
    llm.formats = formats
    wanted = asked_for(VerifyFunctionalities, llm, {"phrases": PHRASES}, verdict_per=verdict_per)
    assert wanted["format"] == ("regex" if "regex" in formats else "json")
    assert ("3" if verdict_per == "phrase" else "Background") in str(wanted["schema"])


def test_a_response_is_free_text():
    llm = StructuredLLM.of("4")
    assert asked_for(GenerateAlignedResponse, llm, {"messages": MESSAGES, "system_message": "Hi."}) is None


@pytest.mark.parametrize(("mode", "kind"), [("off", StructuredLLM), ("auto", AnsweringLLM)])
def test_off_and_an_engine_without_them_leave_it_to_the_model(mode, kind):
    llm = kind.of(TAGGED)
    assert asked_for(GenerateSystemMessage, llm, {"messages": MESSAGES}, structured_outputs=mode) is None


def test_insisting_on_them_needs_an_engine_that_has_them():
    with pytest.raises(ConfigError, match="offers no structured outputs"):
        GenerateSystemMessage(llm=AnsweringLLM.of(TAGGED), structured_outputs="on").load()
