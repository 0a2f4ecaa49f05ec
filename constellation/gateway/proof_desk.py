"""Proofs of entries of the state, under the last checkpoint that is certified and written."""

from constellation.gateway.reading import LogReader, ReadQueue
from constellation.gateway.session import Session
from constellation.protocol.errors import Rejection
from constellation.protocol.history import EntryProof
from constellation.protocol.limits import READS_PER_SESSION_MAX
from constellation.protocol.messages import (
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
_NUMBERED = (StateEntryType.ORDER_ENTRY, StateEntryType.WITHDRAWAL_ENTRY)


class ProofDesk:
    """Answers :class:`QueryProof`.

    Args:
        reader: of the log.
        queue: of all reads.
    """

    def __init__(self, reader: LogReader, queue: ReadQueue) -> None:
        self._reader = reader
        self._queue = queue
        self._waiting: dict[int, int] = {}

    def prove(self, session: Session, query: QueryProof) -> None:
        """Answer with a proof when it is read.

        Raises:
            Rejection: UNAUTHORIZED, or OVERLOADED when too many proofs are waited for.
        """
        if not _may_be_own(session, query):
            raise _foreign()
        waiting = self._waiting.get(session.session_id, 0)
        if waiting >= READS_PER_SESSION_MAX:
            raise Rejection(Code.OVERLOADED, f"{waiting} proofs are waited for already")
        self._waiting[session.session_id] = waiting + 1
        key = entry_key(query.kind, query.identity)
        self._queue.add(
            session.account, lambda: self._reader.read_entry(key, lambda found: self._take(session, query, found))
        )

    def _take(self, session: Session, query: QueryProof, found: EntryProof | Rejection) -> None:
        self._waiting[session.session_id] -= 1
        if not self._waiting[session.session_id]:
            del self._waiting[session.session_id]
        if not isinstance(found, Rejection) and query.kind in _NUMBERED and not _is_own(session, found.entry):
            found = _foreign()
        if session.is_open:
            _answer(session, query, found)
        self._queue.finished()


def _answer(session: Session, query: QueryProof, found: EntryProof | Rejection) -> None:
    if isinstance(found, Rejection):
        session.refuse(query.request_id, found)
        return
    proof = StateProof(query.request_id, found.finality, found.entry, found.others, found.bucket_proof)
    session.push(encode_client_message(proof))
    session.flush()


def _may_be_own(session: Session, query: QueryProof) -> bool:
    if query.kind in _PUBLIC:
        return not query.identity
    if query.kind in (*_PUBLIC_NUMBERED, *_NUMBERED):
        return len(query.identity) == NUMBER_BYTES
    return query.kind is StateEntryType.ACCOUNT_ENTRY and query.identity == session.account


def _is_own(session: Session, entry: StateEntry | None) -> bool:
    return isinstance(entry, OrderEntry | WithdrawalEntry) and entry.account == session.account


def _foreign() -> Rejection:
    """The same for what belongs to others and for what does not exist."""
    return Rejection(
        Code.UNAUTHORIZED,
        "only the own account, orders and withdrawals, the settings, the counters and what is in suspense are shown",
    )
