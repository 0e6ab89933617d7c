"""Engines: what generates text, and the store that remembers every reply."""

import sysgen_distilabel.host  # noqa: F401  (before the host is imported: silences its warnings)
