"""The ledger: its state, the queue of pending transactions, and closing.

Pure and synchronous: time comes in with `close`, nothing else does. A server or a simulator drives it.
"""

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from stellar_sdk import Keypair

from constellation.sandbox.accounts import Account
from constellation.sandbox.admission import Moment
from constellation.sandbox.application import apply_transaction, charge_fee
from constellation.sandbox.conversions import Conversion, Conversions
from constellation.sandbox.friendbot import Friendbot
from constellation.sandbox.headers import close_header
from constellation.sandbox.history import History, LedgerRecord, TransactionRecord, toid
from constellation.sandbox.limits import HISTORY_LEDGERS_MAX, TOTAL_COINS_STROOPS
from constellation.sandbox.queue import Submission, TransactionQueue
from constellation.sandbox.settings import LedgerSettings
from constellation.sandbox.state import Originals, State
from constellation.sandbox.surge import Selection, select
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
        dropped: Hashes of pending transactions that became invalid, were outbid or waited too long; they are in no
            ledger.
        base_fee: What was charged for an operation: more than the settings say when not everything fitted in.
    """

    record: LedgerRecord
    transactions: tuple[TransactionRecord, ...]
    dropped: tuple[str, ...]
    base_fee: int


class Ledger:
    """A Stellar ledger of one node.

    Attributes:
        listeners: Called with each ledger that was closed, in their order.

    Args:
        network_passphrase: Names the network; the root account's key is derived from it, as on private networks.
        genesis_time_s: Close time of ledger 1, in seconds since 1970.
        conversions: Rates for path payments between different assets.
        history_ledgers_max: How many closed ledgers are remembered.
        settings: Fees, reserves and capacity to begin with.
    """

    def __init__(
        self,
        network_passphrase: str = _SANDBOX_NETWORK,
        *,
        genesis_time_s: int = 0,
        conversions: Iterable[Conversion] = (),
        history_ledgers_max: int = HISTORY_LEDGERS_MAX,
        settings: LedgerSettings | None = None,
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
        self._next_settings = settings or LedgerSettings()
        self.history.append(close_header(1, _GENESIS_HASH, genesis_time_s, 0, self._next_settings, ()), ())

    @property
    def latest(self) -> LedgerRecord:
        """The last closed ledger."""
        return self.history.ledgers.last

    @property
    def settings(self) -> LedgerSettings:
        """The settings that rule the next ledger."""
        return self.latest.settings

    def upgrade(self, **changes: int) -> LedgerSettings:
        """Changes settings: the next ledger's header has them, and they rule the ledger after it.

        Args:
            changes: By the names of `LedgerSettings`.

        Returns:
            The settings to come.

        Raises:
            ValueError: when there is no such setting, or a value is out of range.
        """
        try:
            self._next_settings = replace(self._next_settings, **changes)
        except TypeError as error:
            raise ValueError(str(error)) from None
        return self._next_settings

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
        moment = Moment(self.latest.sequence + 1, self.latest.closed_at, self.settings)
        return self.queue.add(self.state, moment, envelope)

    def close(self, now_s: int) -> ClosedLedger:
        """Closes a ledger with those pending transactions that are still valid and fit in.

        Args:
            now_s: The time in seconds since 1970. Ledgers closed faster than the clock ticks share a close time;
                it never goes back.
        """
        self.friendbot.flush()
        moment = Moment(self.latest.sequence + 1, max(now_s, self.latest.closed_at), self.settings)
        invalid = self.queue.invalid(self.state, moment)
        valid = [envelope for envelope in self.queue.envelopes() if envelope.hash not in invalid]
        selection = select(valid, moment.settings)
        given_up = self.queue.settle({envelope.hash for envelope in selection.included}, invalid)
        return self._close(moment, selection, tuple(envelope.hash.hex() for envelope in given_up))

    def _close(self, moment: Moment, selection: Selection, dropped: tuple[str, ...]) -> ClosedLedger:
        transactions = self._apply(moment, selection)
        self.friendbot.settle()
        fee_pool = self.latest.fee_pool + sum(record.fee_charged for record in transactions)
        record = close_header(
            moment.ledger_sequence,
            self.latest.hash,
            moment.close_time,
            fee_pool,
            self._next_settings,
            transactions,
        )
        self.history.append(record, transactions)
        self._originals.trim(self.history.ledgers.first.sequence)
        closed = ClosedLedger(record, transactions, dropped, selection.base_fee)
        for listener in self.listeners:
            listener(closed)
        return closed

    def state_after(self, sequence: int) -> State:
        """Returns the state after a ledger that is still remembered; it must not be changed."""
        if sequence >= self.latest.sequence:
            return self.state
        return self.state.with_originals(self._originals.newest(since=sequence + 1))

    def _apply(self, moment: Moment, selection: Selection) -> tuple[TransactionRecord, ...]:
        """Takes all fees, then applies the transactions in the order of their arrival."""
        layer = State(self.state)
        envelopes = selection.included
        fees = [envelope.charged_fee(selection.base_fee) for envelope in envelopes]
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
