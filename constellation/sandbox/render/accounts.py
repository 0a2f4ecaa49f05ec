"""Accounts, claimable balances, and assets."""

import base64
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from constellation.sandbox.accounts import (
    AUTHORIZED_TO_MAINTAIN,
    CLAWBACK_ENABLED,
    Account,
    ClaimableBalance,
    TrustLine,
)
from constellation.sandbox.assets import Asset, format_amount
from constellation.sandbox.operations.flags import ACCOUNT_FLAGS
from constellation.sandbox.operations.predicates import describe_predicate
from constellation.sandbox.render.links import Json, Links

_SIGNER_TYPES = {
    "G": "ed25519_public_key",
    "T": "preauth_tx",
    "X": "sha256_hash",
    "P": "ed25519_signed_payload",
}
_NOTHING = format_amount(0)


def account_resource(links: Links, account: Account, modified_at: str | None) -> Json:
    """Returns an account; `modified_at` is None when that ledger is forgotten."""
    path = f"/accounts/{account.account_id}"
    names = ("transactions", "operations", "payments", "effects", "offers", "trades")
    resource: Json = {
        "_links": {
            "self": links.to(path),
            **{name: links.pages(f"{path}/{name}") for name in names},
            "data": links.template(f"{path}/data/{{key}}"),
        },
        "id": account.account_id,
        "account_id": account.account_id,
        "sequence": str(account.sequence),
    }
    if account.sequence_ledger:
        resource["sequence_ledger"] = account.sequence_ledger
        resource["sequence_time"] = str(account.sequence_time)
    resource["subentry_count"] = account.subentry_count
    if account.inflation_destination:
        resource["inflation_destination"] = account.inflation_destination
    if account.home_domain:
        resource["home_domain"] = account.home_domain
    return resource | {
        "last_modified_ledger": account.last_modified_ledger,
        "last_modified_time": modified_at,
        "thresholds": {
            "low_threshold": account.low_threshold,
            "med_threshold": account.medium_threshold,
            "high_threshold": account.high_threshold,
        },
        "flags": flags_resource(account),
        "balances": list(_balances(account)),
        "signers": list(_signers(account)),
        "data": {name: base64.b64encode(value).decode() for name, value in sorted(account.data.items())},
        "num_sponsoring": account.num_sponsoring,
        "num_sponsored": 0,
        "paging_token": account.account_id,
    }


def flags_resource(account: Account) -> Json:
    """Returns an account's four flags by name."""
    return {name: bool(account.flags & flag) for flag, name in ACCOUNT_FLAGS.items()}


def _balances(account: Account) -> Iterator[Json]:
    for asset, line in sorted(account.trust_lines.items(), key=lambda item: str(item[0])):
        yield {
            "balance": format_amount(line.balance),
            "limit": format_amount(line.limit),
            "buying_liabilities": _NOTHING,
            "selling_liabilities": _NOTHING,
            "last_modified_ledger": line.last_modified_ledger,
            "is_authorized": line.is_authorized,
            "is_authorized_to_maintain_liabilities": _is_maintainable(line),
            **({"is_clawback_enabled": True} if line.flags & CLAWBACK_ENABLED else {}),
            **asset.fields(),
        }
    yield {
        "balance": format_amount(account.balance),
        "buying_liabilities": _NOTHING,
        "selling_liabilities": _NOTHING,
        "asset_type": "native",
    }


def _is_maintainable(line: TrustLine) -> bool:
    return line.is_authorized or bool(line.flags & AUTHORIZED_TO_MAINTAIN)


def _signers(account: Account) -> Iterator[Json]:
    for key, weight in account.signers.items():
        yield {"weight": weight, "key": key, "type": _SIGNER_TYPES[key[0]]}
    # The master key is listed even when its weight is zero.
    yield {"weight": account.master_weight, "key": account.account_id, "type": "ed25519_public_key"}


def claimable_balance_token(balance: ClaimableBalance) -> str:
    """Returns the paging token of a claimable balance."""
    return f"{balance.last_modified_ledger}-{balance.balance_id}"


def claimable_balance_resource(links: Links, balance: ClaimableBalance, modified_at: str | None) -> Json:
    """Returns a claimable balance."""
    path = f"/claimable_balances/{balance.balance_id}"
    return {
        "_links": {
            "self": links.to(path),
            "transactions": links.pages(f"{path}/transactions"),
            "operations": links.pages(f"{path}/operations"),
        },
        "id": balance.balance_id,
        "asset": str(balance.asset),
        "amount": format_amount(balance.amount),
        "sponsor": balance.sponsor,
        "last_modified_ledger": balance.last_modified_ledger,
        "last_modified_time": modified_at,
        "claimants": [
            {"destination": each.account_id, "predicate": describe_predicate(each.predicate)}
            for each in balance.claimants
        ],
        "flags": {"clawback_enabled": balance.is_clawback_enabled},
        "paging_token": claimable_balance_token(balance),
    }


@dataclass(slots=True)
class AssetTotals:
    """How much of an asset there is, by the authorization of its holders, and how many hold it."""

    asset: Asset
    lines: dict[str, list[int]]
    claimable: list[int]

    @property
    def token(self) -> str:
        """The asset's paging token."""
        return f"{self.asset.code}_{self.asset.issuer}_{self.asset.type_name}"


def asset_totals(accounts: Iterable[Account], claimable: Iterable[ClaimableBalance]) -> list[AssetTotals]:
    """Adds up every issued asset, in the order of the paging tokens."""
    totals: dict[Asset, AssetTotals] = {}

    def total(asset: Asset) -> AssetTotals:
        states: dict[str, list[int]] = {
            "authorized": [],
            "authorized_to_maintain_liabilities": [],
            "unauthorized": [],
        }
        return totals.setdefault(asset, AssetTotals(asset, states, []))

    for account in accounts:
        for asset, line in account.trust_lines.items():
            total(asset).lines[_authorization(line)].append(line.balance)
    for balance in claimable:
        if not balance.asset.is_native:
            total(balance.asset).claimable.append(balance.amount)
    return sorted(totals.values(), key=lambda each: each.token)


def _authorization(line: TrustLine) -> str:
    if line.is_authorized:
        return "authorized"
    return "authorized_to_maintain_liabilities" if _is_maintainable(line) else "unauthorized"


def asset_resource(totals: AssetTotals, issuer: Account | None) -> Json:
    """Returns an asset with its totals."""
    domain = issuer.home_domain if issuer else ""
    return {
        "_links": {"toml": {"href": f"https://{domain}/.well-known/stellar.toml" if domain else ""}},
        **totals.asset.fields(),
        "paging_token": totals.token,
        "num_claimable_balances": len(totals.claimable),
        "num_liquidity_pools": 0,
        "num_contracts": 0,
        "accounts": {state: len(balances) for state, balances in totals.lines.items()},
        "claimable_balances_amount": format_amount(sum(totals.claimable)),
        "liquidity_pools_amount": _NOTHING,
        "contracts_amount": _NOTHING,
        "balances": {state: format_amount(sum(balances)) for state, balances in totals.lines.items()},
        "flags": flags_resource(issuer) if issuer else dict.fromkeys(ACCOUNT_FLAGS.values(), False),
    }
