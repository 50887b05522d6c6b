"""What demandes take of the things that an authority lends: halls, equipment, slots, places; and what is left."""
