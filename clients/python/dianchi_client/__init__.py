"""Checks what the log of dianchi proves, with nothing but public keys."""
