"""Engines: what generates text, and the store that remembers every reply."""
