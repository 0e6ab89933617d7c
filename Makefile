# make demo: the whole pipeline on the example conversations, from nothing.   make test: all tests.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
CORE := $(VENV)/.core
READY := $(VENV)/.ready

# What needs torch has an environment of its own: a real vLLM on the CPU, TRL and BERTScore; about 3 GB.
TORCH_VENV := .venv-torch
TORCH_BIN := $(TORCH_VENV)/bin
TORCH_READY := $(TORCH_VENV)/.ready
SMALL_MODEL := $(TORCH_VENV)/SmolLM2-135M-Instruct

# The Argilla server's packages do not go together with ours.
ARGILLA_VENV := .venv-argilla
ARGILLA_READY := $(ARGILLA_VENV)/.sysgen

.PHONY: demo demo-vllm test test-plain test-torch test-quick test-floors environments system lint docs bench lock clean

demo: $(CORE)
	rm -rf demo-run
	$(BIN)/sysgen run examples/data/mixed.jsonl --output demo-run --llm simulated
	$(BIN)/sysgen show demo-run -n 3

test: test-plain test-torch

# One test waits while another works. Those of one `xdist_group` share a worker and what is started for them.
# A worker that is gone ends them all: pytest-xdist would wait for ever for the tests it had.
SIDE_BY_SIDE := --numprocesses 3 --dist loadgroup --max-worker-restart 0

test-plain: $(READY) $(ARGILLA_READY) system
	$(BIN)/python -m pytest $(SIDE_BY_SIDE)

test-quick: $(READY) system
	$(BIN)/python -m pytest $(SIDE_BY_SIDE) -m "not slow"

# What users install: the core alone, on its oldest dependencies and on every Python there is. Part of `make test`.
test-floors: $(READY)
	$(BIN)/python -m pytest $(SIDE_BY_SIDE) tests/environments

# Two workers share the cores: by default vLLM binds the thread of every engine to the same one of two cores.
test-torch: export OMP_NUM_THREADS := 1
test-torch: export VLLM_CPU_OMP_THREADS_BIND := nobind
test-torch: $(SMALL_MODEL)/config.json
	$(TORCH_BIN)/python -m pytest --numprocesses 2 --dist loadgroup --max-worker-restart 0 --no-loadscope-reorder -o faulthandler_timeout=1500 tests/vllm_engine tests/training

# All that the tests need; with `make -j2` one environment is made beside another.
environments: $(READY) $(ARGILLA_READY) $(SMALL_MODEL)/config.json system

# What the tests need of the system: a real browser looks at the pages, and the Argilla server keeps its queue in Redis.
system:
	@{ command -v chromium && command -v redis-server; } >/dev/null || { apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium fonts-noto-core redis-server >/dev/null; }

demo-vllm: $(SMALL_MODEL)/config.json
	rm -rf demo-run
	@cat examples/small_model/expect.txt
	$(TORCH_BIN)/sysgen run --config examples/small_model/demo.yaml --model $(SMALL_MODEL) --output demo-run
	$(TORCH_BIN)/sysgen show demo-run -n 3

$(SMALL_MODEL)/config.json: $(TORCH_READY) examples/small_model/make.py
	$(TORCH_BIN)/python -m examples.small_model.make --output $(SMALL_MODEL)

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

docs: $(READY)
	NO_MKDOCS_2_WARNING=1 $(BIN)/python -m mkdocs build --strict --quiet
	@echo "Open site/index.html; it has a search where it is served: python3 -m http.server --directory site"

bench: $(READY)
	$(BIN)/python tests/benchmarks/parse_annotated.py
	$(BIN)/python tests/benchmarks/host_overhead.py
	$(BIN)/python -m tests.benchmarks.small_costs

# $(call install,BIN,ARGUMENTS): with uv, which the registry has, in a tenth of the time; with pip where it cannot be had.
define install
	@uv=$$(command -v uv || echo $(1)/uv); \
	{ [ -x $$uv ] || $(1)/python -m pip install --quiet --constraint requirements.lock uv; } \
	&& UV_FIND_LINKS="$${UV_FIND_LINKS-$$(echo $$PIP_FIND_LINKS | tr " " ,)}" $$uv pip install --quiet --python $(1)/python $(2) \
	|| $(1)/python -m pip install --quiet $(2)
endef

# Without bytecode each of the hundreds of processes that tests start compiles the whole package first.
unexport PYTHONDONTWRITEBYTECODE

# The demo needs no more than users have; `.ready` adds what tests need to the same environment.
$(CORE): pyproject.toml requirements.lock | python
	$(PYTHON) -m venv $(VENV)
	$(call install,$(BIN),--constraint requirements.lock --editable .[plots])
	touch $(CORE)

# Tests start Python hundreds of times, and uv leaves bytecode out by default.
$(READY) $(TORCH_READY): export UV_COMPILE_BYTECODE := 1
$(READY): $(CORE)
	$(call install,$(BIN),--requirement requirements.lock)
	touch $(READY)

$(ARGILLA_READY): requirements-argilla-server.lock | $(READY)
	$(BIN)/python -m sysgen_distilabel.review.environment $(ARGILLA_VENV)

# Without dependencies: vLLM asks for packages that fit no CPU build, see `tool.uv` in pyproject.toml.
$(TORCH_READY): pyproject.toml requirements-torch.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.platform != "linux" or sys.version_info[:2] != (3, 11))' || { echo "What needs torch is locked for Linux and Python 3.11: make PYTHON=python3.11 $(MAKECMDGOALS)" >&2; exit 1; }
	$(PYTHON) -m venv $(TORCH_VENV)
	$(call install,$(TORCH_BIN),--no-deps --requirement requirements-torch.lock) || { echo "If pip found no torch: name PyTorch's index of CPU builds in PIP_EXTRA_INDEX_URL." >&2; exit 1; }
	$(call install,$(TORCH_BIN),--no-deps --editable .)
	touch $(TORCH_READY)

.PHONY: python
python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed: make PYTHON=python3.11 $(MAKECMDGOALS)" >&2; exit 1; }

# The exact versions the tests run with: for every Python from 3.11 on, and of what needs torch for 3.11 on Linux.
# The CPU build of torch is looked for where pip looks for it.
lock: export UV_FIND_LINKS ?= $(PIP_FIND_LINKS)
lock: $(READY)
	$(BIN)/uv pip compile --quiet --no-header --no-emit-index-url --no-emit-find-links --upgrade pyproject.toml --universal --python-version 3.11 --extra dev --output-file requirements.lock
	$(BIN)/uv pip compile --quiet --no-header --no-emit-index-url --no-emit-find-links --upgrade pyproject.toml --python-platform linux --python-version 3.11 --extra torch --group small-model --output-file requirements-torch.lock
	printf '%s\n' argilla-server==2.8.0 'click<8.2' 'huggingface-hub<1' asyncpg psycopg2-binary | $(BIN)/uv pip compile --quiet --no-header --no-emit-index-url --no-emit-find-links --upgrade - --universal --python-version 3.11 --no-annotate --output-file requirements-argilla-server.lock

clean:
	rm -rf $(VENV) $(TORCH_VENV) $(ARGILLA_VENV) demo-run dist
