"""The query side: one folder per question asked."""
