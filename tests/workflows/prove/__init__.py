"""Tests of `sysgen_distilabel.workflows.prove`; a whole proof with a model is in `tests/training`."""
