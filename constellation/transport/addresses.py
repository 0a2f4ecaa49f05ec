"""Network addresses as bounds count them."""

from collections import Counter
from ipaddress import IPv6Address, ip_address
from typing import TypeVar

_Source = TypeVar("_Source")


def source_of(address: object) -> str:
    """Whom a peer's socket address counts as: its host, or of an IPv6 host the network of 64 bits, which is one site's.

    Args:
        address: as ``getpeername`` gives it; a peer that is gone already may have none.
    """
    host = str(address[0]) if isinstance(address, tuple) and address else ""
    if ":" not in host:
        return host
    try:
        parsed = ip_address(host.partition("%")[0])
    except ValueError:
        return host
    assert isinstance(parsed, IPv6Address)
    if parsed.ipv4_mapped is not None:
        return str(parsed.ipv4_mapped)
    return str(IPv6Address(int(parsed) >> 64 << 64))


def count_off(counts: Counter[_Source], source: _Source) -> None:
    """Count one less of ``source``, and forget it with the last."""
    counts[source] -= 1
    if not counts[source]:
        del counts[source]
