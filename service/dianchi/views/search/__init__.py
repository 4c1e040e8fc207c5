"""What somebody looks for by a code, a VIN, or the number of a paper: many at once."""
