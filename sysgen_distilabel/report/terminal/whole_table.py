"""A table that breaks lines where there is too little room, and cuts nothing off."""

from __future__ import annotations

from typing import Any

from rich.table import Table


class WholeTable(Table):
    """As rich's, but a word that is wider than its column goes on in the next line."""

    def add_row(self, *cells: Any, **options: Any) -> None:
        """Add a row; the columns that it makes are whole as well."""
        super().add_row(*cells, **options)
        for column in self.columns:
            column.overflow = "fold"
