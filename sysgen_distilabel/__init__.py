"""SysGen for distilabel: write, check and apply system messages for fine-tuning data that has none."""

import sysgen_distilabel.host  # noqa: F401  (before distilabel is imported: silences its warnings)

__version__ = "0.1.0"
