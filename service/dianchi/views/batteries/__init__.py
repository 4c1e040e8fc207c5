"""One row for each battery: what lists and counts are answered from."""
