"""When a certificate expires: read from its DER, because the standard library tells it of a peer's certificate only."""

import ssl
from datetime import UTC, datetime

_SEQUENCE, _UTC_TIME, _GENERALIZED_TIME, _VERSION = 0x30, 0x17, 0x18, 0xA0
_END = "-----END CERTIFICATE-----"


class CertificateUnreadable(Exception):
    """It is no certificate."""


def expires_at(pem: str) -> datetime:
    """The end of the validity of the first certificate in ``pem`` (RFC 5280, section 4.1).

    Raises:
        CertificateUnreadable: there is none.
    """
    try:
        first = pem[pem.index("-----BEGIN CERTIFICATE-----") : pem.index(_END) + len(_END)]
        certificate = _parts(ssl.PEM_cert_to_DER_cert(first))[0]
        to_be_signed = _parts(_content(certificate))[0]
        fields = _parts(_content(to_be_signed))
        fields = fields[1:] if fields[0][0] == _VERSION else fields
        _, _, _, validity, *_ = fields  # after the serial number, the algorithm and the issuer
        return _time(*_parts(_content(validity))[1])
    except (ValueError, IndexError):
        raise CertificateUnreadable("there is no certificate in PEM") from None


def _content(part: tuple[int, bytes]) -> bytes:
    tag, content = part
    if tag != _SEQUENCE:
        raise ValueError("no sequence")
    return content


def _parts(der: bytes) -> list[tuple[int, bytes]]:
    """Tags and contents of what follows one another in ``der``."""
    parts: list[tuple[int, bytes]] = []
    while der:
        tag, size, start = der[0], der[1], 2
        if size >= 0x80:
            start += size & 0x7F
            size = int.from_bytes(der[2:start], "big")
        if start + size > len(der):
            raise ValueError("cut off")
        parts.append((tag, der[start : start + size]))
        der = der[start + size :]
    return parts


def _time(tag: int, content: bytes) -> datetime:
    formats = {_UTC_TIME: "%y%m%d%H%M%SZ", _GENERALIZED_TIME: "%Y%m%d%H%M%SZ"}
    if tag not in formats:
        raise ValueError("no time")
    found = datetime.strptime(content.decode("ascii"), formats[tag]).replace(tzinfo=UTC)
    # Two digits of a year are from 1950 to 2049.
    return found.replace(year=found.year - 100) if tag == _UTC_TIME and found.year >= 2050 else found
