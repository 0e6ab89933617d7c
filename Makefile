# make demo: the whole pipeline on the example conversations, from nothing.   make test: all tests.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

VLLM_VENV := .venv-vllm
VLLM_READY := $(VLLM_VENV)/.ready
TINY := $(VLLM_VENV)/sysgen-tiny-test-engine

.PHONY: demo demo-vllm test test-vllm chromium test-quick lint bench lock clean

demo: $(READY)
	rm -rf demo-run
	$(BIN)/sysgen run examples/data/mixed.jsonl --output demo-run --llm simulated
	$(BIN)/sysgen show demo-run -n 3

test: $(READY) chromium
	$(BIN)/python -m pytest

# The tests look at the pages in a real browser.
chromium:
	@command -v chromium >/dev/null || { apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium fonts-noto-core >/dev/null; }

test-quick: $(READY)
	$(BIN)/python -m pytest -m "not slow"

# A real vLLM on the CPU with tiny models that are made here; Python 3.11, about 3 GB.
test-vllm: $(VLLM_READY)
	$(VLLM_VENV)/bin/python -m pytest tests/vllm_engine

demo-vllm: $(TINY)/config.json
	rm -rf demo-run
	$(VLLM_VENV)/bin/sysgen run examples/data/mixed.jsonl --output demo-run --model $(TINY) --engine-arg dtype=float32 --engine-arg enforce_eager=true --engine-arg kv_cache_memory_bytes=536870912
	$(VLLM_VENV)/bin/sysgen show demo-run -n 3

$(VLLM_READY): pyproject.toml requirements-vllm.lock
	$(PYTHON) -m venv $(VLLM_VENV)
	$(VLLM_VENV)/bin/python -m pip install --quiet --no-deps --requirement requirements-vllm.lock
	$(VLLM_VENV)/bin/python -m pip install --quiet --no-deps --editable .
	touch $(VLLM_READY)

$(TINY)/config.json: $(VLLM_READY) $(wildcard examples/tiny_model/*.py sysgen_distilabel/prompts/*)
	$(VLLM_VENV)/bin/python -m examples.tiny_model.train --output $(TINY)

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

bench: $(READY)
	$(BIN)/python tests/benchmarks/parse_annotated.py
	$(BIN)/python tests/benchmarks/host_overhead.py

$(READY): pyproject.toml requirements.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed: make PYTHON=python3.11 $(MAKECMDGOALS)" >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --requirement requirements.lock
	$(BIN)/python -m pip install --quiet --no-deps --editable .
	touch $(READY)

# The exact versions the tests run with, for every Python from 3.11 on.
lock: $(READY)
	$(BIN)/python -m pip install --quiet uv
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --extra dev --no-header --no-emit-index-url --upgrade pyproject.toml --output-file requirements.lock

clean:
	rm -rf $(VENV) $(VLLM_VENV) demo-run dist
