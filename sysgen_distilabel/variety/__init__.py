"""What makes system messages differ: conditions, selection, deduplication, conflicting turns, contrasts."""
