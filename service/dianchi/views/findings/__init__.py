"""One row for each finding, open or closed, of what it is about."""
