"""TLS as old servers speak it: no certificate is refused, and no cipher is too weak.

Nothing secret passes, and what a portal publishes is wanted however it is served. Twisted takes a cipher string apart
into names and so loses its ``@SECLEVEL``; it is set on the context itself here.
"""

from typing import Any

from OpenSSL import SSL
from scrapy.core.downloader.contextfactory import _ScrapyCertificateOptions, _ScrapyClientContextFactory

# Level 0 takes TLS 1.0, SHA-1 signatures and short keys; "dh key too small" is among the commonest faults of portals.
CIPHERS = b"ALL:@SECLEVEL=0"


class _LenientOptions(_ScrapyCertificateOptions):  # type: ignore[misc]
    def _makeContext(self, *arguments: Any, **keywords: Any) -> SSL.Context:
        context: SSL.Context = super()._makeContext(*arguments, **keywords)
        context.set_cipher_list(CIPHERS)
        return context


class LenientContextFactory(_ScrapyClientContextFactory):  # type: ignore[misc]
    """Scrapy's factory of TLS contexts (no verification, legacy renegotiation), at OpenSSL's lowest security level."""

    def _get_cert_options(self) -> _LenientOptions:
        return _LenientOptions(**self._get_cert_options_kwargs())
