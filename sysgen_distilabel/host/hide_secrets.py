"""Take secrets out of what is written to disk.

Defect: distilabel 1.5.3 leaves out fields named `api_key` and those typed `SecretStr`
(`utils/serialization.py:197`), but writes `PushToHub.token`, `OpenAILLM.default_headers` and
`storage_options` in clear into `pipeline.yaml`, which `Distiset.push_to_hub` uploads.
Can go when the host leaves them out too.
"""

from __future__ import annotations

from typing import Any

from sysgen_distilabel.secrets import is_secret_name


def without_secrets(data: Any) -> Any:
    """A copy of dumped data without the values whose names say that they are secret.

    They are left out rather than masked, as the host does with `api_key`: whoever loads the
    file again gets the field's default, usually an environment variable, and not `"***"`.
    """
    if isinstance(data, dict):
        return {
            key: without_secrets(value)
            for key, value in data.items()
            if isinstance(value, bool | None) or not is_secret_name(key)
        }
    if isinstance(data, list | tuple):
        return [without_secrets(value) for value in data]
    return data
