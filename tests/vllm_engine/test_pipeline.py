"""The whole pipeline on a real vLLM server, with a small model."""

from sysgen_distilabel.recorded.store import Store
from sysgen_distilabel.settings.run_config import RunConfig
from sysgen_distilabel.workflows.run import run
from tests.commands import write_rows
from tests.vllm_engine.whole_runs import SHORT


def test_structured_outputs_leave_no_reply_illegal(vllm_endpoint, tmp_path):
    config = RunConfig(
        input=str(write_rows(tmp_path / "rows.jsonl", 20)),
        model=vllm_endpoint.model,
        base_url=vllm_endpoint.base_url,
        structured_outputs="on",
        **SHORT,
        generation_kwargs={"generate_aligned_response": {"max_new_tokens": 16}},
    )
    result = run(config, tmp_path / "run")
    assert result.accounts.rows == 20
    assert not {"no_valid_phrase", "unreadable_verdict", "engine_error"} & set(result.accounts.rejected)
    with Store.open_read(result.directory.calls) as store:
        usage = store.usage()
    assert usage["verify_functionalities"].calls > 0 and usage["verify_functionalities"].failed == 0
    assert sum(spent.cached_tokens for spent in usage.values()) > 0, (
        "the constant part of the prompts is cached"
    )
