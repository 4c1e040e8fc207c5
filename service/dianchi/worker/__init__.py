"""The work that follows the log in the background."""
