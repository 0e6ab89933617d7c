"""The backends of vLLM take the grammar of phase 1 within whatever bounds, and allow the same by it."""

import pytest

from sysgen_distilabel.replies.grammars import tagged_message_grammar

PHRASE = "<<Role>>{}<</Role>>".format
BOUNDS = [(1, 1), (3, 12), (6, 120), (12, 400)]
ALLOWED = {
    PHRASE("a"): {*BOUNDS},
    PHRASE("a" * 12): {*BOUNDS[1:]},
    PHRASE("a" * 120): {*BOUNDS[2:]},
    PHRASE("a" * 400): {*BOUNDS[3:]},
    PHRASE("a" * 401): set(),
    f"{PHRASE('a')}\n{PHRASE('<b')}": {*BOUNDS[1:]},
}


@pytest.fixture(scope="module")
def tokenizer(small_model):
    from transformers import AutoTokenizer

    return AutoTokenizer.from_pretrained(small_model)


class Guidance:
    """Compiles a grammar as vLLM has it done by guidance."""

    def __init__(self, tokenizer):
        import llguidance.hf

        self._tokenizer, self._inside = tokenizer, llguidance.hf.from_tokenizer(tokenizer)

    def compile(self, grammar):
        from llguidance import LLMatcher
        from llguidance.gbnf_to_lark import any_to_lark

        source = LLMatcher.grammar_from_lark(any_to_lark(grammar))
        assert LLMatcher.validate_grammar(source) == ""

        def accepts(text):
            matcher = LLMatcher(self._inside, source)
            return matcher.consume_tokens(self._tokenizer.encode(text)) and matcher.is_accepting()

        return accepts


class XGrammar:
    """The same by XGrammar."""

    def __init__(self, tokenizer):
        import xgrammar

        self._compiler = xgrammar.GrammarCompiler(xgrammar.TokenizerInfo.from_huggingface(tokenizer))

    def compile(self, grammar):
        from xgrammar import GrammarMatcher

        compiled = self._compiler.compile_grammar(grammar)

        def accepts(text):
            matcher = GrammarMatcher(compiled, terminate_without_stop_token=True)
            return matcher.accept_string(text) and matcher.is_terminated()

        return accepts


@pytest.mark.parametrize("backend", [Guidance, XGrammar])
def test_the_grammar_allows_what_is_within_its_bounds(tokenizer, backend):
    engine = backend(tokenizer)
    for bounds in BOUNDS:
        accepts = engine.compile(tagged_message_grammar(*bounds))
        found = {text: accepts(text) for text in ALLOWED}
        assert found == {text: bounds in allowed for text, allowed in ALLOWED.items()}, bounds
