"""Posts notices to a server."""

from ssl import SSLContext

import aiohttp

from constellation.node.notices.delivery import ATTEMPT_S, DeliveryFailed
from constellation.node.notices.kinds import Severity
from constellation.node.notices.notice import Notice

_WORTH_ANOTHER_TRY = (408, 425, 429)


class Webhook:
    """A server that takes notices as JSON.

    Args:
        name: for logs and metrics.
        least: severity of what is posted.
        url: where; never shown, because it may be a secret.
        token: sent as a bearer's; None sends none.
        tls: whom to trust.
    """

    def __init__(self, name: str, least: Severity, url: str, token: str | None, tls: SSLContext | None) -> None:
        self.name = name
        self.least = least
        self._url = url
        self._headers = {} if token is None else {"Authorization": f"Bearer {token}"}
        self._tls = tls

    async def deliver(self, notice: Notice) -> None:
        """Post it; the body of the answer does not matter, and a redirection is not followed.

        Raises:
            DeliveryFailed: anything but a 2xx was answered.
        """
        status = await self._post(notice)
        if not 200 <= status < 300:
            is_final = status < 500 and status not in _WORTH_ANOTHER_TRY
            raise DeliveryFailed(f"it answered {status}", is_final=is_final)

    async def _post(self, notice: Notice) -> int:
        timeout = aiohttp.ClientTimeout(total=ATTEMPT_S)
        try:
            async with (
                aiohttp.ClientSession(headers=self._headers, timeout=timeout) as session,
                session.post(
                    self._url,
                    json=notice.to_json(),
                    ssl=True if self._tls is None else self._tls,
                    allow_redirects=False,
                ) as response,
            ):
                return response.status
        except aiohttp.ClientSSLError:
            raise DeliveryFailed("its certificate is not trusted, or TLS fails") from None
        except aiohttp.ClientConnectorError as error:
            raise DeliveryFailed(f"no connection: {error.os_error.strerror or 'unknown reason'}") from None
        except TimeoutError:
            raise DeliveryFailed("it takes too long") from None
        except (aiohttp.ClientError, OSError) as error:
            raise DeliveryFailed(f"the exchange failed: {type(error).__name__}") from None
