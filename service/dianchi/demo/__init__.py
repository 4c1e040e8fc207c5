"""The synthetic province."""
