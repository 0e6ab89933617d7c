"""A run directory: what a run left on disk, counted and described."""
