"""Tables of any length as files: rows go out as they come, none is kept."""
