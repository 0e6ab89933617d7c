"""The dataset card: facts of the run, examples, and the template they fill."""
