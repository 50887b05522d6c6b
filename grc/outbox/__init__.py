"""What is still to be sent: written with the change that causes it, taken later by a worker."""
