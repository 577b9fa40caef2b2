"""An S3 server on loopback for the tests: moto's, which keeps what is put into it in memory."""

import itertools
import logging
import os
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import boto3
from moto.server import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import make_server

_DENIED = b"<?xml version='1.0'?><Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>"
_KEYS = {"AWS_ACCESS_KEY_ID": "tests", "AWS_SECRET_ACCESS_KEY": "tests", "AWS_DEFAULT_REGION": "us-east-1"}


@dataclass(frozen=True)
class Asked:
    """One request that the server got; ``length`` is that of the range that was asked for, 0 without one."""

    method: str
    path: str
    length: int


class BucketServer:
    """A running server. ``environment`` is what the AWS tools, and so nianbao, find it by; ``asked`` are the requests
    so far; those that ``denies`` says yes to are refused."""

    def __init__(self) -> None:
        self.asked: list[Asked] = []
        self.denies: Callable[[Asked], bool] = lambda asked: False
        self._app = DomainDispatcherApplication(create_backend_app)
        self._server = make_server("127.0.0.1", 0, self._answer, threaded=True)
        self._numbers = itertools.count(1)
        self.environment = {**_KEYS, "AWS_ENDPOINT_URL": f"http://127.0.0.1:{self._server.server_port}"}
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        keys = {"aws_access_key_id": "tests", "aws_secret_access_key": "tests", "region_name": "us-east-1"}
        self.client: Any = boto3.client("s3", endpoint_url=self.environment["AWS_ENDPOINT_URL"], **keys)

    def make(self) -> "Place":
        """A new bucket, with a prefix in it."""
        name = f"archive-{os.getpid()}-{next(self._numbers)}"
        self.client.create_bucket(Bucket=name)
        self.asked.clear()
        return Place(self, name, "the/reports")

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def _answer(self, environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        first, _, last = environ.get("HTTP_RANGE", "").removeprefix("bytes=").partition("-")
        length = int(last) - int(first) + 1 if first and last else 0
        asked = Asked(environ["REQUEST_METHOD"], environ["PATH_INFO"], length)
        self.asked.append(asked)
        if self.denies(asked):
            start("403 Forbidden", [("Content-Type", "application/xml"), ("Content-Length", str(len(_DENIED)))])
            return [_DENIED]
        answer: Iterable[bytes] = self._app(environ, start)
        return answer


class Place:
    """A prefix in a bucket; ``url`` is what ``--archive`` takes."""

    def __init__(self, server: BucketServer, bucket: str, prefix: str) -> None:
        self.server, self._bucket, self._prefix = server, bucket, prefix
        self.url = f"s3://{bucket}/{prefix}"

    def keys(self, folder: str = "") -> list[str]:
        """The names below ``folder``, which ends with a slash."""
        start = f"{self._prefix}/{folder}"
        found = self.server.client.list_objects_v2(Bucket=self._bucket, Prefix=start).get("Contents", [])
        return [one["Key"].removeprefix(start) for one in found]

    def read(self, key: str) -> bytes:
        found = self.server.client.get_object(Bucket=self._bucket, Key=f"{self._prefix}/{key}")
        data: bytes = found["Body"].read()
        return data

    def write(self, key: str, data: bytes) -> None:
        self.server.client.put_object(Bucket=self._bucket, Key=f"{self._prefix}/{key}", Body=data)

    def remove(self, key: str) -> None:
        self.server.client.delete_object(Bucket=self._bucket, Key=f"{self._prefix}/{key}")


@contextmanager
def bucket_server() -> Iterator[BucketServer]:
    """The server, until the end of the block."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = BucketServer()
    try:
        yield server
    finally:
        server.stop()
