"""Measures whether system messages are followed: verifiers, benchmarks and a page of results."""
