"""The pages of the people who file a demande."""
