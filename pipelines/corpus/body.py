"""An agency, as the corpus tells it from others."""

from typing import NamedTuple


class Body(NamedTuple):
    """``name`` in full; ``division`` its GB/T 2260 code, None where it has none or it can't be told.

    One name in two divisions is two agencies.
    """

    name: str
    division: str | None

    @property
    def order(self) -> tuple[bool, str, str]:
        """Sorts by division, those without one last, then by name."""
        return (self.division is None, self.division or "", self.name)
