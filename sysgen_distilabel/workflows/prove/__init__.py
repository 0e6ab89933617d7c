"""Trains the arms of the paper's ablation on finished runs, and asks each model the same prompts."""
