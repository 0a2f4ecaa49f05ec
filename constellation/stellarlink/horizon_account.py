"""Horizon's account document, without I/O."""

from base64 import b64decode
from typing import Final

from constellation.protocol.limits import UINT32_MAX
from constellation.protocol.messages import AssetIdentity, CreditAsset
from constellation.protocol.strkey import decode_public_key
from constellation.stellarlink.horizon_values import Json, address, amount, boolean, long, number, text
from constellation.stellarlink.ledger_account import AccountFlags, LedgerAccount, LedgerBalance

_WEIGHT_MAX: Final = 255
_CREDIT_TYPES: Final = ("credit_alphanum4", "credit_alphanum12")


def parse_account(document: Json) -> LedgerAccount:
    """``GET /accounts/{address}``."""
    thresholds = document["thresholds"]
    return LedgerAccount(
        address=address(document["account_id"]),
        sequence=long(document["sequence"]),
        balances=tuple(
            _balance(item) for item in document["balances"] if item["asset_type"] != "liquidity_pool_shares"
        ),
        signers={text(item["key"], 256): number(item["weight"], _WEIGHT_MAX) for item in document["signers"]},
        thresholds=(
            number(thresholds["low_threshold"], _WEIGHT_MAX),
            number(thresholds["med_threshold"], _WEIGHT_MAX),
            number(thresholds["high_threshold"], _WEIGHT_MAX),
        ),
        data={text(name, 64): b64decode(value, validate=True) for name, value in document["data"].items()},
        subentry_count=number(document.get("subentry_count", 0), UINT32_MAX),
        num_sponsoring=number(document.get("num_sponsoring", 0), UINT32_MAX),
        num_sponsored=number(document.get("num_sponsored", 0), UINT32_MAX),
        flags=_flags(document["flags"]),
        last_modified_ledger=_ledger(document.get("last_modified_ledger")),
    )


def _flags(document: Json) -> AccountFlags:
    return AccountFlags(
        auth_required=boolean(document["auth_required"]),
        auth_revocable=boolean(document["auth_revocable"]),
        auth_immutable=boolean(document.get("auth_immutable", False)),
        auth_clawback_enabled=boolean(document.get("auth_clawback_enabled", False)),
    )


def _balance(item: Json) -> LedgerBalance:
    buying = amount(item.get("buying_liabilities", "0"))
    selling = amount(item.get("selling_liabilities", "0"))
    if item["asset_type"] == "native":
        return LedgerBalance(None, amount(item["balance"]), None, is_authorized=True, buying=buying, selling=selling)
    is_authorized = boolean(item["is_authorized"])
    return LedgerBalance(
        asset=_asset(item),
        amount=amount(item["balance"]),
        limit=amount(item["limit"]),
        is_authorized=is_authorized,
        buying=buying,
        selling=selling,
        is_authorized_to_maintain=boolean(item.get("is_authorized_to_maintain_liabilities", is_authorized)),
        is_clawback_enabled=boolean(item.get("is_clawback_enabled", False)),
        last_modified_ledger=_ledger(item.get("last_modified_ledger")),
    )


def _ledger(value: object) -> int | None:
    return None if value is None else number(value, UINT32_MAX)


def _asset(item: Json) -> AssetIdentity:
    if item["asset_type"] not in _CREDIT_TYPES:
        raise ValueError(f"unknown asset type {item['asset_type']!r}")
    return CreditAsset(text(item["asset_code"], 12), decode_public_key(item["asset_issuer"]))
