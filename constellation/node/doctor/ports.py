"""Ports: free, not open to the world by mistake, with certificates that are good, and with descriptors enough."""

import socket
from collections.abc import Iterator
from ipaddress import ip_address

from prometheus_client import CollectorRegistry

from constellation.node.config import AlphaSection, ChroniclerSection, ConfigurationError, NodeConfig, split_address
from constellation.node.descriptors import connections_allowed
from constellation.node.doctor.findings import Finding, failed, ok, skipped, warning
from constellation.node.tls import server_certificate


def listening(role: str, config: NodeConfig) -> dict[str, str]:
    """Where the node will listen: addresses by the name of the setting."""
    found = {"http_listen": config.http_listen}
    if role == "alpha":
        found |= {
            "alpha.client_listen": config.alpha.client_listen,
            "alpha.cluster_listen": config.alpha.cluster_listen,
        }
    if config.chronicle_listen is not None:
        found["chronicle_listen"] = config.chronicle_listen
    if config.chronicler.run:
        found |= {
            "chronicler.listen": config.chronicler.listen,
            "chronicler.http_listen": config.chronicler.http_listen,
        }
        if config.chronicler.feed_listen is not None:
            found["chronicler.feed_listen"] = config.chronicler.feed_listen
    return found


def look_at_ports(role: str, config: NodeConfig, *, is_running: bool) -> Iterator[Finding]:
    """Look at every port that the node will listen at."""
    addresses = listening(role, config)
    if is_running:
        yield skipped("ports", f"the node runs and has them: {', '.join(addresses.values())}")
    else:
        for name, address in addresses.items():
            yield _port(name, address)
    for name in ("http_listen", "chronicle_listen"):
        if name in addresses and not _is_local(addresses[name]):
            yield warning(name, f"{addresses[name]} can be reached from other machines", "let a firewall admit friends")


def _port(name: str, address: str) -> Finding:
    host, port = split_address(address)
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((host, port))
    except OSError as error:
        return failed(name, f"{address}: {error.strerror}", "stop what has the port, or name another one")
    return ok(name, f"{address} is free")


def _is_local(address: str) -> bool:
    host, _ = split_address(address)
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def look_at_certificates(role: str, config: NodeConfig) -> Iterator[Finding]:
    """Look at the TLS certificates that the node will show."""
    sections: list[tuple[str, AlphaSection | ChroniclerSection, str | None]] = []
    if role == "alpha":
        sections.append(("alpha", config.alpha, config.alpha.client_listen))
    if config.chronicler.run:
        sections.append(("chronicler", config.chronicler, config.chronicler.feed_listen))
    for name, section, address in sections:
        if address is not None:
            yield _certificate(name, section, address)


def _certificate(name: str, section: AlphaSection | ChroniclerSection, address: str) -> Finding:
    what = f"{name} TLS"
    try:
        certificate = server_certificate(name, section, CollectorRegistry())
    except ConfigurationError as error:
        return failed(what, str(error), "see docs/operating/tls.md")
    if certificate is None:
        if _is_local(address):
            return ok(what, f"none; {address} is reached from this machine alone")
        return warning(what, f"none, at {address}", "set tls_certificate_file, or put a proxy with TLS in front")
    if certificate.worries:
        return warning(what, "; ".join(certificate.worries), "renew it: the node loads the new files by itself")
    return ok(what, f"good until {certificate.expires}")


def look_at_descriptors(role: str, config: NodeConfig) -> Iterator[Finding]:
    """Look whether the process may open as many files as alpha's connections need."""
    if role == "alpha":
        wanted = config.alpha.connections
        allowed = connections_allowed(wanted)
        if allowed < wanted:
            yield warning(
                "open files", f"enough for {allowed} of {wanted} connections", "raise LimitNOFILE, or ulimit -n"
            )
        else:
            yield ok("open files", f"enough for {wanted} connections")
