"""Addresses and maps asked of services outside, from our server: an outage costs comfort and nothing else."""
