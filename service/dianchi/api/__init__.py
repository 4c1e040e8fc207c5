"""HTTP in: parse, call one thing, answer."""
