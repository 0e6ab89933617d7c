"""The results of evaluations, as tables and pages."""
