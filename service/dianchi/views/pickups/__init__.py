"""The list of requests to fetch batteries."""
