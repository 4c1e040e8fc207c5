"""Sandboxes (沙盒): the same service for each firm, over a database apart from the record."""

from dianchi.sandbox.hosting import Hosting
from dianchi.sandbox.places import Place

__all__ = ["Hosting", "Place"]
