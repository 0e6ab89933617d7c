"""Does the installed distilabel have the private parts that the work-arounds rest on?

Every attribute of distilabel that is overridden, called or relied on is named here with its
parameters. Looking them up takes a millisecond.
"""

from __future__ import annotations

import importlib
import inspect
from typing import Any, Final

_BASE: Final = "distilabel.pipeline.base:BasePipeline."
_MANAGER: Final = "distilabel.pipeline.batch_manager:_BatchManager."
_BUFFER: Final = "distilabel.pipeline.batch_manager:_BatchManagerStep."
_WRAPPER: Final = "distilabel.pipeline.step_wrapper:_StepWrapper."
_WRITER: Final = "distilabel.pipeline.write_buffer:_WriteBuffer."

VERSIONS: Final = ((1, 5, 3), (1, 6))
"""The first version that was tested, and the first that was not."""

_RUN: Final = (
    "parameters load_groups use_cache storage_parameters use_fs_to_pass_data dataset dataset_batch_size"
    " logging_handlers"
)

_BATCH: Final = (
    "seq_no step_name last_batch data data_hash data_path accumulated created_from batch_routed_to size _fs"
)

_RAY: Final = "name description cache_dir enable_metadata requirements ray_head_node_url ray_init_kwargs"

EXPECTED: Final[dict[str, str | None]] = {
    _BASE + "run": _RUN,
    _BASE + "dry_run": "parameters batch_size dataset",
    _BASE + "save": "path format dump kwargs",
    _BASE + "signature": None,
    _BASE + "_cache": "",
    _BASE + "_cache_location": None,
    _BASE + "_refresh_pipeline_from_cache": "",
    _BASE + "_set_pipeline_name": "",
    _BASE + "_setup_write_buffer": "use_cache",
    _BASE + "_output_queue_loop": "",
    _BASE + "_initialize_pipeline_execution": "",
    _BASE + "_request_initial_batches": "",
    _BASE + "_process_batch": "batch send_last_batch_flag",
    _BASE + "_manage_batch_flow": "batch",
    _BASE + "_register_batch": "batch",
    _BASE + "_send_to_step": "step_name to_send",
    _BASE + "_send_batch_to_step": "batch",
    _BASE + "_is_step_running": "step_name",
    _BASE + "_get_steps_load_stages": "",
    _BASE + "_steps_to_be_loaded_in_stage": "stage",
    _BASE + "_run_stage_steps_and_wait": "stage",
    _BASE + "_run_steps": "steps",
    _BASE + "_should_load_next_stage": "",
    _BASE + "_wait_current_stage_to_finish": "",
    _BASE + "_update_stage": "",
    "distilabel.pipeline.base:set_pipeline_running_env_variables": "pipeline_name pipeline_cache_id",
    "distilabel.pipeline.local:Pipeline.ray": "ray_head_node_url ray_init_kwargs",
    "distilabel.pipeline.ray:RayPipeline.__init__": _RAY,
    "distilabel.pipeline.batch:_Batch": _BATCH,
    "distilabel.pipeline.batch:_Batch._update_data_hash": "",
    "distilabel.pipeline.batch:_Batch.copy": "",
    "distilabel.pipeline.batch:_Batch.get_data": "num_rows",
    "distilabel.pipeline.batch:_Batch.next_batch": "",
    "distilabel.pipeline.batch:_Batch.set_data": "data",
    _MANAGER + "can_generate": "",
    _MANAGER + "get_last_batch_sent": "step_name",
    _MANAGER + "register_batch": "batch steps_data_path",
    _MANAGER + "step_has_finished": "step_name",
    _BUFFER + "_get_seq_no": "",
    _WRAPPER + "__init__": "step replica input_queue output_queue load_queue dry_run ray_pipeline",
    _WRAPPER + "run": "",
    _WRAPPER + "_generator_step_process_loop": "",
    _WRAPPER + "_non_generator_process_loop": "",
    _WRAPPER + "_send_batch": "batch",
    _WRITER + "__init__": "path leaf_steps steps_cached",
    _WRITER + "_write": "step_name",
    _WRITER + "close": "",
    "distilabel.distiset:create_distiset": "data_dir pipeline_path log_filename_path enable_metadata dag",
    "distilabel.utils.logging:_SILENT_LOGGERS": None,
    "distilabel.utils.logging:setup_logging": "log_queue filename logging_handlers",
    "distilabel.utils.logging:stop_logging": "",
    "distilabel.utils.ray:script_executed_in_ray_cluster": "",
    "distilabel.constants:LAST_BATCH_SENT_FLAG": None,
    "distilabel.constants:SIGINT_HANDLER_CALLED_ENV_NAME": None,
}
"""`module:name` of each private part, with its parameters; `None` for what takes none."""


def find_differences() -> list[str]:
    """What is missing or different, in words; empty if everything fits."""
    import distilabel

    version = tuple(int(part) for part in distilabel.__version__.split(".")[:3] if part.isdigit())
    found = [] if VERSIONS[0] <= version < VERSIONS[1] else [f"version {distilabel.__version__}"]
    return found + [misfit for name, expected in EXPECTED.items() if (misfit := _misfit(name, expected))]


def _misfit(name: str, expected: str | None) -> str:
    module, _, path = name.partition(":")
    try:
        part: Any = importlib.import_module(module)
        for attribute in path.split("."):
            part = inspect.getattr_static(part, attribute)
    except (ImportError, AttributeError):
        return f"{path} is missing"
    if expected is None:
        return ""
    parameters = " ".join(p for p in inspect.signature(part).parameters if p != "self")
    return "" if parameters == expected else f"{path} takes ({parameters})"
