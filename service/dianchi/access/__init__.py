"""Who is who: organisations, sites and keys."""
