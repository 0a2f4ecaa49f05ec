"""change_trust: opening, changing and closing a trust line."""

from dataclasses import dataclass, replace
from typing import Any

from stellar_sdk import xdr

from constellation.sandbox.accounts import (
    AUTH_CLAWBACK_ENABLED,
    AUTH_REQUIRED,
    AUTHORIZED,
    CLAWBACK_ENABLED,
    Account,
    TrustLine,
)
from constellation.sandbox.addresses import Address, some
from constellation.sandbox.assets import Asset, format_amount
from constellation.sandbox.operations.base import Context, Operation, OperationFailed, reserve_subentry


@dataclass(frozen=True, slots=True)
class ChangeTrust(Operation):
    """Sets the limit of a trust line; zero closes it. Lines to liquidity pools do not exist here."""

    kind = xdr.OperationType.CHANGE_TRUST

    asset: Asset | None
    """None for a liquidity pool."""
    limit: int

    @classmethod
    def decode(cls, source: Address, body: xdr.OperationBody) -> "ChangeTrust":
        """Reads the operation."""
        op = some(body.change_trust_op)
        is_pool = op.line.type == xdr.AssetType.ASSET_TYPE_POOL_SHARE
        return cls(source, None if is_pool else Asset.from_xdr(op.line), op.limit.int64)

    def check(self) -> None:
        """One trusts issued assets, with a limit that is not negative."""
        if self.asset is None:
            raise OperationFailed("opNOT_SUPPORTED")
        if self.limit < 0 or self.asset.is_native or not self.asset.is_valid:
            raise OperationFailed("MALFORMED")

    def apply(self, context: Context) -> dict[str, Any]:
        """Opens, changes or closes the line."""
        asset, account = some(self.asset), context.source_account
        if account.account_id == asset.issuer:
            raise OperationFailed("SELF_NOT_ALLOWED")
        issuer = context.state.peek(asset.issuer)
        line = account.trust_lines.get(asset)
        if line is None:
            self._open(context, account, issuer)
            kind = "trustline_created"
        elif self.limit < line.balance:
            raise OperationFailed("INVALID_LIMIT")
        elif self.limit == 0:
            del account.trust_lines[asset]
            kind = "trustline_removed"
        elif issuer is None:
            raise OperationFailed("NO_ISSUER")
        else:
            account.trust_lines[asset] = replace(line, limit=self.limit)
            kind = "trustline_updated"
        context.effect(account.account_id, kind, limit=format_amount(self.limit), **asset.fields())
        return {}

    def _open(self, context: Context, account: Account, issuer: Account | None) -> None:
        if self.limit == 0:
            raise OperationFailed("INVALID_LIMIT")
        if issuer is None:
            raise OperationFailed("NO_ISSUER")
        reserve_subentry(context, account)
        flags = 0 if issuer.flags & AUTH_REQUIRED else AUTHORIZED
        if issuer.flags & AUTH_CLAWBACK_ENABLED:
            flags |= CLAWBACK_ENABLED
        account.trust_lines[some(self.asset)] = TrustLine(balance=0, limit=self.limit, flags=flags)

    def describe(self, result: xdr.OperationResult | None) -> dict[str, object]:
        """Asset, limit and both sides."""
        if self.asset is None:
            return {"asset_type": "liquidity_pool_shares", "limit": format_amount(self.limit)}
        return {
            **self.asset.fields(),
            "limit": format_amount(self.limit),
            "trustee": self.asset.issuer,
            "trustor": self.source.account_id,
            **self.source.fields("trustor"),
        }
