"""Tasks ask for a format where the engine can keep to one, and never need it."""

import pytest

from sysgen_distilabel.errors import ConfigError
from sysgen_distilabel.replies.json_phrases import tag_json_phrases
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


JSON_REPLY = (
    '{"phrases": [{"functionality": "Role", "text": "You teach."},'
    ' {"functionality": "style", "text": "Be brief."}'
)


def test_where_only_json_is_kept_to_the_generator_writes_json_and_the_column_has_tags():
    llm = StructuredLLM.of(JSON_REPLY + "]}")
    llm.formats = ("json",)
    (row,) = run_task(GenerateSystemMessage(llm=llm), {"messages": MESSAGES})
    prompt, wanted = llm._asked[0]

    items = wanted["schema"]["properties"]["phrases"]
    assert wanted["format"] == "json" and items["maxItems"] == 12
    assert "Role" in items["items"]["properties"]["functionality"]["enum"]
    assert "Tool" not in items["items"]["properties"]["functionality"]["enum"], "the row has no tools"
    assert '"functionality"' in prompt[-1]["content"]
    assert row["annotated_system_message"] == "<<Role>>You teach.<</Role>>\n<<Style>>Be brief.<</Style>>"


def test_the_prompt_of_the_paper_asks_for_tags_and_gets_them():
    llm = StructuredLLM.of(TAGGED)
    llm.formats = ("json",)
    run_task(GenerateSystemMessage(llm=llm, prompts="paper"), {"messages": MESSAGES})
    assert not isinstance(llm._asked[0], tuple)


@pytest.mark.parametrize("reply", [JSON_REPLY, JSON_REPLY + ', {"functionality": "Task", "te'])
def test_whole_phrases_of_json_that_breaks_off_are_kept(reply):
    tagged = tag_json_phrases(reply)
    assert tagged == "<<Role>>You teach.<</Role>>\n<<Style>>Be brief.<</Style>>"


def test_what_is_no_json_stays_as_it_is():
    assert tag_json_phrases(TAGGED) == TAGGED
    assert tag_json_phrases('{"verdict": "Good"}') == '{"verdict": "Good"}'
