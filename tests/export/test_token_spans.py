"""Tokens are found for many texts at once as for each alone, also where one text begins another."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, trainers
from transformers import PreTrainedTokenizerFast

from sysgen_distilabel.export.skeleton import Span
from sysgen_distilabel.export.token_spans import find_tokens
from sysgen_distilabel.export.trained_chat import make_chat
from tests.chat_tokenizers import build_tokenizer
from tests.commands import EXAMPLES

TEMPLATE = (
    "{% for m in messages %}<|start|>{{ m.role }}\n{{ m.content }}<|end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|start|>assistant\n{% endif %}"
)


def with_spaces():
    """Merges across words and a sign in front of a text, as SentencePiece has; special tokens take blanks."""
    tokenizer = Tokenizer(models.BPE(unk_token="<unk>", fuse_unk=True))
    tokenizer.normalizer = normalizers.Sequence([normalizers.NFKC(), normalizers.Replace(" ", "▁")])
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="always", split=False)
    tokenizer.decoder = decoders.Metaspace()
    special = ["<unk>", "<|start|>", "<|end|>"]
    trainer = trainers.BpeTrainer(vocab_size=600, special_tokens=special, show_progress=False)
    tokenizer.train([str(EXAMPLES / "messages.jsonl")], trainer)
    made = PreTrainedTokenizerFast(tokenizer_object=tokenizer, eos_token="<|end|>", unk_token="<unk>")
    made.chat_template = TEMPLATE
    made.add_special_tokens({"additional_special_tokens": ["<|start|>"]})
    return made


TOKENIZERS = {
    "spaces": with_spaces(),
    **{name: build_tokenizer(name) for name in ("phi-4", "llama-3.1", "mistral")},
}
WORDS = st.text(
    st.characters(exclude_categories=("Cs",), exclude_characters="<|>[]"), min_size=1, max_size=20
)


@pytest.mark.parametrize("name", TOKENIZERS)
@given(turns=st.lists(st.tuples(WORDS, WORDS), min_size=1, max_size=3), data=st.data())
def test_many_at_once_are_as_each_alone(name, turns, data):
    tokenizer = TOKENIZERS[name]
    chat = make_chat(name, tokenizer, tokenizer.get_chat_template())
    messages, texts = [{"role": "system", "content": "Be kind."}], []
    for user, assistant in turns:
        messages += [{"role": "user", "content": user}, {"role": "assistant", "content": assistant}]
        texts.append(chat.render(messages))
    whole = texts[-1]
    cut = data.draw(st.integers(0, len(whole)))
    texts = [*texts[:-1], whole[:cut], whole, "", whole]
    places = [sorted(data.draw(st.tuples(*[st.integers(0, len(text))] * 2))) for text in texts]
    spans = [{1: Span(*pair)} for pair in places]
    alone = [find_tokens(chat, [text], [parts])[0] for text, parts in zip(texts, spans, strict=True)]
    assert find_tokens(chat, texts, spans) == alone
    assert [length for length, _ in alone] == chat.count_tokens(texts)
