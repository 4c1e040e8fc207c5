"""The page that any phone opens."""
