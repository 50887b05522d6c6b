"""Workflows: a pinned subset of XState v5 statecharts read from data, and the pure engine that follows them."""
