"""The ledger: its state, the queue of pending transactions, and closing.

Pure and synchronous: time comes in with `close`, nothing else does. A server or a simulator drives it.
"""

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from stellar_sdk import Keypair

from constellation.sandbox.accounts import Account
from constellation.sandbox.admission import Moment, admission_failure
from constellation.sandbox.application import apply_transaction, charge_fee
from constellation.sandbox.conversions import Conversion, Conversions
from constellation.sandbox.friendbot import Friendbot
from constellation.sandbox.headers import close_header
from constellation.sandbox.history import History, LedgerRecord, TransactionRecord, toid
from constellation.sandbox.limits import BASE_FEE_STROOPS, HISTORY_LEDGERS_MAX, TOTAL_COINS_STROOPS
from constellation.sandbox.queue import Submission, TransactionQueue
from constellation.sandbox.state import Originals, State
from constellation.sandbox.tape import Tape
from constellation.sandbox.transactions import Envelope, decode_envelope

_GENESIS_HASH = "00" * 32
_SANDBOX_NETWORK = "Constellation Sandbox ; 2026"


@dataclass(frozen=True, slots=True)
class ClosedLedger:
    """What closing a ledger brought.

    Attributes:
        record: The ledger.
        transactions: The transactions in it.
        dropped: Hashes of pending transactions that had become invalid; they are in no ledger.
    """

    record: LedgerRecord
    transactions: tuple[TransactionRecord, ...]
    dropped: tuple[str, ...]


class Ledger:
    """A Stellar ledger of one node.

    Attributes:
        listeners: Called with each ledger that was closed, in their order.

    Args:
        network_passphrase: Names the network; the root account's key is derived from it, as on private networks.
        genesis_time_s: Close time of ledger 1, in seconds since 1970.
        conversions: Rates for path payments between different assets.
        history_ledgers_max: How many closed ledgers are remembered.
    """

    def __init__(
        self,
        network_passphrase: str = _SANDBOX_NETWORK,
        *,
        genesis_time_s: int = 0,
        conversions: Iterable[Conversion] = (),
        history_ledgers_max: int = HISTORY_LEDGERS_MAX,
    ) -> None:
        self.network_passphrase = network_passphrase
        self.network_id = hashlib.sha256(network_passphrase.encode()).digest()
        self.root_keypair = Keypair.from_raw_ed25519_seed(self.network_id)
        self.history = History(history_ledgers_max)
        self.state = State()
        self.queue = TransactionQueue()
        self.friendbot = Friendbot(self)
        self.listeners: list[Callable[[ClosedLedger], None]] = []
        self._conversions = Conversions(conversions)
        self._originals: Tape[int, Originals] = Tape()
        root = Account(self.root_keypair.public_key, TOTAL_COINS_STROOPS, 0, last_modified_ledger=1)
        self.state.put_account(root)
        self.history.append(close_header(1, _GENESIS_HASH, genesis_time_s, 0, ()), ())

    @property
    def latest(self) -> LedgerRecord:
        """The last closed ledger."""
        return self.history.ledgers.last

    def decode(self, envelope_xdr: str) -> Envelope:
        """Decodes a base64 transaction envelope for this network.

        Raises:
            MalformedEnvelopeError: when it is none.
        """
        return decode_envelope(envelope_xdr, self.network_id)

    def submit(self, transaction: str | Envelope) -> Submission:
        """Submits a transaction for the next ledger.

        Args:
            transaction: A base64 envelope, or one already decoded.

        Returns:
            Whether it is pending, and if not, why.

        Raises:
            MalformedEnvelopeError: when it cannot be decoded.
        """
        envelope = self.decode(transaction) if isinstance(transaction, str) else transaction
        moment = Moment(self.latest.sequence + 1, self.latest.closed_at)
        return self.queue.add(self.state, moment, envelope)

    def close(self, now_s: int) -> ClosedLedger:
        """Closes a ledger with all pending transactions that are still valid.

        Args:
            now_s: The time in seconds since 1970. Ledgers closed faster than the clock ticks share a close time;
                it never goes back.
        """
        self.friendbot.flush()
        moment = Moment(self.latest.sequence + 1, max(now_s, self.latest.closed_at))
        included: list[Envelope] = []
        dropped: list[str] = []
        for envelope in self.queue.drain():
            if admission_failure(self.state, moment, envelope) is None:
                included.append(envelope)
            else:
                dropped.append(envelope.hash.hex())
        transactions = self._apply(moment, included)
        self.friendbot.settle()
        fee_pool = self.latest.fee_pool + sum(record.fee_charged for record in transactions)
        record = close_header(moment.ledger_sequence, self.latest.hash, moment.close_time, fee_pool, transactions)
        self.history.append(record, transactions)
        self._originals.trim(self.history.ledgers.first.sequence)
        closed = ClosedLedger(record, transactions, tuple(dropped))
        for listener in self.listeners:
            listener(closed)
        return closed

    def state_after(self, sequence: int) -> State:
        """Returns the state after a ledger that is still remembered; it must not be changed."""
        if sequence >= self.latest.sequence:
            return self.state
        return self.state.with_originals(self._originals.newest(since=sequence + 1))

    def _apply(self, moment: Moment, envelopes: list[Envelope]) -> tuple[TransactionRecord, ...]:
        """Takes all fees, then applies the transactions in the order of their arrival."""
        layer = State(self.state)
        fees = [envelope.charged_fee(BASE_FEE_STROOPS) for envelope in envelopes]
        for envelope, fee in zip(envelopes, fees, strict=True):
            charge_fee(layer, envelope, fee)
        records = []
        for index, (envelope, fee) in enumerate(zip(envelopes, fees, strict=True), start=1):
            applied = apply_transaction(layer, moment, envelope, fee, self._conversions)
            record = TransactionRecord(
                toid=toid(moment.ledger_sequence, index),
                ledger=moment.ledger_sequence,
                closed_at=moment.close_time,
                envelope=envelope,
                result=applied.result,
                fee_charged=fee,
                effects=applied.effects,
            )
            records.append(record)
        self._originals.append(moment.ledger_sequence, layer.originals())
        layer.commit(moment.ledger_sequence)
        return tuple(records)
