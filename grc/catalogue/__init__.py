"""Procedures as data: read from the catalogue, published in authorities, found again by version."""
