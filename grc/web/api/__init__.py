"""What programs read of an authority’s procedures, without account nor cookie; by a key, what they file and follow."""
