"""A server of bare sockets that sends exactly what it is told, and keeps exactly what it got and sent.

An HTTP library on the server's side would re-case headers and join chunks by its own rules; here nothing stands
between the test and the wire but TLS, where that is asked for.
"""

import datetime
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


@dataclass(frozen=True)
class Answer:
    """What is sent for one request. ``parts`` are sent one by one (a number is a pause in seconds); ``then`` says what
    happens to the connection: kept, closed, reset, or left hanging without a word."""

    parts: tuple[bytes | float, ...]
    then: str = "keep"


def answer(*parts: bytes | float, then: str = "keep") -> Answer:
    return Answer(parts, then)


@dataclass
class Seen:
    """One exchange from the server's side. ``connection`` counts the connections, ``at`` is the clock at its end."""

    target: str
    connection: int
    request: bytes
    sent: bytes
    at: float


@dataclass
class WireServer:
    port: int
    scheme: str = "http"
    seen: list[Seen] = field(default_factory=list)
    bytes: int = 0  # received over connections without TLS

    def url(self, target: str, host: str = "127.0.0.1") -> str:
        return f"{self.scheme}://{host}:{self.port}{target}"

    def exchanges(self, target: str) -> list[Seen]:
        return [one for one in self.seen if one.target == target]

    def one(self, target: str) -> Seen:
        found = self.exchanges(target)
        assert len(found) == 1, f"{target} was asked for {len(found)} times"
        return found[0]


Answers = Mapping[str, Answer | Callable[[int], Answer]]
NOT_FOUND = answer(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")


@contextmanager
def serving(answers: Answers, *, tls: ssl.SSLContext | None = None, host: str = "127.0.0.1") -> Iterator[WireServer]:
    """Serve ``answers`` by request target (path and query); a callable gets the number of times that it was asked.
    What is not named answers 404."""
    listener = socket.create_server((host, 0))
    server = WireServer(listener.getsockname()[1], "https" if tls else "http")
    stopping = threading.Event()
    threads: list[threading.Thread] = []

    def accept() -> None:
        number = 0
        while not stopping.is_set():
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            number += 1
            thread = threading.Thread(
                target=_serve, args=(connection, number, answers, server, tls, stopping), daemon=True
            )
            threads.append(thread)
            thread.start()

    accepting = threading.Thread(target=accept, daemon=True)
    accepting.start()
    try:
        yield server
    finally:
        stopping.set()
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        for thread in (accepting, *threads):
            thread.join(5)


def _serve(
    connection: socket.socket,
    number: int,
    answers: Answers,
    server: WireServer,
    tls: ssl.SSLContext | None,
    stopping: threading.Event,
) -> None:
    connection.settimeout(20)
    try:
        if tls is not None:
            connection = tls.wrap_socket(connection, server_side=True)
        while not stopping.is_set():
            request = _read_request(connection, server)
            if not request:
                return
            target = request.split(b" ", 2)[1].decode("ascii")
            found = answers.get(target, NOT_FOUND)
            given = found if isinstance(found, Answer) else found(len(server.exchanges(target)))
            seen = Seen(target, number, request, b"", time.monotonic())
            server.seen.append(seen)
            for part in given.parts:
                if isinstance(part, float):
                    stopping.wait(part)
                    continue
                connection.sendall(part)
                seen.sent += part
            if given.then == "hang":
                stopping.wait(20)
            if given.then == "reset":
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\x00\x00\x00\x00\x00\x00\x00")
            if given.then != "keep":
                return
    except (OSError, ssl.SSLError):
        return  # the client went away, which some tests are about
    finally:
        connection.close()


def _read_request(connection: socket.socket, server: WireServer) -> bytes:
    """One request, to the last byte of its body; empty where the client closed."""
    got = b""
    while b"\r\n\r\n" not in got:
        more = connection.recv(65536)
        if not more:
            return b""
        got += more
        server.bytes += len(more)
    head, _, body = got.partition(b"\r\n\r\n")
    lengths = [line.split(b":")[1] for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")]
    while lengths and len(body) < int(lengths[0]):
        more = connection.recv(65536)
        body += more
        got += more
    return got


def server_context(folder: Path, name: str = "127.0.0.1", *, expired: bool = False) -> ssl.SSLContext:
    """A TLS context with a certificate signed by nobody but itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    now = datetime.datetime.now(datetime.UTC)
    start, end = (now - datetime.timedelta(days=60), now + datetime.timedelta(days=-30 if expired else 30))
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(end)
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address(name))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    path = folder / f"{name}.pem"
    path.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        + certificate.public_bytes(serialization.Encoding.PEM)
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    return context
