"""Lists that agents keep and forms offer: rooms, schools, each item with its attributes."""
