"""Texts that spreadsheets take for formulas, in every file that we write."""

from typing import Final

DANGEROUS: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""How such a text begins, by OWASP, "CSV Injection": signs, tab, carriage return and line feed, and
the signs of full width, which some programs read as the narrow ones.

https://owasp.org/www-community/attacks/CSV_Injection
"""
