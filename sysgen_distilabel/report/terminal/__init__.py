"""What a person sees in the terminal: progress, rows and summaries."""
