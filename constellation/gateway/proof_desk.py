"""Proofs of entries of the state, under the last checkpoint that is certified and written."""

from constellation.gateway.guests import Guest, Origin
from constellation.gateway.reading import LogReader, ReadQueue
from constellation.protocol.errors import Rejection
from constellation.protocol.history import EntryProof
from constellation.protocol.limits import READS_PER_SESSION_MAX
from constellation.protocol.messages import (
    ArmedEntry,
    Code,
    OrderEntry,
    QueryProof,
    StateEntry,
    StateEntryType,
    StateProof,
    WithdrawalEntry,
    encode_client_message,
)
from constellation.protocol.state_proofs import NUMBER_BYTES, entry_key

_PUBLIC = (StateEntryType.SETTINGS_ENTRY, StateEntryType.COUNTERS_ENTRY)
_PUBLIC_NUMBERED = (StateEntryType.SUSPENSE_ENTRY,)  # what came from where, as the ledger shows it to everybody
_NUMBERED = (StateEntryType.ORDER_ENTRY, StateEntryType.ARMED_ENTRY, StateEntryType.WITHDRAWAL_ENTRY)


class ProofDesk:
    """Answers :class:`QueryProof`.

    Args:
        reader: of the log.
        queue: of all reads.
    """

    def __init__(self, reader: LogReader, queue: ReadQueue) -> None:
        self._reader = reader
        self._queue = queue
        self._waiting: dict[Guest, int] = {}

    def prove(self, origin: Origin, query: QueryProof, *, is_auditor: bool) -> None:
        """Answer with a proof when it is read.

        Args:
            origin: who asks.
            query: what is asked.
            is_auditor: whether it is an auditor, who may see everybody's withdrawals: its node has them anyway.

        Raises:
            Rejection: UNAUTHORIZED, or OVERLOADED when too many proofs are waited for.
        """
        guest = origin.guest
        if not _may_be_own(guest.account, query):
            raise _foreign()
        waiting = self._waiting.get(guest, 0)
        if waiting >= READS_PER_SESSION_MAX:
            raise Rejection(Code.OVERLOADED, f"{waiting} proofs are waited for already")
        self._waiting[guest] = waiting + 1
        key = entry_key(query.kind, query.identity)
        self._queue.add(
            guest.account,
            lambda: self._reader.read_entry(key, lambda found: self._take(origin, query, found, is_auditor=is_auditor)),
        )

    def _take(self, origin: Origin, query: QueryProof, found: EntryProof | Rejection, *, is_auditor: bool) -> None:
        guest = origin.guest
        self._waiting[guest] -= 1
        if not self._waiting[guest]:
            del self._waiting[guest]
        is_shown = query.kind not in _NUMBERED or (is_auditor and query.kind is StateEntryType.WITHDRAWAL_ENTRY)
        if not isinstance(found, Rejection) and not is_shown and not _is_own(guest.account, found.entry):
            found = _foreign()
        if guest.is_open:
            _answer(origin, found)
        self._queue.finished()


def _answer(origin: Origin, found: EntryProof | Rejection) -> None:
    if isinstance(found, Rejection):
        origin.refuse(found)
        return
    proof = StateProof(origin.request_id, found.finality, found.entry, found.others, found.bucket_proof)
    origin.guest.answer(origin.slot, [encode_client_message(proof)])


def _may_be_own(account: bytes, query: QueryProof) -> bool:
    if query.kind in _PUBLIC:
        return not query.identity
    if query.kind in (*_PUBLIC_NUMBERED, *_NUMBERED):
        return len(query.identity) == NUMBER_BYTES
    return query.kind is StateEntryType.ACCOUNT_ENTRY and query.identity == account


def _is_own(account: bytes, entry: StateEntry | None) -> bool:
    return isinstance(entry, OrderEntry | ArmedEntry | WithdrawalEntry) and entry.account == account


def _foreign() -> Rejection:
    """The same for what belongs to others and for what does not exist."""
    return Rejection(
        Code.UNAUTHORIZED,
        "only the own account, orders and withdrawals, the settings, the counters and what is in suspense are shown",
    )
