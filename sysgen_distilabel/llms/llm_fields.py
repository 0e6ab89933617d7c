"""An LLM as its import path and its fields, as settings name it; the inverse of `choose_llm.make_llm`."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from pydantic_core import PydanticSerializationError, to_jsonable_python

from sysgen_distilabel.errors import ConfigError
from sysgen_distilabel.simulated_notice import SIMULATED

if TYPE_CHECKING:
    from distilabel.models.llms.base import LLM


def name_llm(llm: LLM) -> tuple[str, dict[str, Any]]:
    """What to write as `llm` and `llm_args` to get such an LLM; each Task is given one of its own.

    Args:
        llm: any LLM of distilabel, but for `Recorded`, whose work the run does itself.

    Returns:
        Its import path, or `simulated`, and the fields that were set.

    Raises:
        ConfigError: if it cannot be made again from that.
    """
    from distilabel.models.llms.base import LLM as AnyLLM

    from sysgen_distilabel.llms.simulated import SimulatedLLM
    from sysgen_distilabel.recorded.recorded_llm import Recorded

    if isinstance(llm, type):
        raise ConfigError(f"{llm.__name__} is a class.", f"Give an instance of it: {llm.__name__}(...).")
    if not isinstance(llm, AnyLLM):
        raise ConfigError(
            f"A {type(llm).__name__} is no LLM of distilabel.",
            "Give an instance such as SimulatedLLM(), an import path, or model='ORG/NAME'.",
        )
    if isinstance(llm, Recorded):
        raise ConfigError(
            "A run remembers replies itself, so its LLM is not wrapped in Recorded.",
            "Give the LLM inside it; `max_concurrency` is a setting of the run.",
        )
    kind = type(llm)
    path = f"{kind.__module__}.{kind.__qualname__}"
    if getattr(import_module(kind.__module__), kind.__qualname__, None) is not kind:
        raise ConfigError(f"The LLM '{path}' cannot be imported.", "Define its class at the top of a module.")
    fields = {name: getattr(llm, name) for name in kind.model_fields if name in llm.model_fields_set}
    try:
        to_jsonable_python(fields)
    except PydanticSerializationError as error:
        raise ConfigError(f"The fields of the LLM '{path}' cannot be written down: {error}.") from None
    return (SIMULATED if kind is SimulatedLLM else path), fields
