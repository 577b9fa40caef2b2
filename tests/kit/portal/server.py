"""A small web server on loopback that answers from a table of routes and remembers every request."""

import hashlib
import socket
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from selectors import EVENT_READ, DefaultSelector
from threading import Lock, Thread
from types import TracebackType
from urllib.parse import parse_qs, urlsplit

BUILT = 1_700_000_000  # the Last-Modified of every fixed page, so that two runs give the same bytes


@dataclass(frozen=True, slots=True)
class Request:
    """One request as it arrived: ``target`` is path and query as sent, ``headers`` have lower-case names."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes = b""

    @property
    def path(self) -> str:
        return urlsplit(self.target).path

    @property
    def query(self) -> dict[str, str]:
        """The first value of each query parameter, decoded as UTF-8."""
        return {name: values[0] for name, values in parse_qs(urlsplit(self.target).query, True).items()}

    @property
    def form(self) -> dict[str, str]:
        """The first value of each field of an urlencoded body."""
        return {name: values[0] for name, values in parse_qs(self.body.decode("latin-1"), True).items()}


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer. ``delay`` is in seconds; ``validators`` adds ETag and Last-Modified and answers 304 to them.

    Status 0 is none: the connection is closed.
    """

    body: bytes = b""
    media_type: str | None = "text/html; charset=utf-8"
    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()
    delay: float = 0.0
    validators: bool = True


Route = Reply | Callable[[Request], Reply]
NOT_FOUND = Reply(b"<html><head><title>404</title></head><body>404</body></html>", status=404, validators=False)


@dataclass
class Server:
    """Serves ``routes`` until the ``with`` block ends. A key is a path, or a path with its query where that matters.

    ``missing`` answers what no route knows. ``url`` is the address of the root, with its slash.
    """

    routes: Mapping[str, Route]
    missing: Route = NOT_FOUND
    port: int = 0
    requests: list[Request] = field(default_factory=list)
    url: str = ""

    def __enter__(self) -> "Server":
        self._lock = Lock()
        handler = type("Handler", (_Handler,), {"portal": self})
        self._http = ThreadingHTTPServer(("127.0.0.1", self.port), handler)
        self._http.daemon_threads = True
        self._http.block_on_close = False
        self.port = self._http.server_address[1]
        self.url = f"http://127.0.0.1:{self.port}/"
        self._more: list[Listener] = []
        self._thread = Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for listener in self._more:
            listener.close()
        self._http.shutdown()
        self._http.server_close()
        self._thread.join(5)

    def listen(self, addresses: Iterable[str]) -> None:
        """Answer at further addresses of loopback (127.x.y.z), too, on the same port."""
        self._more.append(Listener(addresses, self.port, self._http))

    def asked(self, *, without: Iterable[str] = ("/robots.txt", "/favicon.ico")) -> list[str]:
        """The targets that were asked for, in order, without the given paths."""
        left_out = tuple(without)
        return [request.target for request in self.requests if request.path not in left_out]

    def answer(self, request: Request) -> Reply:
        """Log the request and find its answer."""
        with self._lock:
            self.requests.append(request)
        route = self.routes.get(request.target) or self.routes.get(request.path) or self.missing
        return route if isinstance(route, Reply) else route(request)


class Listener:
    """Sockets that hand their connections to ``http``: many servers on one machine, each with an address."""

    def __init__(self, addresses: Iterable[str], port: int, http: ThreadingHTTPServer) -> None:
        self._http = http
        self._selector = DefaultSelector()
        self._wake, woken = socket.socketpair()
        self._selector.register(woken, EVENT_READ)
        self._sockets = [woken]
        for address in addresses:
            listening = socket.create_server((address, port), backlog=64)
            listening.setblocking(False)
            self._selector.register(listening, EVENT_READ)
            self._sockets.append(listening)
        self._thread = Thread(target=self._accept, daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._wake.send(b"x")
        self._thread.join(5)
        for one in (self._wake, *self._sockets):
            one.close()
        self._selector.close()

    def _accept(self) -> None:
        while True:
            for key, _ in self._selector.select():
                if key.fileobj is self._sockets[0]:
                    return
                try:
                    connection, peer = key.fileobj.accept()  # type: ignore[union-attr]
                except OSError:  # gone again
                    continue
                connection.setblocking(True)
                self._http.process_request(connection, peer)


class _Handler(BaseHTTPRequestHandler):
    portal: Server
    protocol_version = "HTTP/1.1"
    server_version = "portal"
    sys_version = ""

    def _serve(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        headers = {name.lower(): value for name, value in self.headers.items()}
        reply = self.portal.answer(Request(self.command, self.path, headers, self.rfile.read(length)))
        if reply.delay:
            time.sleep(reply.delay)
        if reply.status == 0:
            self.close_connection = True
            return
        etag = '"' + hashlib.sha1(reply.body).hexdigest() + '"'
        unchanged = reply.validators and reply.status == 200 and headers.get("if-none-match") == etag
        self.send_response(304 if unchanged else reply.status)
        if reply.media_type:
            self.send_header("Content-Type", reply.media_type)
        for name, value in reply.headers:
            self.send_header(name, value)
        if reply.validators and reply.status == 200:
            self.send_header("ETag", etag)
            self.send_header("Last-Modified", formatdate(BUILT, usegmt=True))
        body = b"" if unchanged else reply.body
        if not any(name.lower() in ("content-length", "transfer-encoding") for name, _ in reply.headers):
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    do_GET = do_POST = do_HEAD = _serve

    def log_message(self, format: str, *args: object) -> None:
        """Silence: the server's own list of requests is the log."""
