"""The pages of the agents of the town hall."""
