"""Finish reasons under the names of many providers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sysgen_distilabel.recorded.finish_reasons import Ending, read_finish_reason

WORDS = {
    Ending.TRUNCATED: "length max_tokens MAX_TOKENS FINISH_REASON_MAX_TOKENS maxTokens model_length "
    "max_output_tokens model_context_window_exceeded ERROR_LIMIT token_limit incomplete "
    "tokens_exceeded budget_exceeded num_predict kv_cache_full max_time cut_off out_of_tokens pause_turn",
    Ending.WITHHELD: "content_filter SAFETY RECITATION PROHIBITED_CONTENT refusal sensitive ERROR_TOXIC "
    "guardrail_intervened content_filtered BLOCKLIST "
    "LANGUAGE",
    Ending.BROKEN_OFF: "abort error cancelled network_error insufficient_system_resource MALFORMED_RESPONSE "
    "rate_limit_exceeded quota_exceeded UNEXPECTED_TOOL_CALL RESOURCE_EXHAUSTED",
    Ending.COMPLETE: "stop STOP end_turn stop_sequence eos_token eos COMPLETE tool_calls function_call",
    Ending.UNKNOWN: "OTHER weird FINISH_REASON_UNSPECIFIED",
}


@pytest.mark.parametrize(
    ("ending", "word"), [(e, word) for e, words in WORDS.items() for word in words.split()]
)
def test_a_word_has_its_meaning(ending, word):
    assert read_finish_reason(word) is ending


def test_no_word_is_a_complete_reply():
    assert read_finish_reason("") is Ending.COMPLETE


@given(st.text())
def test_any_word_means_something(word):
    assert read_finish_reason(word) in Ending
