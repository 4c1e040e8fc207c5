"""What can go wrong around the database itself; every text ends in a way out."""


class ClusterError(Exception):
    """The embedded PostgreSQL cannot run; the text says which path, and what to do."""


class ClusterBusyError(ClusterError):
    """Another service holds the data folder."""
