"""What follows a change: mails and letters composed from the facts already stored."""
