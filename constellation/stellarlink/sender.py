"""Sends ordinary transactions of one account one after the other, each until its outcome is certain."""

import asyncio
from collections.abc import Sequence
from typing import Final

from stellar_sdk import MuxedAccount, Preconditions, TimeBounds, Transaction, TransactionEnvelope
from stellar_sdk.operation import Operation

from constellation.protocol.limits import LEDGER_OPERATIONS_MAX
from constellation.protocol.signing import KeyPair
from constellation.stellarlink.errors import BootstrapError, NetworkUnavailable
from constellation.stellarlink.network import NetworkInfo, StellarNetwork, SubmitStatus, TransactionRecord
from constellation.stellarlink.signatures import decorated

SIGNATURES_MAX: Final = 20
"""Signatures on a Stellar transaction."""

_LIFETIME_S = 300
_ATTEMPTS_MAX = 200


class TransactionSender:
    """Sends transactions with one source account, which also pays the fees.

    Args:
        network: where to send.
        info: of that network.
        source: the source account's keys.
        sequence: its last used sequence number.
        fee_per_operation: in stroops.
        poll_interval_s: between two looks for an outcome.
    """

    def __init__(
        self,
        network: StellarNetwork,
        info: NetworkInfo,
        source: KeyPair,
        sequence: int,
        fee_per_operation: int,
        poll_interval_s: float,
    ) -> None:
        self._network = network
        self._passphrase = info.passphrase
        self._source = source
        self._sequence = sequence
        self._fee_per_operation = fee_per_operation
        self._poll_interval_s = poll_interval_s

    async def send(self, operations: Sequence[Operation], signers: Sequence[KeyPair]) -> TransactionRecord:
        """Send one transaction and wait until a ledger has applied it.

        Args:
            operations: at most 100.
            signers: owners of the operations' source accounts; the transaction's own source signs, too.

        Raises:
            BootstrapError: it failed, was refused, or no ledger took it in time; the message has the ledger's
                codes.
            NetworkUnavailable: the network did not answer before anything was sent.
        """
        assert 0 < len(operations) <= LEDGER_OPERATIONS_MAX
        assert len(signers) < SIGNATURES_MAX
        max_time_s = (await self._network.network()).latest_closed_at_s + _LIFETIME_S
        self._sequence += 1
        transaction = Transaction(
            source=MuxedAccount(self._source.address),
            sequence=self._sequence,
            fee=self._fee_per_operation * len(operations),
            operations=operations,
            preconditions=Preconditions(time_bounds=TimeBounds(0, max_time_s)),
            v1=True,
        )
        envelope = TransactionEnvelope(transaction, self._passphrase)
        digest = envelope.hash()
        for key_pair in (self._source, *signers):
            envelope.signatures.append(decorated(key_pair.public, key_pair.sign(digest)))
        return await self._deliver(envelope.to_xdr(), digest.hex(), max_time_s)

    async def _deliver(self, envelope_xdr: str, transaction_hash: str, max_time_s: int) -> TransactionRecord:
        was_unknown = False
        for _ in range(_ATTEMPTS_MAX):
            outcome = await self._network.submit(envelope_xdr)
            was_unknown = was_unknown or outcome.status is SubmitStatus.UNKNOWN
            try:
                record = await self._network.transaction(transaction_hash)
                if record is not None and record.successful:
                    return record
                # Once an outcome was unknown, a used sequence number may be this very transaction's doing.
                is_open = outcome.status is SubmitStatus.UNKNOWN or (
                    was_unknown and outcome.transaction_code == "tx_bad_seq"
                )
                if outcome.status is not SubmitStatus.INCLUDED and not is_open:
                    raise BootstrapError(f"transaction {transaction_hash} was not applied: {outcome}")
                if record is None and (await self._network.network()).latest_closed_at_s > max_time_s:
                    raise BootstrapError(f"no ledger took transaction {transaction_hash} in time: {outcome}")
            except NetworkUnavailable:
                # Open until the network answers again: the same bytes are sent again.
                pass
            await asyncio.sleep(max(self._poll_interval_s, outcome.retry_after_s or 0))
        raise BootstrapError(f"what became of transaction {transaction_hash} could not be learnt: {outcome}")
