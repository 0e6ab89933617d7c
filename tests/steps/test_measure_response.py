"""Response metrics: by hand, at the edges, and in a real pipeline."""

import subprocess
import sys

import pytest
from distilabel.models.embeddings.base import Embeddings
from distilabel.steps import LoadDataFromDicts
from hypothesis import given
from hypothesis import strategies as st
from rouge_score.tokenizers import DefaultTokenizer

from sysgen_distilabel.errors import ConfigError
from sysgen_distilabel.host.pipeline import SysGenPipeline
from sysgen_distilabel.measures.response_metrics import embedding_similarities, measure_texts, tokenize
from sysgen_distilabel.steps import MeasureResponse
from tests.commands import ROOT
from tests.judged_rows import finished_row
from tests.patience import PATIENCE


def test_measures_equal_those_counted_by_hand():
    metrics = measure_texts("the cat sat on the mat", "the cat lay on a mat today")
    # 6 and 7 words, 4 of them shared ("the" once): P 4/7, R 4/6. One bigram of 6 and 5 shared ("the cat").
    assert metrics["rouge1"] == pytest.approx(2 * (4 / 7) * (4 / 6) / (4 / 7 + 4 / 6))
    assert metrics["rouge2"] == pytest.approx(2 * (1 / 6) * (1 / 5) / (1 / 6 + 1 / 5))
    assert metrics["rougeL"] == pytest.approx(metrics["rouge1"])  # the cat on mat
    # n-grams up to 4: 7+6+5+4 = 22 and 6+5+4+3 = 18; 4+1 of them shared; the lesser of P and R.
    assert metrics["gleu"] == pytest.approx(5 / 22)
    assert metrics["length_ratio"] == 26 / 22


@pytest.mark.parametrize(
    ("original", "aligned", "ratio"), [("", "a", None), ("a", "", 0.0), ("...", "a", 1 / 3), ("", "", None)]
)
def test_nothing_to_compare_is_nothing_shared(original, aligned, ratio):
    metrics = measure_texts(original, aligned)
    assert [metrics[name] for name in ("rouge1", "rouge2", "rougeL", "gleu")] == [0.0] * 4
    assert metrics["length_ratio"] == ratio


def test_scripts_without_ascii_letters_are_measured_too():
    assert measure_texts("바다는 푸르다", "바다는 깊다")["rouge1"] == pytest.approx(0.5)
    assert measure_texts("海は青い", "海は深い")["rouge1"] == pytest.approx(3 / 4)
    assert measure_texts("El niño está", "El niño está")["gleu"] == 1.0


@given(st.text(alphabet=st.characters(max_codepoint=126)))
def test_words_of_ascii_text_are_those_of_rouge_score(text):
    assert tokenize(text) == DefaultTokenizer(use_stemmer=False).tokenize(text)


@given(st.text(max_size=60), st.text(max_size=60))
def test_any_two_texts_give_shares(original, aligned):
    metrics = measure_texts(original, aligned)
    assert all(0 <= metrics[name] <= 1 + 1e-9 for name in ("rouge1", "rouge2", "rougeL", "gleu"))


class Letters(Embeddings):
    """Counts of the letters a and b."""

    @property
    def model_name(self):
        return "letters"

    def encode(self, inputs):
        return [[text.count("a"), text.count("b")] for text in inputs]


def test_blank_texts_have_no_similarity_and_do_not_shift_the_others():
    pairs = [("a", ""), ("ab", "ab"), (" \n", "a"), ("a", "b"), ("a", "c")]
    assert embedding_similarities(Letters(), pairs) == [None, pytest.approx(1.0), None, 0.0, 0.0]
    assert embedding_similarities(Letters(), []) == []


def measure(step, *rows):
    step.load()
    return next(step.process(list(rows)))


def test_every_turn_is_measured_and_no_row_is_lost():
    broken = finished_row("broken")
    broken["aligned_messages"] = broken["aligned_messages"][:2]
    step = MeasureResponse(embeddings=Letters())
    rows = measure(
        step,
        finished_row("two", original="a b", aligned="a", turns=2),
        finished_row("rejected", outcome="no_reply"),
        broken,
        finished_row("one", original="b", aligned="b"),
    )
    assert [len(row["response_metrics"]) for row in rows] == [2, 0, 0, 1]
    assert [metrics["turn"] for metrics in rows[0]["response_metrics"]] == [1, 2]
    assert rows[0]["response_metrics"][0]["rouge1"] == pytest.approx(2 / 3)
    assert rows[0]["response_metrics"][0]["embedding_similarity"] == pytest.approx(2**-0.5)
    assert rows[3]["response_metrics"][0]["bertscore"] is None
    assert [row["outcome"] for row in rows] == ["accepted", "no_reply", "accepted", "accepted"]


def test_the_last_turn_alone():
    row = measure(MeasureResponse(turns="last"), finished_row(turns=3))[0]
    assert [metrics["turn"] for metrics in row["response_metrics"]] == [3]


def test_a_pipeline_keeps_the_types_also_where_nothing_is_measured(tmp_path):
    import pyarrow as pa

    rows = [finished_row("rejected", outcome="no_reply"), finished_row("a", turns=2)]
    with SysGenPipeline(name="measure", cache_dir=tmp_path) as pipeline:
        LoadDataFromDicts(data=rows) >> MeasureResponse()
    table = pipeline.run()["default"]["train"]
    kind = table.data.schema.field("response_metrics").type.value_type
    assert kind.field("bertscore").type == kind.field("rougeL").type == pa.float64()
    assert [len(metrics) for metrics in table["response_metrics"]] == [0, 2]


def test_the_step_survives_yaml():
    step = MeasureResponse(turns="last", bertscore_model="some/encoder", bertscore_layers=5)
    again = MeasureResponse.from_dict(step.dump())
    assert (again.turns, again.bertscore_model, again.bertscore_layers) == ("last", "some/encoder", 5)


def test_a_missing_package_is_one_message(monkeypatch):
    monkeypatch.setitem(sys.modules, "bert_score", None)
    with pytest.raises(ConfigError, match="missing: bert_score") as caught:
        MeasureResponse(bertscore_model="some/encoder").load()
    assert caught.value.hint == 'Run: pip install "sysgen-distilabel[bertscore]"'


def test_nothing_is_downloaded(tmp_path):
    """No data of nltk is there, and nobody can be reached."""
    code = (
        "import socket\n"
        "def refuse(*_, **__): raise AssertionError('network')\n"
        "socket.socket.connect = refuse\n"
        "from sysgen_distilabel.measures.response_metrics import measure_texts\n"
        "print(measure_texts('a b c d', 'a b c d')['gleu'])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        env={"NLTK_DATA": str(tmp_path), "PYTHONPATH": str(ROOT)},
        timeout=PATIENCE,
    )
    assert (done.stdout.strip(), done.returncode) == ("1.0", 0), done.stderr
