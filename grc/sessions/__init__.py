"""Browser sessions and shared rate limits: what the web keeps between two requests."""
