"""Turns the results of a run into what a trainer reads, and checks that nothing of it gets lost there."""
