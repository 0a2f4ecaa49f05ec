"""Serves the terminal without a chronicler: its files, and a feed of the test's own."""

from aiohttp import web

from constellation.marketdata.terminal import TerminalConfig, read_page, terminal_routes
from constellation.protocol.messages import Settings


def page_routes(settings: Settings, client_url: str | None) -> list[web.RouteDef]:
    """For a feed's server."""
    config = TerminalConfig(client_url)

    async def describe(_request: web.Request) -> web.Response:
        return web.json_response(config.document(settings))

    return [web.get("/v1/terminal", describe), *terminal_routes(read_page(), config)]
