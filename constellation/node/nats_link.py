"""A connection to a NATS server with JetStream."""

import asyncio
import logging
import ssl
from contextlib import suppress

import nats
import nats.errors
from nats.aio.client import Client
from nats.js import JetStreamContext

from constellation.node.config import ChroniclerSection, ConfigurationError
from constellation.node.nats_credentials import NatsCredentials
from constellation.sdk.certificates import trusting

log = logging.getLogger(__name__)

_CONNECT_TIMEOUT_S = 5.0
_REQUEST_TIMEOUT_S = 5.0
_CLOSE_TIMEOUT_S = 1.0

NATS_FAILURES = (nats.errors.Error, OSError, TimeoutError, ValueError, KeyError)
"""What may be raised when a server is away, refuses, or answers nonsense."""


def failure_text(error: BaseException) -> str:
    """What to say of one of them."""
    return str(error) or type(error).__name__


class NatsLink:
    """Connects when it is asked for, and again after the connection has ended.

    Args:
        section: says where, and as whom.
        name: shown in the server's list of connections.

    Raises:
        ConfigurationError: the certificate authorities cannot be used, or no server is named.
        KeyFileError: the credentials cannot be used.
    """

    def __init__(self, section: ChroniclerSection, name: str) -> None:
        if section.nats_url is None:
            raise ConfigurationError("chronicler.nats_url: name a NATS server")
        self._url = section.nats_url
        self._name = name
        file = section.nats_credentials_file
        self._credentials = None if file is None else NatsCredentials(file)
        self._tls = _tls_context(section)
        self._client: Client | None = None
        self._last_error = "no answer"

    async def client(self) -> Client:
        """The open connection.

        Raises:
            OSError: there is none to be had now; one of ``NATS_FAILURES``, like all others.
        """
        if self._client is None or not self._client.is_connected:
            await self.close()
            client = Client()
            try:
                async with asyncio.timeout(_CONNECT_TIMEOUT_S):
                    await self._connect(client)
            except BaseException as error:
                await _close(client)
                if isinstance(error, TimeoutError):
                    raise OSError(f"{self._url}: {self._last_error}") from None
                raise
            self._client = client
        return self._client

    async def _connect(self, client: Client) -> None:
        credentials = self._credentials
        await client.connect(
            self._url,
            name=self._name,
            error_cb=self._note,
            allow_reconnect=False,  # whoever uses it begins anew, and knows from where
            connect_timeout=2,
            reconnect_time_wait=1,
            ping_interval=5,
            tls=self._tls,
            user_jwt_cb=None if credentials is None else credentials.token,
            signature_cb=None if credentials is None else credentials.sign,
        )

    async def _note(self, error: Exception) -> None:
        self._last_error = failure_text(error)
        log.debug("NATS", extra={"reason": self._last_error})

    async def stream(self) -> JetStreamContext:
        """JetStream over the open connection; raises like :meth:`client`."""
        return (await self.client()).jetstream(timeout=_REQUEST_TIMEOUT_S)

    async def close(self) -> None:
        """Let go of the connection."""
        client, self._client = self._client, None
        if client is not None:
            await _close(client)


async def _close(client: Client) -> None:
    """Close a connection whose other end may be gone, or asleep."""
    with suppress(*NATS_FAILURES):
        async with asyncio.timeout(_CLOSE_TIMEOUT_S):
            await client.close()


def _tls_context(section: ChroniclerSection) -> ssl.SSLContext | None:
    """Where the URL, or the file with authorities, says that there must be TLS."""
    assert section.nats_url is not None
    if section.nats_ca_file is None and not section.nats_url.startswith("tls://"):
        return None
    if section.nats_ca_file is None:
        return ssl.create_default_context()
    try:
        return trusting(section.nats_ca_file)
    except (OSError, ValueError) as error:
        raise ConfigurationError(f"chronicler.nats_ca_file: {error}") from None
