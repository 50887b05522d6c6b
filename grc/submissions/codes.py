"""What the codes that people are given are hashed for: one purpose never opens what another does."""

TRACKING = "tracking-code"
