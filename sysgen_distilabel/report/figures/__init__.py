"""The figures of a run, counted from its rows."""
