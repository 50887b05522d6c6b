"""FranceConnect v2 for the service provider: the login's rules, and the one client that speaks to it."""
