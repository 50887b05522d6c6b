"""What programs read of an authority's procedures: facts, schemas, examples, without account nor cookie."""
