"""Make an LLM out of its name and its fields, as given on the command line or in YAML."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from sysgen_distilabel.errors import ConfigError
from sysgen_distilabel.settings.engine_config import EngineConfig, describe
from sysgen_distilabel.simulated_notice import SIMULATED

if TYPE_CHECKING:
    from distilabel.models.llms.base import LLM


def choose_llm(engine: EngineConfig) -> LLM:
    """The LLM that an engine is asked through.

    Args:
        engine: which one; with `engine: server` its `base_url` is that of the server.

    Raises:
        ConfigError: if it cannot be made.
    """
    if engine.llm:
        return make_llm(engine.llm, engine.llm_args)
    if not engine.is_in_process:
        address = {"model": engine.model, "base_url": engine.base_url}
        return make_llm("sysgen_distilabel.llms.endpoint.EndpointLLM", address)
    return make_llm("sysgen_distilabel.llms.vllm.vLLM", _engine_fields(engine.model, engine.engine_args))


def _engine_fields(model: str | None, engine_args: Mapping[str, Any]) -> dict[str, Any]:
    """The options of vLLM as fields of distilabel's class, which passes on what it has no field for."""
    from sysgen_distilabel.llms.vllm import vLLM

    own = {name: value for name, value in engine_args.items() if name in vLLM.model_fields}
    rest = {name: value for name, value in engine_args.items() if name not in own}
    return {"model": model, **own, "extra_kwargs": rest}


def make_llm(name: str, arguments: Mapping[str, Any]) -> LLM:
    """An instance of the LLM.

    Args:
        name: `simulated`, or an import path such as `distilabel.models.OpenAILLM`.
        arguments: its fields.

    Raises:
        ConfigError: if there is no such class, a field is unknown or wrong, or the class itself fails.
    """
    llm_class = _find_class(name)
    try:
        # Unlike a call of the class, this leaves no half-made object for distilabel's `__del__` to trip over.
        return llm_class.model_validate(dict(arguments))
    except ValidationError as error:
        fields = ", ".join(sorted(llm_class.model_fields))
        raise ConfigError(
            f"The LLM '{name}' has wrong arguments ({describe(error)}).", f"Its fields are: {fields}."
        ) from None
    except ImportError as error:
        raise ConfigError(f"The LLM '{name}' needs a package that is missing: {error}.") from None
    except Exception as error:
        raise ConfigError(
            f"The LLM '{name}' cannot be made ({type(error).__name__}: {error}).",
            "A run makes it anew from its fields: give it fields in place of an `__init__` with parameters.",
        ) from None


def _find_class(name: str) -> type[LLM]:
    from distilabel.models.llms.base import LLM

    if name == SIMULATED:
        name = "sysgen_distilabel.llms.simulated.SimulatedLLM"
    module_name, _, class_name = name.replace(":", ".").rpartition(".")
    hint = "Use `simulated` or an import path such as distilabel.models.OpenAILLM."
    if "/" in name:
        raise ConfigError(f"'{name}' is no LLM class.", "A model is named as `model` (--model) instead.")
    if not module_name:
        raise ConfigError(f"There is no LLM called '{name}'.", hint)
    try:
        found = getattr(importlib.import_module(module_name), class_name)
    except ImportError as error:
        raise ConfigError(f"The module of the LLM '{name}' cannot be imported: {error}.", hint) from None
    except AttributeError:
        raise ConfigError(f"The module '{module_name}' has no '{class_name}'.", hint) from None
    if not (isinstance(found, type) and issubclass(found, LLM)):
        raise ConfigError(f"'{name}' is not a distilabel LLM.", hint)
    return found
