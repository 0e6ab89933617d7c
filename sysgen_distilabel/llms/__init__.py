"""Engines: what generates text, and the store that remembers every reply."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sysgen_distilabel.lazy_names import offer

if TYPE_CHECKING:
    from sysgen_distilabel.llms.endpoint import EndpointLLM as EndpointLLM
    from sysgen_distilabel.llms.simulated import SimulatedLLM as SimulatedLLM
    from sysgen_distilabel.llms.vllm import vLLM as vLLM
    from sysgen_distilabel.recorded.recorded_llm import Recorded as Recorded
    from sysgen_distilabel.serving.vllm_server import vllm_server as vllm_server

_HOMES: Final = {
    "sysgen_distilabel.llms.endpoint": ("EndpointLLM",),
    "sysgen_distilabel.llms.simulated": ("SimulatedLLM",),
    "sysgen_distilabel.llms.vllm": ("vLLM",),
    "sysgen_distilabel.recorded.recorded_llm": ("Recorded",),
    "sysgen_distilabel.serving.vllm_server": ("vllm_server",),
}
__all__, __getattr__, __dir__ = offer(__name__, _HOMES)
