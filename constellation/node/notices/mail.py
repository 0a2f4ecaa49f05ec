"""Sends notices as mail, by a thread of its own: the standard library's client waits for each answer."""

import asyncio
import smtplib
import socket
import threading
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from email.message import EmailMessage
from ssl import SSLContext

from constellation.node.notices.delivery import ATTEMPT_S, DeliveryFailed
from constellation.node.notices.kinds import Severity
from constellation.node.notices.notice import Notice


@dataclass(frozen=True, slots=True)
class MailServer:
    """Who takes the mail.

    Attributes:
        host: its name or address.
        port: where it listens.
        tls: whom to trust; None speaks in clear.
        at_once: whether TLS begins with the connection, not by STARTTLS.
        login: user and password, if it wants one.
    """

    host: str
    port: int
    tls: SSLContext | None = None
    at_once: bool = False
    login: tuple[str, str] | None = field(default=None, repr=False)


class Mail:
    """Mail to somebody.

    Args:
        name: for logs and metrics.
        least: severity of what is sent.
        server: that takes it.
        sender: from whom it is.
        to: whom it goes to.
    """

    def __init__(self, name: str, least: Severity, server: MailServer, sender: str, to: Sequence[str]) -> None:
        self.name = name
        self.least = least
        self._server = server
        self._sender = sender
        self._to = to
        self._attempt: _Attempt | None = None

    async def deliver(self, notice: Notice) -> None:
        """Send it.

        Raises:
            DeliveryFailed: the server did not take it, or an earlier attempt has not ended.
        """
        if self._attempt is not None and self._attempt.is_alive():
            raise DeliveryFailed("the attempt before has not ended")
        attempt = self._attempt = _Attempt(self._server, self._message(notice))
        attempt.start()
        try:
            await attempt.ended
        finally:
            attempt.give_up()

    def _message(self, notice: Notice) -> EmailMessage:
        message = EmailMessage()
        message["From"], message["To"] = self._sender, ", ".join(self._to)
        message["Subject"] = notice.subject_line
        message["Message-ID"] = f"<{notice.id}@constellation.invalid>"
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(notice.to_text())
        return message


class _Attempt(threading.Thread):
    """One conversation with the server; a daemon, so that no process waits for it to end."""

    def __init__(self, server: MailServer, message: EmailMessage) -> None:
        super().__init__(name="notice-mail", daemon=True)
        self._server = server
        self._message = message
        own = socket.gethostname()  # its full name may be a question to a slow server, and would be asked here
        self._client = (
            smtplib.SMTP_SSL(local_hostname=own, timeout=ATTEMPT_S, context=server.tls)
            if server.at_once
            else smtplib.SMTP(local_hostname=own, timeout=ATTEMPT_S)
        )
        self._loop = asyncio.get_running_loop()
        self.ended: asyncio.Future[None] = self._loop.create_future()

    def run(self) -> None:
        """Send, and say what came of it, if anybody still wants to know."""
        try:
            self._send()
            failure = None
        except Exception as error:
            failure = DeliveryFailed(_reason(error))
        with suppress(RuntimeError):  # the loop is closed
            self._loop.call_soon_threadsafe(self._tell, failure)

    def _send(self) -> None:
        server, client = self._server, self._client
        try:
            client._host = server.host  # type: ignore[attr-defined]  # TLS wants it, and only the constructor sets it
            code, words = client.connect(server.host, server.port)
            if code != 220:
                raise smtplib.SMTPConnectError(code, words)
            if server.tls is not None and not server.at_once:
                client.starttls(context=server.tls)
            if server.login is not None:
                client.login(*server.login)
            client.send_message(self._message)
            with suppress(smtplib.SMTPException, OSError):
                client.quit()
        finally:
            client.close()

    def _tell(self, failure: DeliveryFailed | None) -> None:
        if self.ended.done():
            return
        if failure is None:
            self.ended.set_result(None)
        else:
            self.ended.set_exception(failure)

    def give_up(self) -> None:
        """End the conversation, if there still is one."""
        connection = self._client.sock
        if connection is not None:
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)


def _reason(error: Exception) -> str:
    """What went wrong, without the server's own words."""
    code = getattr(error, "smtp_code", None)
    if code is not None:
        return f"the mail server answered {code}"
    if isinstance(error, TimeoutError):
        return "it takes too long"
    if isinstance(error, OSError) and error.strerror:
        return f"no connection: {error.strerror}"
    return f"the mail server did not take it: {type(error).__name__}"
