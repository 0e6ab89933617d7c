"""What a program can check of a system message: compiled, verified in responses, given as a reward."""
