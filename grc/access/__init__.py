"""Who acts, and what they may do: the one role table."""
