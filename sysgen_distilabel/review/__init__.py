"""Team review in Argilla: what a run has made goes there, and the corrections come back."""
