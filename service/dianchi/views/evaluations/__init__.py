"""What the record says of how one organisation reports and recovers."""
