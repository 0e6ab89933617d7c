"""The settings of a run, with their defaults, checked and merged."""
