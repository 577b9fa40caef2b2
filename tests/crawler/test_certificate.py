"""The flaws that a certificate shows by itself."""

from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from crawler.fetch.certificate import facts, flaws

NOW = datetime(2026, 11, 22, tzinfo=UTC)


def certificate(names: list[str], *, issuer: str = "CA", days: int = 30, common: str = "portal") -> x509.Certificate:
    key = ec.generate_private_key(ec.SECP256R1())
    builder = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common)]))
        .issuer_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, issuer)]))
        .public_key(key.public_key())
        .serial_number(7)
        .not_valid_before(NOW - timedelta(days=60))
        .not_valid_after(NOW + timedelta(days=days))
    )
    if names:
        alternatives = x509.SubjectAlternativeName([x509.DNSName(name) for name in names])
        builder = builder.add_extension(alternatives, critical=False)
    return builder.sign(key, hashes.SHA256())


@pytest.mark.parametrize(
    ("names", "host", "expected"),
    [
        (["www.qingshi.gov.cn"], "www.qingshi.gov.cn", []),
        (["*.qingshi.gov.cn"], "WWW.qingshi.gov.cn", []),
        (["*.qingshi.gov.cn"], "a.b.qingshi.gov.cn", ["another host"]),
        (["*.qingshi.gov.cn"], "qingshi.gov.cn", ["another host"]),
        (["www.qingshi.gov.cn"], "192.0.2.1", ["another host"]),
        ([], "portal", []),
        ([], "other", ["another host"]),
    ],
)
def test_names(names: list[str], host: str, expected: list[str]) -> None:
    assert flaws(certificate(names), host, NOW) == expected


def test_dates_and_issuer() -> None:
    assert flaws(certificate(["a"], days=-1), "a", NOW) == ["expired"]
    assert flaws(certificate(["a"]), "a", NOW - timedelta(days=90)) == ["not yet valid"]
    assert flaws(certificate(["a"], issuer="portal"), "a", NOW) == ["self-signed"]


def test_what_the_archive_says() -> None:
    said = facts(certificate(["a"]), ["expired", "another host"])
    assert said["certificate-flaws"] == "expired, another host"
    assert said["certificate-issuer"] == "CN=CA"
    assert (said["certificate-valid-from"], said["certificate-valid-to"]) == ("2026-09-23", "2026-12-22")
    assert len(said["certificate-sha256"]) == 64
