"""What a model wrote becomes values: reasoning taken off, tags, verdicts, judgements and scores read."""
