"""Why the log is not written to or signed."""


class LogError(Exception):
    """The stored log cannot be trusted to go on; the text says what was found and the way out."""
