"""The append-only truth: PostgreSQL, its cluster, its migrations and its statements."""
