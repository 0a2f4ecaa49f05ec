"""Proofs of history: what shows that an account's effects are in a batch, and that the batch is final."""

from itertools import groupby

from sqlalchemy import Connection, func, select

from constellation.chronicler import tables
from constellation.protocol.errors import Divergence, Rejection
from constellation.protocol.limits import (
    HISTORY_PROOF_BATCHES_MAX,
    HISTORY_PROOF_MAX_BYTES,
    HISTORY_PROOF_READ_MAX_BYTES,
)
from constellation.protocol.messages import (
    MAX_ANCESTORS,
    AccountEvent,
    BatchHeader,
    Certificate,
    ChronicleBatch,
    Code,
    Finality,
    HistoryItem,
    HistoryProof,
)
from constellation.protocol.signing import settings_constellation_id
from constellation.protocol.terms import Terms
from constellation.protocol.xdr import MalformedMessage
from constellation.quanta import SealedBatch, reseal

_BATCHES = tables.batches.c
_HEADER_BYTES = 112  # of one without a state root
_ROOT_BYTES = 32


class DamagedChronicle(Exception):
    """The database has something else than what was written into it; the message says where."""


class ProofBinder:
    """Makes the proofs of one page.

    Args:
        connection: to the chronicle.
        terms: of the constellation.
        account: whose history it is: its key.
    """

    def __init__(self, connection: Connection, terms: Terms, account: bytes) -> None:
        self._connection = connection
        self._constellation = settings_constellation_id(terms.settings)
        self._account = account
        self._certificates: dict[int, Certificate] = {}

    def prove(self, items: list[HistoryItem]) -> tuple[list[HistoryProof], int]:
        """The proofs of the first of ``items``, and of how many: a page has room for some batches.

        Raises:
            Rejection: TOO_LARGE: there is no room for the first item's own proof.
            DamagedChronicle: a batch in the database is not what its header says.
        """
        proofs: list[HistoryProof] = []
        proven = read = weight = 0
        for number, own in groupby(items, lambda item: item.batch):
            if len(proofs) >= HISTORY_PROOF_BATCHES_MAX or read >= HISTORY_PROOF_READ_MAX_BYTES:
                break
            some = list(own)
            size, proof = self._prove(number, some)
            read += size
            weight += len(proof.to_xdr())
            if proofs and weight > HISTORY_PROOF_MAX_BYTES:
                break
            proofs.append(proof)
            shown = {event.leaf.apex for event in proof.events}
            proven += sum(item.apex in shown for item in some)
            if some[-1].apex not in shown:
                break
        return proofs, proven

    def _prove(self, number: int, items: list[HistoryItem]) -> tuple[int, HistoryProof]:
        """How much was read for a batch, and its proof: of the first of its items, where they are too large."""
        query = select(_BATCHES.record, _BATCHES.certified_by).where(_BATCHES.number == number)
        record, certified_by = self._connection.execute(query).one()
        try:
            chronicled = ChronicleBatch.from_xdr(record)
            sealed = reseal(self._constellation, chronicled.batch, chronicled.effects)
        except (MalformedMessage, Divergence) as error:
            raise DamagedChronicle(f"batch {number} in the database is damaged: {error}") from None
        events = self._events(sealed, items)
        finality = self._finality(chronicled, number, certified_by)
        return len(record), HistoryProof(chronicled.batch.signed_header, events, finality)

    def _events(self, sealed: SealedBatch, items: list[HistoryItem]) -> list[AccountEvent]:
        """The account's effects of the quanta of the items, each once, in the order of the items."""
        events: list[AccountEvent] = []
        weight = 0
        for apex in dict.fromkeys(item.apex for item in items):
            place = apex - sealed.header.first_apex
            event = sealed.event(place, self._group_place(sealed, place))
            weight += len(event.to_xdr())
            if events and weight > HISTORY_PROOF_MAX_BYTES:
                break
            events.append(event)
        return events

    def _group_place(self, sealed: SealedBatch, place: int) -> int:
        groups = sealed.executed[place].groups if 0 <= place < len(sealed.executed) else []
        found = next((at for at, group in enumerate(groups) if group.account == self._account), None)
        if found is None:
            raise DamagedChronicle(f"batch {sealed.header.number} in the database has other effects than its rows")
        return found

    def _finality(self, chronicled: ChronicleBatch, number: int, certified_by: int) -> Finality:
        if certified_by == number and chronicled.certificate is not None:
            return Finality(chronicled.certificate, [])
        if certified_by - number > MAX_ANCESTORS:
            raise Rejection(
                Code.TOO_LARGE,
                f"batch {number} was certified {certified_by - number} batches later: ask without proofs",
            )
        return Finality(self._certificate(certified_by), self._headers(number, certified_by - 1))

    def _certificate(self, number: int) -> Certificate:
        """The certificate that a later batch has; asked for once where it covers several of the page's batches."""
        found = self._certificates.get(number)
        if found is None:
            record = self._connection.execute(select(_BATCHES.record).where(_BATCHES.number == number)).scalar_one()
            found = ChronicleBatch.from_xdr(record).certificate
            if found is None:
                raise DamagedChronicle(f"batch {number} in the database has lost its certificate")
            self._certificates[number] = found
        return found

    def _headers(self, first: int, last: int) -> list[BatchHeader]:
        """The headers of some batches: with them each record begins."""
        head = func.substr(_BATCHES.record, 1, _HEADER_BYTES + _ROOT_BYTES)
        query = select(head).where(_BATCHES.number.between(first, last)).order_by(_BATCHES.number)
        return [_header(bytes(data)) for data in self._connection.execute(query).scalars()]


def _header(data: bytes) -> BatchHeader:
    has_root = data[_HEADER_BYTES - 1]
    return BatchHeader.from_xdr(data[: _HEADER_BYTES + _ROOT_BYTES * has_root])
