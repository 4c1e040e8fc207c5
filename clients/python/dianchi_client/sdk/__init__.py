"""Talking to the service: what is asked and decided as plain data, and two thin drivers."""
