"""BERTScore and embeddings with encoders built here, loaded as any model is."""

import pytest
from distilabel.models.embeddings import SentenceTransformerEmbeddings

from sysgen_distilabel.errors import ConfigError
from sysgen_distilabel.measures.response_metrics import BertScore
from sysgen_distilabel.steps import MeasureResponse
from tests.judged_rows import finished_row

WORDS = ("the", "a", "cat", "dog", "sat", "ran", "on", "under", "mat", "tree", "today")


@pytest.fixture(scope="module", params=["bert", "roberta"])
def encoder(request, tmp_path_factory):
    return _build_encoder(tmp_path_factory.mktemp("models") / request.param, request.param)


def _build_encoder(directory, kind):
    """A random encoder of 64 positions whose tokenizer states no limit."""
    import torch
    from tokenizers import Tokenizer, models, pre_tokenizers, processors
    from transformers import AutoConfig, AutoModel, PreTrainedTokenizerFast

    special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    vocabulary = {word: number for number, word in enumerate([*special, *WORDS])}
    tokenizer = Tokenizer(models.WordLevel(vocabulary, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", special_tokens=[("[CLS]", 2), ("[SEP]", 3)]
    )
    PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, pad_token="[PAD]", unk_token="[UNK]", cls_token="[CLS]",
        sep_token="[SEP]", mask_token="[MASK]",
    ).save_pretrained(directory)  # fmt: skip
    torch.manual_seed(0)
    config = AutoConfig.for_model(
        kind, vocab_size=len(vocabulary), hidden_size=32, num_hidden_layers=3, num_attention_heads=4,
        intermediate_size=64, max_position_embeddings=64, pad_token_id=0,
    )  # fmt: skip
    AutoModel.from_config(config).save_pretrained(directory)
    return str(directory)


def test_bertscore_of_equal_texts_is_one_and_blank_ones_have_none(encoder):
    score = BertScore(encoder, layers=2)
    pairs = [
        ("the cat sat", "the cat sat"),
        ("", "a dog"),
        ("the cat sat", "dog ran under a tree"),
        ("a", " "),
    ]
    same, blank, other, also_blank = score.score(pairs)
    assert same == pytest.approx(1, abs=1e-4) and other < 0.999
    assert blank is None and also_blank is None
    assert score.score([]) == []


def test_a_text_longer_than_the_model_is_cut(encoder):
    assert BertScore(encoder, layers=2).score([("the cat " * 200, "a dog " * 300)])[0] is not None


def test_an_unknown_model_needs_its_layers_said(encoder):
    with pytest.raises(ConfigError, match="which layer"):
        BertScore(encoder)


def test_the_step_adds_what_both_models_say(encoder):
    step = MeasureResponse(
        embeddings=SentenceTransformerEmbeddings(model=encoder, device="cpu"),
        bertscore_model=encoder,
        bertscore_layers=2,
    )
    step.load()
    rows = next(
        step.process(
            [
                finished_row("same", original="the cat sat", aligned="the cat sat", turns=2),
                finished_row("blank", original=" ", aligned="the dog ran"),
                finished_row("other", original="the cat sat on the mat", aligned="a dog ran today"),
            ]
        )
    )
    step.unload()
    same, blank, other = (row["response_metrics"] for row in rows)
    for name in ("embedding_similarity", "bertscore"):
        assert [metrics[name] for metrics in same] == [pytest.approx(1, abs=1e-4)] * 2
        assert blank[0][name] is None
        assert -1 <= other[0][name] < 0.9999
