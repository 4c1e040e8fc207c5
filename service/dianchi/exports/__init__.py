"""Files for whoever may see a list: asked for, written by a worker, fetched in parts, deleted."""
