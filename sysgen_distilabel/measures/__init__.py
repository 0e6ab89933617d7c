"""Figures of texts without a page: words, languages, near-duplicates, intervals, response metrics."""
