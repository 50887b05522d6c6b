"""What the demonstration adds to the real parts: a simulated FranceConnect and a mailbox, both on loopback."""
