"""Any LLM with a memory: a reply is stored before its row moves on, and nothing answered is asked again."""
