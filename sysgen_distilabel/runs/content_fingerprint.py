"""What a card says of the content of its files, so that `load_dataset` does not take it for another's.

Defect of datasets (`load.py`, `LocalDatasetModuleFactory`; seen in 4.0 to 5.2): of a directory on this
machine it names the cache by the name of the directory and by `configs` in its card. What is in the
files does not enter, so that the rows of one run come back for another. What a configuration is
described as does enter. Can go when datasets looks at the files.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from sysgen_distilabel.runs.dataset_files import hash_file

_DIGITS: Final = 16


def describe_content(files: Iterable[Path]) -> str:
    """The `description` of a configuration that has these files: it differs wherever one of them does."""
    digest = hashlib.sha256()
    for file in files:
        digest.update(bytes.fromhex(hash_file(file)))
    return f"content sha256:{digest.hexdigest()[:_DIGITS]}"
