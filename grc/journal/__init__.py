"""The journal of access and administration: append-only, chained by authority and month, sealed."""
