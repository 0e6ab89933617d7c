"""Work-arounds for defects of distilabel 1.5.3, one module for each; `self_test` says whether they still fit.

| module | defect it answers |
|---|---|
| `logs` | tracebacks that print secrets, a root logger left broken after a run |
| `hide_secrets` | tokens written in clear into `pipeline.yaml` |
| `write_buffer`, `arrow_types` | a run that crashes at its very end because a column was empty at first |
| `channel`, `step_process` | one failing row, or one failing process, that spoils or hangs a run |
| `replicas`, `workers`, `interrupts` | dead, orphaned and un-stoppable step processes |
| `ray_workers`, `ray_actor` | dead actors that hang a run on Ray, failures that end in no rows |
| `inbox` | rows lost when one replica is slower than another |
| `flow` | state rewritten after each batch, rows piling up, waits for rows that never come |
"""

from __future__ import annotations

import warnings


def silence_warnings() -> None:
    """Ignore the hundreds of warnings that pydantic raises about distilabel's fields.

    Defect: `mixins/runtime_parameters.py:27,72` of distilabel 1.5.3 is written for an older
    pydantic. Has to run before distilabel is imported; can go when distilabel does not warn.
    """
    warnings.filterwarnings(
        "ignore",
        r"The 'default' attribute with value None was provided",
        category=UserWarning,
        module=r"pydantic\._internal\._generate_schema",
    )
    warnings.filterwarnings("ignore", category=DeprecationWarning, module=r"distilabel\.")


silence_warnings()
