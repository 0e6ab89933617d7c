"""What a run came to: counts, and rows as a person wants to see them."""
