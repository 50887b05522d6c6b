"""Everything that says whether GRC does what it says."""
