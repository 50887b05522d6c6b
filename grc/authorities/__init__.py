"""For whom we work: authorities, their services, their agents and their clients at identity providers."""
