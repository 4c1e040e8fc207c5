"""What is looked at before a hand-over leaves."""
