"""What a worker is to do: it reads this from its standard input, because seeds belong in no argument."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from decimal import Decimal
from math import ceil
from pathlib import Path
from typing import Any, Final

from constellation.load.flow import Mix
from constellation.protocol.messages import Settings
from constellation.protocol.settings_json import settings_from_json, settings_to_json
from constellation.protocol.signing import KeyPair

JOB_MAX_BYTES: Final = 1024 * 1024
"""Of a job as a line of text: as many seeds as alpha takes connections, and the largest settings, are below half."""


@dataclass(frozen=True, slots=True)
class Job:
    """One run.

    Attributes:
        url: of alpha's gateway.
        settings: of genesis.
        accounts: whose seeds are here; each has a connection of its own.
        market: where they trade, by name.
        price: where the mid price's walk starts.
        seed: of everything that is drawn.
        mix: what they do.
        rate: operations per second of all together; None sends the next one when the last is answered.
        in_flight: operations, or batches of them, of one account at a time.
        batch: operations under one signature; 1 sends requests.
        duration_s: for how long operations are sent; None until the worker is told to stop.
        timeout_s: how long an answer is waited for, and a certificate.
        journal: a directory for what the clients are told, of whom all must verify then; None writes nothing.
        verify_share: of the accounts, those whose clients verify everything, at least one of each worker's unless it
            is 0; the others believe what alpha says.
        place: of this worker among all.
        workers: how many there are.
    """

    url: str
    settings: Settings
    accounts: Sequence[KeyPair] = field(repr=False)
    market: str
    price: Decimal
    seed: int
    mix: Mix = field(default_factory=Mix)
    rate: float | None = None
    in_flight: int = 8
    batch: int = 1
    duration_s: float | None = None
    timeout_s: float = 30.0
    journal: Path | None = None
    verify_share: float = 1.0
    place: int = 0
    workers: int = 1

    def share(self, place: int, workers: int) -> "Job":
        """The part of one of several workers."""
        return replace(self, place=place, workers=workers)

    @property
    def own_accounts(self) -> list[tuple[int, KeyPair]]:
        """Numbers and keys of the accounts whose clients this worker runs."""
        return [(number, key) for number, key in enumerate(self.accounts) if number % self.workers == self.place]

    @property
    def own_clients(self) -> list[tuple[int, bool]]:
        """Numbers of those accounts, and whether their clients verify what they are told."""
        share = self.verify_share
        return [
            (number, ceil((place + 1) * share) > ceil(place * share))
            for place, (number, _) in enumerate(self.own_accounts)
        ]

    @property
    def journal_path(self) -> Path | None:
        """This worker's journal."""
        return None if self.journal is None else self.journal / f"worker-{self.place}.journal"

    def to_json(self) -> dict[str, Any]:
        """As JSON types, with the seeds."""
        return {
            "url": self.url,
            "settings": settings_to_json(self.settings),
            "accounts": [key.seed.hex() for key in self.accounts],
            "market": self.market,
            "price": str(self.price),
            "seed": self.seed,
            "mix": asdict(self.mix),
            "rate": self.rate,
            "in_flight": self.in_flight,
            "batch": self.batch,
            "duration_s": self.duration_s,
            "timeout_s": self.timeout_s,
            "journal": None if self.journal is None else str(self.journal),
            "verify_share": self.verify_share,
            "place": self.place,
            "workers": self.workers,
        }

    @classmethod
    def from_text(cls, text: str | bytes) -> "Job":
        """What was written as one line of JSON."""
        document: dict[str, Any] = json.loads(text)
        document["settings"] = settings_from_json(document["settings"])
        document["accounts"] = [KeyPair(bytes.fromhex(seed)) for seed in document["accounts"]]
        document["price"] = Decimal(document["price"])
        document["mix"] = Mix(**document["mix"])
        document["journal"] = None if document["journal"] is None else Path(document["journal"])
        return cls(**document)
