"""What is wrong with the certificate of a server that we talk to all the same."""

from collections.abc import Mapping
from datetime import datetime
from ipaddress import ip_address

from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA256

from config.hosts import is_address


def flaws(certificate: x509.Certificate, host: str, now: datetime) -> list[str]:
    """What the certificate shows by itself: ``self-signed``, ``expired``, ``not yet valid``, ``another host``.

    Raises ValueError where it is malformed. Whether its issuer is known is not looked at: that needs the chain, which
    old servers send incomplete.
    """
    found = []
    if certificate.issuer == certificate.subject:
        found.append("self-signed")
    if certificate.not_valid_after_utc < now:
        found.append("expired")
    if certificate.not_valid_before_utc > now:
        found.append("not yet valid")
    if not _names(certificate, host.strip("[]").lower()):
        found.append("another host")
    return found


def facts(certificate: x509.Certificate, found: list[str]) -> Mapping[str, str]:
    """What the archive says about a certificate with flaws."""
    return {
        "certificate-flaws": ", ".join(found),
        "certificate-subject": certificate.subject.rfc4514_string(),
        "certificate-issuer": certificate.issuer.rfc4514_string(),
        "certificate-valid-from": f"{certificate.not_valid_before_utc:%Y-%m-%d}",
        "certificate-valid-to": f"{certificate.not_valid_after_utc:%Y-%m-%d}",
        "certificate-sha256": certificate.fingerprint(SHA256()).hex(),
    }


def _names(certificate: x509.Certificate, host: str) -> bool:
    try:
        names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        common = certificate.subject.get_attributes_for_oid(x509.NameOID.COMMON_NAME)
        return any(_matches(str(one.value).lower(), host) for one in common)
    if is_address(host):
        return ip_address(host) in names.get_values_for_type(x509.IPAddress)
    return any(_matches(name.lower(), host) for name in names.get_values_for_type(x509.DNSName))


def _matches(pattern: str, host: str) -> bool:
    """A star stands for one whole label, the leftmost."""
    if pattern.startswith("*."):
        return host.partition(".")[2] == pattern[2:]
    return pattern == host
