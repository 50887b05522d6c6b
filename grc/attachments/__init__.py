"""Files that people send: what they are, where they are kept, who may read them."""
