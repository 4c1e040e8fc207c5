"""The command side: a report becomes events. One report and ten thousand take the same path."""
