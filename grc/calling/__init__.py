"""Other systems: endpoints that operators set, calls signed and retried, signals that come back signed."""
