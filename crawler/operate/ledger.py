"""What a call of `run-due` has to say beside the crawls that it makes: attempts that left no trace of their own, and
alarms. It goes into the archive, as accounts in a file of its own, so that it is known after everything else is lost.
"""

from collections.abc import Mapping
from types import TracebackType
from typing import Any, Self

from archive.folder import ArchiveFolder
from archive.writer import ArchiveWriter
from config import VERSION, clock
from config.load import load_operator
from pipelines.history import CALLS


class Ledger:
    """Writes accounts; a context manager. The file is made with the first one: most calls have nothing to say."""

    def __init__(self, folder: ArchiveFolder) -> None:
        info = {"software": f"nianbao/{VERSION}", "isPartOf": f"run-due-{clock.now():%Y%m%dT%H%M%SZ}"}
        self._writer = ArchiveWriter(folder, info=info, prefix=CALLS, free_floor=load_operator().free_space)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._writer.__exit__(kind, value, trace)

    def note(self, event: str, **values: Any) -> None:
        """Write down that ``event`` happened; it is on the disk when this returns. Raises ArchiveError."""
        moment = f"{clock.now():%Y-%m-%dT%H:%M:%SZ}"
        told: Mapping[str, Any] = {"event": event, "moment": moment, **values}
        self._writer.account(told)
        self._writer.sync()
