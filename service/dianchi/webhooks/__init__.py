"""Webhooks: what happens is sent to addresses that organisations gave."""
