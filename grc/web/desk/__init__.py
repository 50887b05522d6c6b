"""Desk entry: an agent types for a citizen, on the citizen's own pages."""
