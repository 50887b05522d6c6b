"""The syndicate's pages: what its communes add up to and how they stand, without anybody's data."""
