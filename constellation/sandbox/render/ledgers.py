"""Ledgers, the root resource, and the fee statistics."""

from collections import Counter
from collections.abc import Sequence

from constellation.sandbox.assets import format_amount
from constellation.sandbox.history import LedgerRecord, toid
from constellation.sandbox.limits import FEE_STATS_LEDGERS, TOTAL_COINS_STROOPS
from constellation.sandbox.render.links import Json, Links, format_time
from constellation.sandbox.views import View

_PERCENTILES = (10, 20, 30, 40, 50, 60, 70, 80, 90, 95, 99)
_VERSION = "constellation-sandbox"


def root_resource(links: Links, view: View, network_passphrase: str) -> Json:
    """Returns the root: which network this is, and which ledgers it knows."""
    latest, elder = view.latest, view.elder
    lists = ("transactions", "operations", "payments", "effects", "ledgers", "assets", "claimable_balances")
    return {
        "_links": {
            "self": links.to("/"),
            "account": links.template("/accounts/{account_id}"),
            "accounts": links.template("/accounts{?signer,asset,cursor,limit,order}"),
            "account_transactions": links.pages("/accounts/{account_id}/transactions"),
            **{name: links.pages(f"/{name}") for name in lists},
            "ledger": links.template("/ledgers/{sequence}"),
            "operation": links.template("/operations/{id}"),
            "transaction": links.template("/transactions/{hash}"),
            "fee_stats": links.to("/fee_stats"),
            "friendbot": links.template("/friendbot{?addr}"),
        },
        "horizon_version": _VERSION,
        "core_version": _VERSION,
        "ingest_latest_ledger": latest.sequence,
        "history_latest_ledger": latest.sequence,
        "history_latest_ledger_closed_at": format_time(latest.closed_at),
        "history_elder_ledger": elder.sequence,
        "core_latest_ledger": latest.sequence,
        "network_passphrase": network_passphrase,
        "current_protocol_version": latest.settings.protocol_version,
        "supported_protocol_version": latest.settings.protocol_version,
        "core_supported_protocol_version": latest.settings.protocol_version,
    }


def ledger_resource(links: Links, ledger: LedgerRecord) -> Json:
    """Returns a closed ledger."""
    path = f"/ledgers/{ledger.sequence}"
    names = ("transactions", "operations", "payments", "effects")
    previous = {"prev_hash": ledger.previous_hash} if ledger.sequence > 1 else {}
    return {
        "_links": {"self": links.to(path), **{name: links.pages(f"{path}/{name}") for name in names}},
        "id": ledger.hash,
        "paging_token": str(toid(ledger.sequence)),
        "hash": ledger.hash,
        **previous,
        "sequence": ledger.sequence,
        "successful_transaction_count": ledger.successful_transactions,
        "failed_transaction_count": ledger.failed_transactions,
        "operation_count": ledger.successful_operations,
        "tx_set_operation_count": ledger.operations,
        "closed_at": format_time(ledger.closed_at),
        "total_coins": format_amount(TOTAL_COINS_STROOPS),
        "fee_pool": format_amount(ledger.fee_pool),
        "base_fee_in_stroops": ledger.settings.base_fee_stroops,
        "base_reserve_in_stroops": ledger.settings.base_reserve_stroops,
        "max_tx_set_size": ledger.settings.capacity_operations,
        "protocol_version": ledger.settings.protocol_version,
        "header_xdr": ledger.header_xdr,
    }


def fee_stats_resource(view: View) -> Json:
    """Returns what was bid and charged per operation in the last ledgers."""
    latest = view.latest
    oldest = toid(max(1, latest.sequence - FEE_STATS_LEDGERS + 1))
    recent = list(view.history.transactions.newest(since=oldest, before=view.high))
    ledgers = list(view.history.ledgers.newest(since=oldest, before=view.high))
    used = sum(record.envelope.fee_units for record in recent)
    hundredths = used * 100 // sum(ledger.settings.capacity_operations for ledger in ledgers)
    base_fee = latest.settings.base_fee_stroops
    return {
        "last_ledger": str(latest.sequence),
        "last_ledger_base_fee": str(base_fee),
        "ledger_capacity_usage": f"{hundredths // 100}.{hundredths % 100:02d}",
        "fee_charged": _distribution([each.fee_charged // each.envelope.fee_units for each in recent] or [base_fee]),
        "max_fee": _distribution([each.envelope.max_fee // each.envelope.fee_units for each in recent] or [base_fee]),
    }


def _distribution(fees: Sequence[int]) -> Json:
    ordered = sorted(fees)
    mode, _ = Counter(ordered).most_common(1)[0]
    percentiles = {f"p{each}": str(ordered[(len(ordered) - 1) * each // 100]) for each in _PERCENTILES}
    return {"max": str(ordered[-1]), "min": str(ordered[0]), "mode": str(mode), **percentiles}
