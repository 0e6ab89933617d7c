"""What code can tell of phrases and answers: one pure module for each check."""
