"""One vLLM server for all Tasks: started, watched, explained when it fails, and always stopped."""
