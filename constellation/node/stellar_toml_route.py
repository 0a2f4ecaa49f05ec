"""The route of ``/.well-known/stellar.toml`` at alpha's HTTP port; a chronicler's feed has it among its endpoints."""

from collections.abc import Callable

from aiohttp import web

from constellation.marketdata.http.stellar_toml import CONTENT_TYPE, PATH, Published, stellar_toml
from constellation.protocol.messages import Settings

_HEADERS = {
    "Access-Control-Allow-Origin": "*",
    "Cache-Control": "public, max-age=60",
    "X-Content-Type-Options": "nosniff",
}


def stellar_toml_routes(settings: Callable[[], Settings], published: Published) -> list[web.RouteDef]:
    """For an aiohttp application.

    Args:
        settings: in force.
        published: by the operator, of itself.
    """

    async def answer(_request: web.Request) -> web.Response:
        return web.Response(text=stellar_toml(settings(), published), content_type=CONTENT_TYPE, headers=_HEADERS)

    return [web.get(PATH, answer)]
