"""A real vLLM with a small model: one server for all tests of the session. Run by `make test-torch`."""

from pathlib import Path

import pytest

from sysgen_distilabel.serving.vllm_server import vllm_server
from tests.processes import are_gone, group_of
from tests.small_model import NAME
from tests.small_model import small_model as make_small_model

HERE = Path(__file__).parent
# The model's own template with a place for tools; without tools it writes the same.
TOOL_TEMPLATE = HERE.parent / "fixtures" / "chat_templates" / "smollm2-tools.jinja"
SMALL = {
    "dtype": "float32",
    "enforce_eager": True,
    "kv_cache_memory_bytes": 2**30,
    "max_model_len": 3072,
    "block_size": 32,  # the least there is, as the prompts of the tests are short
    "max_num_seqs": 32,
    "structured_outputs_config": {"backend": "guidance", "disable_any_whitespace": True},
}
TOOLS = {"enable_auto_tool_choice": True, "tool_call_parser": "hermes", "chat_template": TOOL_TEMPLATE}


def pytest_configure(config):
    config.addinivalue_line("markers", "vllm: needs vLLM, and starts it")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items):
    """Whole runs take longest and go first, and the tests that share the server share a process."""
    items.sort(key=lambda item: not item.path.stem.endswith("_run"))
    for item in items:
        group = "server" if "vllm_endpoint" in item.fixturenames else item.path.stem
        item.add_marker(pytest.mark.xdist_group(group))
        if item.path.is_relative_to(HERE):
            item.add_marker(pytest.mark.vllm)
            item.add_marker(pytest.mark.slow)


@pytest.fixture(scope="session")
def small_model():
    """The directory of SmolLM2-135M-Instruct, whose chat template takes a system message."""
    return make_small_model()


@pytest.fixture(scope="session")
def vllm_endpoint(small_model, tmp_path_factory):
    """A server with `base_url` and `model`, shared by the session; afterwards nothing of it is left."""
    log = tmp_path_factory.mktemp("server") / "vllm.log"
    options = {**SMALL, **TOOLS, "log": log, "served_model_name": NAME}
    with vllm_server(str(small_model), **options) as server:
        processes = group_of(server.process)
        yield server
    assert len(processes) >= 2, "the server has at least an engine process beside the front"
    assert are_gone(processes)
