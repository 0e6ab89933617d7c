"""The page of a run: tables, drawings and rows."""
