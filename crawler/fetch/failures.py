"""Why a fetch gave nothing, in one word and one sentence: what stands in the archive in place of an answer."""

from OpenSSL import SSL
from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadConnectionRefusedError,
    DownloadTimeoutError,
)
from twisted.internet import error as network
from twisted.web._newclient import ParseError

from crawler.fetch.wire import AddressRefused

# The kinds that come from the network or the server's own machine, and not from what it answers.
NETWORK = frozenset({"dns", "refused", "timeout", "tls", "reset", "closed", "unreachable"})

# The first kind that fits, from the particular to the general.
_KINDS: tuple[tuple[type[BaseException], str], ...] = (
    (AddressRefused, "address"),
    (CannotResolveHostError, "dns"),
    (DownloadConnectionRefusedError, "refused"),
    (DownloadTimeoutError, "timeout"),
    (SSL.Error, "tls"),
    (ParseError, "malformed"),
    (network.TimeoutError, "timeout"),
    (network.ConnectionRefusedError, "refused"),
    (network.ConnectionLost, "reset"),
    (network.ConnectionDone, "closed"),
    (network.ConnectError, "unreachable"),
    (ValueError, "malformed"),
)


def failure_kind(error: BaseException) -> str:
    """One stable word for what went wrong: dns, refused, timeout, tls, reset, closed, unreachable, malformed, address,
    or ``failed`` where it is none of these."""
    causes = list(_causes(error))
    return next((kind for kinds, kind in _KINDS if any(isinstance(cause, kinds) for cause in causes)), "failed")


def failure_sentence(error: BaseException) -> str:
    """What the libraries say about ``error``, on one line, without object addresses and nesting."""
    said = [" ".join(str(cause).split()) for cause in _causes(error) if not hasattr(cause, "reasons")]
    return "; ".join(dict.fromkeys(text for text in said if text and not text.startswith("[<"))) or type(error).__name__


def _causes(error: BaseException) -> list[BaseException]:
    """``error``, what it was raised from, and what Twisted wrapped in it (``reasons``), depth first."""
    found: list[BaseException] = []
    pending: list[BaseException] = [error]
    while pending:
        current = pending.pop()
        if current in found:
            continue
        found.append(current)
        if current.__cause__ is not None:
            pending.append(current.__cause__)
        pending += [reason.value for reason in getattr(current, "reasons", ())]
    return found
