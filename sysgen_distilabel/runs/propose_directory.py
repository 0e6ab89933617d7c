"""Where a run goes whose directory nobody has named."""

from __future__ import annotations

import re
from pathlib import Path

from sysgen_distilabel.settings.run_config import RunConfig


def propose_directory(config: RunConfig) -> Path:
    """A directory here, named after the input: the same command finds it again, and so resumes the run."""
    last = config.input.rstrip("/").rpartition("/")[2]
    stem = re.sub(r"(\.(jsonl|json|csv|parquet|gz|zst|bz2|xz))+$", "", last)
    name = re.sub(r"[^\w.-]+", "-", stem).strip("-.") or "input"
    block = f"-{config.shard.replace('/', '-of-')}" if config.shard else ""
    return Path(f"{name}-sysgen{block}")
