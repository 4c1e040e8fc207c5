"""What the dashboard and the layout of outlets ask, each in a few questions at one moment."""
