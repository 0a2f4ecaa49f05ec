"""What an auditor does about the Stellar ledger: report what it sees, and sign withdrawals that are final."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from random import Random

from constellation.herald.replica import Replica
from constellation.herald.reports import sign_report
from constellation.protocol.messages import (
    Certificate,
    ClusterMessage,
    LedgerCommit,
    LedgerReport,
    Settings,
    WithdrawalPrepared,
)
from constellation.protocol.signing import KeyPair
from constellation.quanta import SealedBatch
from constellation.stellarlink import HorizonNetwork, LedgerWatch, LedgerWatcher, auditor_signature

log = logging.getLogger(__name__)


class LedgerDuties:
    """An auditor's reports and withdrawal signatures.

    Args:
        settings: of the constellation.
        key_pair: the auditor's.
        replica: shows the replayed state.
        network: the auditor's own Horizon.
        poll_interval_s: between two looks at it.
        send: to alpha.

    Attributes:
        contradiction: where a quorum's report says otherwise than this auditor's Horizon.
    """

    def __init__(
        self,
        settings: Settings,
        key_pair: KeyPair,
        replica: Replica,
        network: HorizonNetwork,
        poll_interval_s: float,
        send: Callable[[ClusterMessage], Awaitable[None]],
    ) -> None:
        self._settings = settings
        self._key_pair = key_pair
        self._replica = replica
        self._send = send
        self._watcher = LedgerWatcher(settings, replica.machine.state.ledger_cursor)
        self._moved = asyncio.Event()
        self._watch = LedgerWatch(
            network,
            self._watcher,
            settings.network_passphrase,
            poll_interval_s=poll_interval_s,
            on_change=self._moved.set,
            random=Random(),
            clock=time.time,
        )
        self._prepared_in: dict[bytes, int] = {}
        self._signed: dict[bytes, None] = {}
        self._reported: LedgerReport | None = None
        self._connected = False
        self.contradiction: str | None = None

    @property
    def lag_s(self) -> float | None:
        """How far the ledger that was read is behind this node's clock; None before the first look."""
        return self._watch.lag_s

    @property
    def last_error(self) -> str | None:
        """Why the ledger cannot be read now, if so."""
        error = self._watch.last_error
        return str(error) if error else None

    @property
    def watcher(self) -> LedgerWatcher:
        """What was read of the ledger."""
        return self._watcher

    async def watch(self) -> None:
        """Read the ledger until cancelled."""
        await self._watch.run()

    async def report_changes(self) -> None:
        """Look again whenever the ledger or the state has moved, until cancelled."""
        while True:
            await self._moved.wait()
            self._moved.clear()
            await self._report()

    async def _report(self) -> None:
        """Tell alpha what comes next on the ledger, when that has changed."""
        state = self._replica.machine.state
        self._watcher.advance(state.ledger_cursor)
        deadlines = [prepared.max_time_s for prepared in state.desk.prepared]
        report = self._watcher.next_report(state.ledger_cursor, min(deadlines, default=None))
        if report is not None and report != self._reported and self._connected:
            self._reported = report
            await self._send(sign_report(self._settings, self._key_pair, report))

    def link_up(self) -> None:
        """A new connection: alpha may have missed everything."""
        self._connected = True
        self._signed.clear()
        self._reported = None

    def link_down(self) -> None:
        """The connection has ended."""
        self._connected = False

    async def resume(self) -> None:
        """Say again on a new connection what alpha may have missed."""
        if self._replica.certificate is not None:
            await self.sign_withdrawals(self._replica.certificate)
        self._moved.set()

    def note(self, sealed: SealedBatch) -> None:
        """Remember which batch prepared which withdrawal."""
        for executed in sealed.executed:
            for group in executed.groups:
                for effect in group.effects:
                    if isinstance(effect, WithdrawalPrepared):
                        self._prepared_in[effect.transaction] = sealed.header.number

    def compare(self, sealed: SealedBatch) -> None:
        """Ring the alarm when a quorum saw something else on the ledger than this auditor."""
        for executed in sealed.executed:
            body = executed.quantum.body
            if isinstance(body, LedgerCommit) and self._watcher.confirms(body.report) is False:
                self.contradiction = f"quantum {executed.leaf.apex} says otherwise than this auditor's Horizon"
                log.error("ledger contradiction", extra={"reason": self.contradiction})

    def state_moved(self) -> None:
        """A batch was stored: there may be more to report."""
        self._moved.set()

    async def sign_withdrawals(self, certificate: Certificate) -> None:
        """Sign the transactions of withdrawals that are final and open."""
        prepared = [item.transaction for item in self._replica.machine.state.desk.prepared]
        self._prepared_in = {key: self._prepared_in.get(key, 0) for key in prepared}
        for transaction in prepared:
            if self._prepared_in[transaction] <= certificate.header.number and transaction not in self._signed:
                self._signed[transaction] = None
                await self._send(auditor_signature(self._key_pair, transaction))
                log.info("withdrawal signed", extra={"transaction": transaction.hex()})
        self._signed = {key: None for key in self._signed if key in self._prepared_in}
