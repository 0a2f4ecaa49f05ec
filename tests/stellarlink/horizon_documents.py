"""Records as Horizon writes them."""

from datetime import UTC, datetime
from hashlib import sha256

from constellation.stellarlink import TransactionRecord


def time_text(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def ledger_hash(sequence: int, chain: str = "") -> str:
    return sha256(f"{chain}{sequence}".encode()).hexdigest()


def ledger_document(sequence: int, closed_at_s: int, chain: str = "") -> dict:
    return {
        "sequence": sequence,
        "paging_token": str(sequence << 32),
        "closed_at": time_text(closed_at_s),
        "hash": ledger_hash(sequence, chain),
        "prev_hash": ledger_hash(sequence - 1, chain),
        "base_fee_in_stroops": 100,
        "base_reserve_in_stroops": 5_000_000,
    }


def root_document(passphrase: str, latest: int, closed_at_s: int, oldest: int) -> dict:
    return {
        "network_passphrase": passphrase,
        "history_latest_ledger": latest,
        "history_latest_ledger_closed_at": time_text(closed_at_s),
        "history_elder_ledger": oldest,
    }


def transaction_document(record: TransactionRecord) -> dict:
    return {
        "paging_token": str(record.toid),
        "ledger": record.ledger,
        "successful": record.successful,
        "hash": record.hash,
        "source_account": record.source,
        "source_account_sequence": str(record.sequence),
        "envelope_xdr": record.envelope_xdr,
        "result_xdr": record.result_xdr,
    }


def page(records: list[dict]) -> dict:
    return {"_embedded": {"records": records}}
