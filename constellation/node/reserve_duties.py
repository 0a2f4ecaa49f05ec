"""An auditor's watch over the reserves: after every ledger it compares the vault with what is owed.

What its own Horizon shows cannot be proved to others, so one auditor alone changes nothing: its node proposes that the
asset be suspended, and a quorum that sees the same suspends it.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from functools import partial

from prometheus_client import CollectorRegistry, Gauge

from constellation.herald.proposal_desk import alarm
from constellation.herald.replica import Replica
from constellation.node.signing import patiently
from constellation.protocol.messages import ClusterMessage, Proposal, SignedProposal
from constellation.protocol.proposals import sign_proposal
from constellation.protocol.signing import Signer
from constellation.protocol.strkey import encode_public_key
from constellation.stellarlink import LedgerWatcher, NetworkUnavailable, StellarNetwork
from constellation.stellarlink.reserves import AssetReserve, ReservesWatch, VaultReading

log = logging.getLogger(__name__)

_LEDGERS_MAX = 20  # that may close while the vault is read; a server that takes longer is asked again


class ReserveMetrics:
    """What an operator sees of the reserves.

    Args:
        registry: of the node.
    """

    def __init__(self, registry: CollectorRegistry) -> None:
        self.ok = Gauge(
            "constellation_reserves_ok", "1 when the vault holds exactly what is owed.", ["asset"], registry=registry
        )
        self.difference = Gauge(
            "constellation_reserves_difference_stroops",
            "What the vault holds beyond what is owed; negative when something is missing.",
            ["asset"],
            registry=registry,
        )
        self.vault = Gauge(
            "constellation_reserves_vault_stroops",
            "What the vault holds for the accounts on the ledger.",
            ["asset"],
            registry=registry,
        )
        self.owed = Gauge(
            "constellation_reserves_owed_stroops",
            "What was owed when the vault was compared last.",
            ["asset"],
            registry=registry,
        )
        self.ledger = Gauge(
            "constellation_reserves_ledger", "The last ledger at which the reserves were compared.", registry=registry
        )


class ReserveDuties:
    """Reads the vault, compares it and proposes suspensions.

    Args:
        signer: the auditor's.
        replica: shows the replayed state.
        network: the auditor's own Horizon.
        watcher: of the ledger.
        poll_interval_s: between two looks.
        send: to alpha.
        registry: for the metrics.

    Attributes:
        last_error: why the vault cannot be read now, if so.
    """

    def __init__(
        self,
        signer: Signer,
        replica: Replica,
        network: StellarNetwork,
        watcher: LedgerWatcher,
        poll_interval_s: float,
        send: Callable[[ClusterMessage], Awaitable[None]],
        registry: CollectorRegistry,
    ) -> None:
        self._signer = signer
        self._replica = replica
        self._network = network
        self._poll_interval_s = poll_interval_s
        self._send = send
        self._metrics = ReserveMetrics(registry)
        self._watch = ReservesWatch(watcher)
        self._told: dict[int, str | None] = {}
        self.last_error: str | None = None

    @property
    def reserves(self) -> list[AssetReserve]:
        """The assets as they were compared last; empty before."""
        return self._watch.reserves

    async def run(self) -> None:
        """Look again and again, until cancelled."""
        while True:
            await self.look()
            await asyncio.sleep(self._poll_interval_s)

    async def look(self) -> None:
        """Read the vault when a ledger is new, and compare it when that can be done."""
        try:
            ledger = self._watch.next_ledger
            if ledger is not None:
                await self._read(ledger)
            self.last_error = None
        except NetworkUnavailable as error:
            self.last_error = str(error)
            return
        if self._watch.compare(self._replica.machine.state):
            self._tell()
            await self._ring()

    async def _read(self, ledger: int) -> None:
        vault = await self._network.account(encode_public_key(self._replica.machine.state.settings.vault))
        closed = await self._network.ledgers(ledger - 1, _LEDGERS_MAX)
        if 0 < len(closed) < _LEDGERS_MAX and closed[0].sequence == ledger:
            self._watch.receive(VaultReading(vault, ledger, closed[-1]))

    def _tell(self) -> None:
        """Log what has changed, and count."""
        for item in self._watch.reserves:
            self._metrics.ok.labels(item.name).set(item.problem is None)
            self._metrics.difference.labels(item.name).set(item.difference)
            self._metrics.vault.labels(item.name).set(item.vault or 0)
            self._metrics.owed.labels(item.name).set(item.owed)
            self._metrics.ledger.set(item.ledger)
            kind = None if item.problem is None else f"{item.reason}"
            if kind != self._told.get(item.asset):
                self._told[item.asset] = kind
                extra = {"asset": item.name, "ledger": item.ledger, "problem": item.problem}
                log.log(logging.INFO if kind is None else logging.ERROR, "reserves", extra=extra)

    async def _ring(self) -> None:
        """Propose suspensions, again after every ledger: alpha may have missed or forgotten the last time."""
        state = self._replica.machine.state
        for item, change, reason in list(self._watch.alarms(state)):
            log.error(
                "the asset must be suspended: this auditor proposes it",
                extra={"asset": item.name, "problem": item.problem, "reason": reason.name},
            )
            proposal = alarm(item.asset, change, reason)
            await self._send(await patiently(self._signer, partial(self._signed, proposal)))

    def _signed(self, proposal: Proposal) -> SignedProposal:
        return sign_proposal(self._replica.machine.state.constellation, self._signer, proposal)

    def describe(self) -> dict[str, object]:
        """For the status page."""
        reserves = self._watch.reserves
        return {
            "reserves": [item.to_json() for item in reserves],
            "reserves_ok": all(item.problem is None for item in reserves) if reserves else None,
            "reserves_error": self.last_error,
        }
