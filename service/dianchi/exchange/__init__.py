"""Other people's formats: labels first."""
