"""The loads that hold the service to its numbers."""
