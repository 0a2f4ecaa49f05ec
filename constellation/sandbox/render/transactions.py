"""Transactions."""

import base64
from collections.abc import Iterable

from stellar_sdk import xdr

from constellation.sandbox.addresses import some
from constellation.sandbox.history import TransactionRecord
from constellation.sandbox.render.links import Json, Links, format_time
from constellation.sandbox.signatures import Signature
from constellation.sandbox.transactions import Preconditions

_EMPTY_META = "AAAAAgAAAAAAAAAAAAAAAA=="
"""A TransactionMeta of version 2 without any changes: the sandbox keeps none."""
_EMPTY_FEE_META = "AAAAAA=="

_MEMO_TYPES = {
    xdr.MemoType.MEMO_NONE: "none",
    xdr.MemoType.MEMO_TEXT: "text",
    xdr.MemoType.MEMO_ID: "id",
    xdr.MemoType.MEMO_HASH: "hash",
    xdr.MemoType.MEMO_RETURN: "return",
}


def transaction_resource(links: Links, record: TransactionRecord, asked_for: str | None = None) -> Json:
    """Returns a transaction.

    Args:
        links: Makes the links.
        record: The transaction.
        asked_for: The hash in the request: a fee bump can be asked for by its inner hash, and then goes by it.
    """
    envelope, transaction = record.envelope, record.envelope.transaction
    name = asked_for or record.hash
    is_inner = envelope.fee_bump is not None and name == transaction.hash.hex()
    signatures = transaction.signatures if is_inner else envelope.outer.signatures
    return {
        "_links": _links(links, record, name),
        "id": name,
        "paging_token": str(record.toid),
        "successful": record.is_successful,
        "hash": name,
        "ledger": record.ledger,
        "created_at": format_time(record.closed_at),
        "source_account": transaction.source.account_id,
        **transaction.source.fields("account"),
        "source_account_sequence": str(transaction.sequence),
        "fee_account": envelope.fee_account,
        **envelope.outer.source.fields("fee_account"),
        "fee_charged": str(record.fee_charged),
        "max_fee": str(envelope.max_fee),
        "operation_count": len(transaction.operations),
        "envelope_xdr": envelope.envelope_xdr,
        "result_xdr": record.result.to_xdr(),
        "result_meta_xdr": _EMPTY_META,
        "fee_meta_xdr": _EMPTY_FEE_META,
        **_memo(transaction.memo),
        "signatures": _signatures(signatures),
        **_preconditions(transaction.preconditions),
        **_fee_bump(record),
    }


def _links(links: Links, record: TransactionRecord, name: str) -> Json:
    path = f"/transactions/{name}"
    return {
        "self": links.to(path),
        "account": links.to(f"/accounts/{record.envelope.transaction.source.account_id}"),
        "ledger": links.to(f"/ledgers/{record.ledger}"),
        "operations": links.pages(f"{path}/operations"),
        "effects": links.pages(f"{path}/effects"),
        "precedes": links.to(f"/transactions?order=asc&cursor={record.toid}"),
        "succeeds": links.to(f"/transactions?order=desc&cursor={record.toid}"),
        "transaction": links.to(path),
    }


def _signatures(signatures: Iterable[Signature]) -> list[str]:
    return [base64.b64encode(each.signature).decode() for each in signatures]


def _memo(memo: xdr.Memo) -> Json:
    fields: Json = {"memo_type": _MEMO_TYPES[memo.type]}
    if memo.type == xdr.MemoType.MEMO_TEXT:
        text = some(memo.text)
        fields["memo_bytes"] = base64.b64encode(text).decode()
        # A text memo is any bytes; what is not UTF-8 is only faithful in memo_bytes.
        fields["memo"] = text.decode("utf-8", errors="replace")
    elif memo.type == xdr.MemoType.MEMO_ID:
        fields["memo"] = str(some(memo.id).uint64)
    elif memo.type != xdr.MemoType.MEMO_NONE:
        fields["memo"] = base64.b64encode(some(memo.hash or memo.ret_hash).hash).decode()
    return fields


def _preconditions(conditions: Preconditions) -> Json:
    if conditions == Preconditions():
        return {}
    fields: Json = {}
    if conditions.has_time_bounds:
        maximum = {"max_time": str(conditions.max_time)} if conditions.max_time else {}
        fields["timebounds"] = {"min_time": str(conditions.min_time), **maximum}
    if conditions.has_ledger_bounds:
        bound = {"max_ledger": conditions.max_ledger} if conditions.max_ledger else {}
        fields["ledgerbounds"] = {"min_ledger": conditions.min_ledger, **bound}
    if conditions.min_sequence is not None:
        fields["min_account_sequence"] = str(conditions.min_sequence)
    if conditions.min_sequence_age:
        fields["min_account_sequence_age"] = str(conditions.min_sequence_age)
    if conditions.min_sequence_ledger_gap:
        fields["min_account_sequence_ledger_gap"] = conditions.min_sequence_ledger_gap
    if conditions.extra_signers:
        fields["extra_signers"] = list(conditions.extra_signers)
    return {"preconditions": fields}


def _fee_bump(record: TransactionRecord) -> Json:
    fee_bump, inner = record.envelope.fee_bump, record.envelope.transaction
    if fee_bump is None:
        return {}
    return {
        "fee_bump_transaction": {"hash": record.hash, "signatures": _signatures(fee_bump.signatures)},
        "inner_transaction": {
            "hash": inner.hash.hex(),
            "signatures": _signatures(inner.signatures),
            "max_fee": str(inner.fee),
        },
    }
