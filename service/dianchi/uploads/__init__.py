"""Files that firms send: kept in parts, read, checked and recorded in slices by whoever is free."""
