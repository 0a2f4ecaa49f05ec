"""Ledger headers: their XDR form and the hash chain over them."""

import base64
import hashlib
from collections.abc import Iterable, Sequence

from stellar_sdk import xdr

from constellation.sandbox.history import LedgerRecord, TransactionRecord
from constellation.sandbox.limits import TOTAL_COINS_STROOPS
from constellation.sandbox.results import operation_results
from constellation.sandbox.settings import LedgerSettings

_NO_HASH = xdr.Hash(bytes(32))


def close_header(
    sequence: int,
    previous_hash: str,
    closed_at: int,
    fee_pool: int,
    settings: LedgerSettings,
    transactions: Sequence[TransactionRecord],
) -> LedgerRecord:
    """Returns the record of a ledger with these transactions, chained to the one before by its hash."""
    header = _header(sequence, previous_hash, closed_at, fee_pool, settings, transactions).to_xdr_bytes()
    successful = [record for record in transactions if record.is_successful]
    return LedgerRecord(
        sequence=sequence,
        hash=hashlib.sha256(header).hexdigest(),
        previous_hash=previous_hash,
        header_xdr=base64.b64encode(header).decode(),
        closed_at=closed_at,
        fee_pool=fee_pool,
        settings=settings,
        successful_transactions=len(successful),
        failed_transactions=len(transactions) - len(successful),
        successful_operations=sum(len(operation_results(record.result)) for record in successful),
        operations=sum(len(record.envelope.transaction.operations) for record in transactions),
    )


def _header(
    sequence: int,
    previous_hash: str,
    closed_at: int,
    fee_pool: int,
    settings: LedgerSettings,
    transactions: Sequence[TransactionRecord],
) -> xdr.LedgerHeader:
    value = xdr.StellarValue(
        tx_set_hash=_digest(record.envelope.hash for record in transactions),
        close_time=xdr.TimePoint(xdr.Uint64(closed_at)),
        upgrades=[],
        ext=xdr.StellarValueExt(xdr.StellarValueType.STELLAR_VALUE_BASIC),
    )
    return xdr.LedgerHeader(
        ledger_version=xdr.Uint32(settings.protocol_version),
        previous_ledger_hash=xdr.Hash(bytes.fromhex(previous_hash)),
        scp_value=value,
        tx_set_result_hash=_digest(record.result.to_xdr_bytes() for record in transactions),
        bucket_list_hash=_NO_HASH,
        ledger_seq=xdr.Uint32(sequence),
        total_coins=xdr.Int64(TOTAL_COINS_STROOPS),
        fee_pool=xdr.Int64(fee_pool),
        inflation_seq=xdr.Uint32(0),
        id_pool=xdr.Uint64(0),
        base_fee=xdr.Uint32(settings.base_fee_stroops),
        base_reserve=xdr.Uint32(settings.base_reserve_stroops),
        max_tx_set_size=xdr.Uint32(settings.capacity_operations),
        skip_list=[_NO_HASH] * 4,
        ext=xdr.LedgerHeaderExt(0),
    )


def _digest(parts: Iterable[bytes]) -> xdr.Hash:
    digest = hashlib.sha256()
    for part in parts:
        digest.update(part)
    return xdr.Hash(digest.digest())
