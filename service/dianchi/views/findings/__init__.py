"""One row for each finding, open or closed, of batteries, lots, batches and sites."""
