"""Indicators: what each life and batch contributes to which count, and how counts become rates."""
