"""Whose report it is, of which statistical year, and when it was signed and published."""

from pipelines.identity.identify import identify
from pipelines.identity.model import Identity

__all__ = ["Identity", "identify"]
