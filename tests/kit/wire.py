"""A wire to a server's socket that can be cut: nothing goes over it any more, and nobody is told."""

import contextlib
import socket
import threading
from pathlib import Path
from types import TracebackType
from typing import Self


class Wire:
    """Listens at ``there`` and passes on what comes to the socket ``to``, and back, until it is `cut`."""

    def __init__(self, there: Path, to: Path) -> None:
        self._to = str(to)
        self._cut = threading.Event()
        self._ends: list[socket.socket] = []
        self._listening = socket.socket(socket.AF_UNIX)
        self._listening.bind(str(there))
        self._listening.listen()
        threading.Thread(target=self._accept, daemon=True).start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.cut()
        for one in (self._listening, *self._ends):
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)  # wakes those who wait for it
            one.close()

    def cut(self) -> None:
        """From now on both sides wait for each other."""
        self._cut.set()

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self._listening.accept()
            except OSError:
                return
            far = socket.socket(socket.AF_UNIX)
            far.connect(self._to)
            self._ends += [near, far]
            for source, target in ((near, far), (far, near)):
                threading.Thread(target=self._pass_on, args=(source, target), daemon=True).start()

    def _pass_on(self, source: socket.socket, target: socket.socket) -> None:
        try:
            while data := source.recv(65536):
                if self._cut.is_set():
                    return
                target.sendall(data)
            target.shutdown(socket.SHUT_WR)
        except OSError:
            return
