"""TLS of a node's ports: a certificate and its key from files, loaded again when they change.

The files may be replaced at any time, one after the other: a pair that does not fit is not used, and the old one stays
until there is a better one.
"""

import asyncio
import logging
import ssl
from datetime import UTC, datetime
from pathlib import Path

from prometheus_client import CollectorRegistry, Counter, Gauge

from constellation.node.certificates import CertificateUnreadable, expires_at
from constellation.node.config import AlphaSection, ChroniclerSection, ConfigurationError
from constellation.node.hangups import on_hangup
from constellation.node.secret_files import KeyFileError, check_is_private

log = logging.getLogger(__name__)

_LOOK_S = 2.0
_WARNING_S = 14 * 86_400


class TlsMetrics:
    """What an operator sees of the certificate.

    Args:
        registry: of the node.
    """

    def __init__(self, registry: CollectorRegistry) -> None:
        self.expiry = Gauge(
            "constellation_tls_expiry_timestamp_seconds", "When the TLS certificate expires.", registry=registry
        )
        self.reloads = Counter(
            "constellation_tls_reloads",
            "How often changed certificate files were loaded, by result: loaded or refused.",
            ["result"],
            registry=registry,
        )


class ServerCertificate:
    """A certificate chain and its key.

    Args:
        certificate_file: the chain in PEM, the server's own certificate first.
        key_file: its key in PEM, without a passphrase, readable by its owner alone.
        registry: for the metrics.

    Attributes:
        context: for listening sockets; it always has the newest pair that fits.
        problem: why the files' present content is not used; None when it is.

    Raises:
        ConfigurationError: the files cannot be used.
    """

    def __init__(self, certificate_file: Path, key_file: Path, registry: CollectorRegistry) -> None:
        self._certificate_file = certificate_file
        self._key_file = key_file
        self._asked = asyncio.Event()
        metrics = TlsMetrics(registry)
        self._reloads = metrics.reloads
        self.problem: str | None = None
        self._seen = self._looked = self._stamp()
        try:
            self.context, self._expires_at = self._load()
        except _Unusable as error:
            raise ConfigurationError(f"alpha.tls: {error}") from None
        self._current = self.context
        self.context.sni_callback = self._choose
        metrics.expiry.set_function(lambda: self._expires_at.timestamp())
        self._warn()

    def _choose(self, connection: ssl.SSLObject, _name: str | None, _context: ssl.SSLContext) -> None:
        """OpenSSL asks for each new connection, whether it names a server or not."""
        connection.context = self._current

    def _load(self) -> tuple[ssl.SSLContext, datetime]:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        context.options |= ssl.OP_NO_RENEGOTIATION
        try:
            check_is_private(self._key_file)
            context.load_cert_chain(self._certificate_file, self._key_file, password=_no_passphrase)
            return context, expires_at(self._certificate_file.read_text("ascii", errors="replace"))
        except (KeyFileError, CertificateUnreadable) as error:
            raise _Unusable(str(error)) from None
        except ssl.SSLError as error:
            reason = "no certificate and key in PEM"
            if error.reason is not None:
                reason = error.reason.lower().replace("_", " ")
            raise _Unusable(f"{self._certificate_file} and {self._key_file}: {reason}") from None
        except OSError as error:
            raise _Unusable(f"{self._certificate_file} and {self._key_file}: {error.strerror}") from None
        except ValueError as error:
            raise _Unusable(f"{self._key_file}: {error}") from None

    def _stamp(self) -> tuple[object, ...]:
        """What tells whether the files have changed."""
        found: list[object] = []
        for path in (self._certificate_file, self._key_file):
            try:
                status = path.stat()
                found.append((status.st_mtime_ns, status.st_size, status.st_ino, status.st_mode))
            except OSError as error:
                found.append(error.errno)
        return tuple(found)

    def reload(self) -> None:
        """Use what the files hold now, for new connections; a pair that does not fit changes nothing."""
        self._seen = self._stamp()
        try:
            self._current, self._expires_at = self._load()
        except _Unusable as error:
            self._reloads.labels("refused").inc()
            self.problem = str(error)
            log.error("the new TLS certificate is not used", extra={"reason": self.problem})
            return
        self.problem = None
        self._reloads.labels("loaded").inc()
        log.info("TLS certificate loaded", extra={"expires": self.expires})
        self._warn()

    def _warn(self) -> None:
        if self.expires_soon:
            log.warning("the TLS certificate expires soon", extra={"expires": self.expires})

    @property
    def _left_s(self) -> float:
        return (self._expires_at - datetime.now(UTC)).total_seconds()

    @property
    def has_expired(self) -> bool:
        """Whether nobody takes the certificate any more."""
        return self._left_s < 0

    @property
    def expires_soon(self) -> bool:
        """Whether it is time for another one, or past it."""
        return self._left_s < _WARNING_S

    @property
    def expires(self) -> str:
        """When the certificate expires."""
        return self._expires_at.isoformat().replace("+00:00", "Z")

    @property
    def worries(self) -> list[str]:
        """What should be looked at."""
        found = [] if self.problem is None else [f"the new TLS certificate is not used: {self.problem}"]
        if self.has_expired:
            found.append("the TLS certificate has expired")
        elif self.expires_soon:
            found.append(f"the TLS certificate expires soon: {self.expires}")
        return found

    async def watch(self) -> None:
        """Load the files when they have changed, and on SIGHUP, until cancelled."""
        with on_hangup(self._asked.set):
            while True:
                await self._look()

    async def _look(self) -> None:
        try:
            async with asyncio.timeout(_LOOK_S):
                await self._asked.wait()
        except TimeoutError:
            before, self._looked = self._looked, self._stamp()
            if self._looked == self._seen or self._looked != before:  # not changed, or being changed just now
                return
        self._asked.clear()
        self.reload()


def server_certificate(
    name: str, config: AlphaSection | ChroniclerSection, registry: CollectorRegistry
) -> ServerCertificate | None:
    """What alpha, or a chronicler's feed, is configured to show; None without TLS.

    Args:
        name: of the section of the configuration.
        config: names the files.
        registry: for the metrics.

    Raises:
        ConfigurationError: the files cannot be used, or one of them is not named.
    """
    if config.tls_certificate_file is None and config.tls_key_file is None:
        return None
    if config.tls_certificate_file is None or config.tls_key_file is None:
        raise ConfigurationError(f"{name}.tls_certificate_file and {name}.tls_key_file are set together, or neither is")
    return ServerCertificate(config.tls_certificate_file, config.tls_key_file, registry)


class _Unusable(Exception):
    """A certificate or key cannot be used."""


def _no_passphrase() -> str:
    """Asked for an encrypted key only; OpenSSL would ask on the terminal."""
    raise ValueError("the key has a passphrase; a node needs it without one")
