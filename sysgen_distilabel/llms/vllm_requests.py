"""What goes between distilabel and vLLM: structured outputs, and errors that name the request to blame."""

import contextlib
from collections.abc import Iterator, Mapping
from typing import Any, Final

from distilabel.steps.tasks.structured_outputs.utils import schema_as_dict

from sysgen_distilabel.errors import EngineGone
from sysgen_distilabel.recorded.faults import RequestFailed
from sysgen_distilabel.recorded.reply import Fault, FaultKind

_FORMATS: Final = ("json", "regex", "choice", "grammar", "structural_tag")


def to_structured_outputs(wanted: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """Distilabel's `{"format": ..., "schema": ...}` as arguments of vLLM's `StructuredOutputsParams`.

    Raises:
        ValueError: if there is no schema, or its format is unknown.
    """
    if not wanted:
        return None
    rest = {name: value for name, value in wanted.items() if value is not None}
    schema = rest.pop("schema", None)
    kind = rest.pop("format", None) or ("regex" if isinstance(schema, str) else "json")
    if schema is None or kind not in _FORMATS:
        known = ", ".join(_FORMATS)
        raise ValueError(f"a structured output has a `schema` and one of the formats {known}; not {kind!r}")
    return {kind: schema_as_dict(schema) if kind == "json" else schema, **rest}


@contextlib.contextmanager
def vllm_errors() -> Iterator[None]:
    """Tell an input vLLM refuses from an engine that is gone."""
    from vllm.exceptions import VLLMClientError
    from vllm.v1.engine.exceptions import EngineDeadError

    try:
        yield
    except EngineDeadError as error:
        raise EngineGone("The vLLM engine in the process has ended.", "See the log above.") from error
    except (VLLMClientError, ValueError) as error:
        raise RequestFailed(Fault(FaultKind.BAD_REQUEST, " ".join(str(error).split())[:300])) from error
