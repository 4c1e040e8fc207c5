"""What lives and batches add to each count, and the counts: dashboards never read a life."""
