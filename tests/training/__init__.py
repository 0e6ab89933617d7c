"""Tests of what needs torch but no engine: training, and metrics that run a model (`make test-torch`)."""
