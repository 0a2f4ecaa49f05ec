"""The page to trade on: its files, as ``make web`` built them, and what it needs to know.

It is served from the feed's port. There is no session and no cookie: whatever it asks for, anybody may ask for, and
what changes something is signed in the browser and goes to alpha. So a foreign page that sends requests here gains
nothing.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from aiohttp import web

from constellation.marketdata.wire import Json
from constellation.protocol.messages import Settings
from constellation.protocol.settings_json import settings_to_json

BUILT: Final = Path(__file__).parents[1] / "web"
"""Where ``make web`` puts the page; a wheel carries it."""

HEADERS: Final = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
}
"""On every answer of the port."""

_PAGE_HEADERS: Final = {
    **HEADERS,
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
_TYPES: Final = {
    ".html": "text/html",
    ".js": "text/javascript",
    ".css": "text/css",
    ".svg": "image/svg+xml",
    ".txt": "text/plain",
}
_ENCODINGS: Final = {"br": ".br", "gzip": ".gz"}  # the better one first
_INDEX: Final = "index.html"
_HASHED: Final = "assets/"
_FILES_MAX: Final = 200
_FILE_MAX_BYTES: Final = 4 * 1024 * 1024
_REVALIDATE: Final = "no-cache"
_IMMUTABLE: Final = "public, max-age=31536000, immutable"
_NOT_BUILT: Final = (
    "This installation has no terminal: `make web` builds it where Node.js 20 or newer is.\n"
    "Market data is at /v1/markets and /v1/ws; /v1/openapi.json describes it.\n"
)
_NOTHING: Final = "There is nothing here. The terminal is at /, market data at /v1/openapi.json.\n"


@dataclass(slots=True, frozen=True)
class TerminalConfig:
    """Where the page finds what this port does not have.

    Attributes:
        client_url: of alpha's gateway, as browsers reach it; None: one can only look.
        horizon_url: of a Horizon that browsers may ask.
        sandbox: whether it has a friendbot, and money is worth nothing.
    """

    client_url: str | None = None
    horizon_url: str | None = None
    sandbox: bool = False

    def document(self, genesis: Settings) -> Json:
        """What ``/v1/terminal`` answers.

        Args:
            genesis: the settings of genesis.
        """
        return {
            "network_passphrase": genesis.network_passphrase,
            "client_url": self.client_url,
            "horizon_url": self.horizon_url,
            "sandbox": self.sandbox and self.horizon_url is not None,
            "settings": settings_to_json(genesis),
        }

    def policy(self) -> str:
        """The page's content security policy: its own scripts and styles, and connections where it must."""
        others = [_origin(url) for url in (self.client_url, self.horizon_url) if url is not None]
        return "; ".join(
            [
                "default-src 'none'",
                "script-src 'self'",
                "style-src 'self'",
                "img-src 'self'",
                " ".join(["connect-src 'self'", *others]),
                "base-uri 'none'",
                "form-action 'none'",
                "frame-ancestors 'none'",
                "require-trusted-types-for 'script'",
                "trusted-types 'none'",
            ]
        )


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


@dataclass(slots=True, frozen=True)
class PageFile:
    """A built file.

    Attributes:
        content: its bytes.
        packed: the same compressed, by the name of the encoding.
        content_type: of it.
        etag: of its content.
    """

    content: bytes
    packed: dict[str, bytes]
    content_type: str
    etag: str


def read_page(directory: Path = BUILT) -> dict[str, PageFile]:
    """The built files by path; none where nothing is built. They are read once: no path leads elsewhere."""
    if not (directory / _INDEX).is_file():
        return {}
    paths = sorted(path for path in directory.rglob("*") if path.suffix in _TYPES and path.is_file())[:_FILES_MAX]
    return {path.relative_to(directory).as_posix(): _file(path) for path in paths}


def _file(path: Path) -> PageFile:
    content = _read(path)
    packed = {
        name: _read(beside)
        for name, suffix in _ENCODINGS.items()
        if (beside := path.with_name(path.name + suffix)).is_file()
    }
    return PageFile(content, packed, _TYPES[path.suffix], f'"{sha256(content).hexdigest()[:32]}"')


def _read(path: Path) -> bytes:
    content = path.read_bytes()
    if len(content) > _FILE_MAX_BYTES:
        raise ValueError(f"{path} is larger than {_FILE_MAX_BYTES} bytes: it is not of the terminal")
    return content


def terminal_routes(page: dict[str, PageFile], config: TerminalConfig) -> list[web.RouteDef]:
    """For an aiohttp application, behind its other routes: every path that is not theirs.

    Args:
        page: the built files.
        config: of the page.
    """
    headers = {**_PAGE_HEADERS, "Content-Security-Policy": config.policy()}
    return [web.route("*", r"/{path:[\s\S]*}", _serving(page, headers))]


def _serving(
    page: dict[str, PageFile], headers: dict[str, str]
) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    async def serve(request: web.Request) -> web.StreamResponse:
        if request.method not in ("GET", "HEAD"):
            refusal = web.Response(status=405, text="Only GET and HEAD.\n", headers={**headers, "Allow": "GET, HEAD"})
            refusal.force_close()  # a body may follow, which nobody reads
            return refusal
        name = request.path[1:] or _INDEX
        found = page.get(name)
        if found is None:
            text = _NOT_BUILT if name == _INDEX else _NOTHING
            return web.Response(status=404, text=text, headers={**headers, "Cache-Control": "no-store"})
        return _answer(
            request, found, {**headers, "Cache-Control": _IMMUTABLE if name.startswith(_HASHED) else _REVALIDATE}
        )

    return serve


def _answer(request: web.Request, file: PageFile, headers: dict[str, str]) -> web.Response:
    headers = {**headers, "ETag": file.etag, "Vary": "Accept-Encoding"}
    if file.etag in request.headers.get("If-None-Match", ""):
        return web.Response(status=304, headers=headers)
    accepted = [item.split(";")[0].strip() for item in request.headers.get("Accept-Encoding", "").split(",")]
    encoding = next((name for name in file.packed if name in accepted), None)
    if encoding is not None:
        headers["Content-Encoding"] = encoding
    body = file.content if encoding is None else file.packed[encoding]
    return web.Response(body=body, headers=headers, content_type=file.content_type, charset="utf-8")
