"""How far a long piece of work is, for people: a bar on a terminal, now and then a line in a pipe."""

import time
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

SECONDS_BETWEEN_LINES = 10.0


class WorkPace:
    """Shows ``what`` with the number done, the rate, and the time that remains. Use it as a context manager."""

    def __init__(self, console: Console, what: str) -> None:
        self._console = console
        self._what = what
        self._begun = self._said = time.monotonic()
        self._bar: Progress | None = None
        if console.is_terminal:
            columns = (
                TextColumn("{task.description}"),
                BarColumn(),
                MofNCompleteColumn(),
                TextColumn("{task.fields[rate]}"),
                TimeRemainingColumn(),
            )
            self._bar = Progress(*columns, console=console, transient=True)
            self._task = self._bar.add_task(what, total=None, rate="")

    def __enter__(self) -> Self:
        if self._bar is not None:
            self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bar is not None:
            self._bar.stop()

    def show(self, done: int, total: int) -> None:
        """``done`` of ``total`` now."""
        now = time.monotonic()
        rate = done / max(now - self._begun, 0.001)
        if self._bar is not None:
            self._bar.update(self._task, completed=done, total=total, rate=f"{rate:.0f} a second")
        elif now - self._said >= SECONDS_BETWEEN_LINES:
            self._said = now
            left = _spoken((total - done) / rate) if rate else "unknown"
            self._console.print(f"{self._what}: {done} of {total}, {rate:.0f} a second, {left} left")


def _spoken(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes:02} min" if hours else f"{minutes} min {rest:02} s" if minutes else f"{rest} s"
