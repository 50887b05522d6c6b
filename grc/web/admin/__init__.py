"""The pages of administration: what an authority sets by itself, under /agents/administration."""
