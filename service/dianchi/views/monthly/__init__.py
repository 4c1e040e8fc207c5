"""What happened within a month in an area, all of it at one place in the log."""
