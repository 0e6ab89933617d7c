"""Tests of the scripts in `pipelines` that have a folder of their own."""
