"""What an endpoint gives back, and what it is made of."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from constellation.marketdata.data import MarketData
from constellation.marketdata.http.live import BookLooks
from constellation.marketdata.http.parameters import Arguments
from constellation.marketdata.http.reads import MarketReads
from constellation.marketdata.http.stellar_toml import Published
from constellation.marketdata.wire import Json

LIVE: Final = "public, max-age=1"
STEADY: Final = "public, max-age=60"
IMMUTABLE: Final = "public, max-age=31536000, immutable"


@dataclass(slots=True, frozen=True)
class Answer:
    """A document, and how long it is good for.

    Attributes:
        document: JSON, or text.
        cache: what ``Cache-Control`` says.
    """

    document: Json | str
    cache: str = LIVE


@dataclass(slots=True, frozen=True)
class Sources:
    """Where answers come from.

    Attributes:
        reads: of the chronicle.
        live: market data as of now.
        books: looks at its books.
        clock_us: the time now, in microseconds since 1970.
        proof_file: the operator's newest proof of reserves; None when there is none.
        terminal: what the page to trade on needs to know.
        description: of all endpoints, the OpenAPI document.
        published: by the operator, of itself.
    """

    reads: MarketReads
    live: MarketData
    books: BookLooks
    clock_us: Callable[[], int]
    proof_file: Path | None
    terminal: Json
    description: Json
    published: Published


Handler = Callable[[Sources, Arguments], Awaitable[Answer]]
"""Answers one kind of question; raises HttpError."""
