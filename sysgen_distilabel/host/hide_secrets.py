"""Take secrets out of what is written to disk.

Defect: distilabel 1.5.3 leaves out fields named `api_key` and those typed `SecretStr`
(`utils/serialization.py:197`), but writes `PushToHub.token`, `OpenAILLM.default_headers` and
`storage_options` in clear into `pipeline.yaml`, which `Distiset.push_to_hub` uploads.
Can go when distilabel leaves them out too.
"""

from __future__ import annotations

from typing import Any

from sysgen_distilabel.secrets import redact


def without_secrets(data: Any) -> Any:
    """A copy of dumped data without values that are secret by their name, headers among them, or their look.

    Fields are left out rather than masked, as distilabel does with `api_key`: whoever loads the
    file again gets the field's default, usually an environment variable, and not `"***"`.
    """
    return redact(data, leave_out=True)
