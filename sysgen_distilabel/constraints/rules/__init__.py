"""Rules that read a sentence of a system message as constraints, a module per language."""
