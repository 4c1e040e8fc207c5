"""The list of recalls; batteries are matched with it when they are read."""
