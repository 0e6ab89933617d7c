"""What the commands do: a run, a merge, preference pairs, and what comes before a run."""
