"""How close an aligned response is to the original one, by the measures of the paper's Table 1."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING, Any, Protocol

from sysgen_distilabel.errors import ConfigError
from sysgen_distilabel.extras import missing_extra
from sysgen_distilabel.measures.words import split_words

if TYPE_CHECKING:
    from rouge_score.rouge_scorer import RougeScorer

Metrics = dict[str, Any]


class _Words:
    """The tokenizer rouge-score is given: its own drops every letter that is not ASCII."""

    def tokenize(self, text: str) -> list[str]:
        return tokenize(text)


def tokenize(text: str) -> list[str]:
    """Words in lower case; of ASCII text those that rouge-score itself would find.

    Chinese and Japanese are cut into characters, as they put no blanks between words.
    """
    return split_words(text.replace("_", " "))


def measure_texts(original: str, aligned: str) -> Metrics:
    """ROUGE-1/2/L (F1) by rouge-score, GLEU by nltk, and the ratio of lengths in characters.

    The original response is the reference. Where one of the two has no word, ROUGE and GLEU are 0.

    Args:
        original: the answer in the source data.
        aligned: the answer regenerated under the system message.

    Returns:
        Shares from 0 to 1 by name, and `length_ratio`, `None` for an empty original response.

    Raises:
        ConfigError: if rouge-score or nltk is not installed.
    """
    scorer, sentence_gleu = _load_scorers()
    rouge = scorer.score(original, aligned)
    reference, hypothesis = tokenize(original), tokenize(aligned)
    return {
        **{name: float(score.fmeasure) for name, score in rouge.items()},
        "gleu": float(sentence_gleu([reference], hypothesis)) if reference and hypothesis else 0.0,
        "length_ratio": len(aligned) / len(original) if original else None,
    }


@cache
def _load_scorers() -> tuple[RougeScorer, Any]:
    try:
        from nltk.translate.gleu_score import sentence_gleu
        from rouge_score.rouge_scorer import RougeScorer
    except ImportError as error:
        raise missing_extra("Measuring responses", "metrics", error.name) from None
    return RougeScorer(["rouge1", "rouge2", "rougeL"], tokenizer=_Words()), sentence_gleu


class Encoder(Protocol):
    """What makes vectors of texts; any `Embeddings` of distilabel does."""

    def encode(self, inputs: list[str]) -> list[list[int | float]]:
        """One vector per text."""
        ...


def embedding_similarities(encoder: Encoder, pairs: Sequence[tuple[str, str]]) -> list[float | None]:
    """The cosine of the embeddings of the two texts of each pair; `None` where one is blank."""
    import numpy as np

    filled = [pair for pair in pairs if pair[0].strip() and pair[1].strip()]
    if not filled:
        return [None] * len(pairs)
    vectors = encoder.encode(inputs=[text for pair in filled for text in pair])
    matrix = np.asarray(vectors, dtype=float).reshape(len(filled), 2, -1)
    norms = np.linalg.norm(matrix, axis=2).prod(axis=1)
    cosines = (matrix[:, 0] * matrix[:, 1]).sum(axis=1) / np.where(norms, norms, 1)
    return _put_back(pairs, cosines.tolist())


class BertScore:
    """BERTScore (F1, not rescaled) by the package of that name.

    Args:
        model: repo id or directory of an encoder.
        layers: how many of its layers to use; needed for a model the package does not know.

    Raises:
        ConfigError: if bert-score is not installed, or the layers have to be given.
    """

    def __init__(self, model: str, layers: int | None = None) -> None:
        try:
            from bert_score import BERTScorer
            from bert_score.utils import model2layers
        except ImportError as error:
            raise missing_extra("BERTScore", "bertscore", error.name) from None
        if layers is None and model not in model2layers:
            raise ConfigError(
                f"bert-score does not know which layer of '{model}' to use.",
                "Set bertscore_layers; the middle one is a fair choice.",
            )
        self._scorer = BERTScorer(model_type=model, num_layers=layers)
        self._limit_length()

    def score(self, pairs: Sequence[tuple[str, str]]) -> list[float | None]:
        """The F1 of each pair of reference and candidate; `None` where one is blank."""
        filled = [pair for pair in pairs if pair[0].strip() and pair[1].strip()]
        scores: list[float] = []
        if filled:
            scores = self._scorer.score([pair[1] for pair in filled], [pair[0] for pair in filled])[
                2
            ].tolist()
        return _put_back(pairs, scores)

    def _limit_length(self) -> None:
        """Cut texts where the model ends: without a limit of its own the tokenizer overflows."""
        positions = getattr(self._scorer._model.config, "max_position_embeddings", None)
        tokenizer = self._scorer._tokenizer
        if positions:
            # RoBERTa counts positions from behind its padding token, so two of them hold no token.
            usable = positions - 2 if "roberta" in self._scorer._model.config.model_type else positions
            tokenizer.model_max_length = min(tokenizer.model_max_length, usable)


def _put_back(pairs: Sequence[tuple[str, str]], scores: list[float]) -> list[float | None]:
    """One value per pair, given those of the pairs with no blank text."""
    left = iter(scores)
    return [next(left) if first.strip() and second.strip() else None for first, second in pairs]
