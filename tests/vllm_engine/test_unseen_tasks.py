"""Unseen tasks through vLLM: the scores are those of transformers."""

import json

from sysgen_distilabel.workflows.prove.child import ask_unseen_apart
from tests.benchmark_data import lm_eval_task
from tests.vllm_engine.conftest import SMALL


def test_both_engines_give_the_same_scores(small_model, tmp_path):
    options = {
        "checkpoint": str(small_model),
        "tokenizer": str(small_model),
        "names": [str(lm_eval_task(tmp_path))],
        "limit": None,
        "rows": 2,
        "engine_args": {name: SMALL[name] for name in ("dtype", "enforce_eager", "kv_cache_memory_bytes")},
    }
    scores = {}
    for engine in ("vllm", "transformers"):
        ask_unseen_apart({**options, "engine": engine}, tmp_path / engine, tmp_path / f"{engine}-work")
        scores[engine] = [json.loads(line) for line in (tmp_path / engine).open(encoding="utf-8")]
    assert len(scores["vllm"]) == 3
    assert scores["vllm"] == scores["transformers"]
