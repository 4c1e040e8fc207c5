"""`dianchi bench`: the numbers of design 9, measured side by side in one run."""
