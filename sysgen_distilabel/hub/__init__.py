"""Publishes a run on the Hugging Face Hub: what goes there, how it gets there, and its card."""
