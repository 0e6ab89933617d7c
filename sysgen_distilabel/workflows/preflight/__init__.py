"""What a run will do and cost, before it is paid for: check, preview and forecast."""
