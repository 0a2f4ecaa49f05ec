"""The ledger: its state, the queue of pending transactions, and closing.

Pure and synchronous: time comes in with `close`, nothing else does. A server or a simulator drives it.
"""

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from stellar_sdk import Keypair

from constellation.sandbox.accounts import Account
from constellation.sandbox.admission import Moment
from constellation.sandbox.closing import Closing, prepare_closing
from constellation.sandbox.conversions import Conversion, Conversions
from constellation.sandbox.friendbot import Friendbot
from constellation.sandbox.headers import close_header
from constellation.sandbox.history import History, LedgerRecord, TransactionRecord
from constellation.sandbox.limits import HISTORY_LEDGERS_MAX, STATES_MAX, TOTAL_COINS_STROOPS
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
        conversions: Rates for path payments; they may be replaced, and then count from the next ledger.
        recorder: Called with each ledger before it is closed; if it raises, the ledger is not closed.
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
        self.recorder: Callable[[Closing], None] | None = None
        self.conversions = Conversions(conversions)
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

    def upgrade(self, /, **changes: int) -> LedgerSettings:
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
        close_time = max(now_s, self.latest.closed_at)
        moment = Moment(self.latest.sequence + 1, close_time, self.settings)
        invalid = self.queue.invalid(self.state, moment)
        valid = [envelope for envelope in self.queue.envelopes() if envelope.hash not in invalid]
        closing = self._prepare(close_time, select(valid, moment.settings))
        if self.recorder is not None:
            self.recorder(closing)
        given_up = self.queue.settle({record.envelope.hash for record in closing.transactions}, invalid)
        self._finish(closing)
        self.friendbot.settle()
        dropped = tuple(envelope.hash.hex() for envelope in given_up)
        closed = ClosedLedger(closing.record, closing.transactions, dropped, closing.selection.base_fee)
        for listener in self.listeners:
            listener(closed)
        return closed

    def replay(
        self, close_time: int, selection: Selection, conversions: Iterable[Conversion], settings: LedgerSettings
    ) -> LedgerRecord:
        """Closes a ledger again that was closed before, with what went into it then."""
        self.conversions, self._next_settings = Conversions(conversions), settings
        closing = self._prepare(close_time, selection)
        self._finish(closing)
        return closing.record

    def _prepare(self, close_time: int, selection: Selection) -> Closing:
        return prepare_closing(self.state, self.latest, close_time, selection, self.conversions, self._next_settings)

    def _finish(self, closing: Closing) -> None:
        self._originals.append(closing.record.sequence, closing.layer.originals())
        closing.layer.commit(closing.record.sequence)
        self.history.append(closing.record, closing.transactions)
        self._originals.trim(max(self.history.ledgers.first.sequence, self.latest.sequence - STATES_MAX) + 1)

    @property
    def oldest_state(self) -> int:
        """The oldest ledger whose state can be looked at."""
        return self.latest.sequence - len(self._originals)

    def state_after(self, sequence: int) -> State:
        """Returns the state after a ledger, which must not be changed.

        Args:
            sequence: The ledger, not older than `oldest_state`.
        """
        assert sequence >= self.oldest_state, "that state is forgotten"
        if sequence >= self.latest.sequence:
            return self.state
        return self.state.with_originals(self._originals.newest(since=sequence + 1))
