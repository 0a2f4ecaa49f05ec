"""allow_trust: the older way in which an issuer authorizes a holder."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from stellar_sdk import xdr

from constellation.sandbox.accounts import AUTH_REVOCABLE, AUTHORIZED, AUTHORIZED_TO_MAINTAIN
from constellation.sandbox.addresses import Address, account_id_from_xdr, some
from constellation.sandbox.assets import Asset
from constellation.sandbox.operations.base import Context, Level, Operation, OperationFailed
from constellation.sandbox.operations.trust_lines import AUTHORIZATION, find_line, set_line_flags


@dataclass(frozen=True, slots=True)
class AllowTrust(Operation):
    """Sets a holder's authorization: full, only to maintain liabilities, or none."""

    kind = xdr.OperationType.ALLOW_TRUST

    trustor: str
    asset: Asset
    authorize: int

    @property
    def level(self) -> Level:
        """Authorizing is a matter for a key of little weight."""
        return Level.LOW

    @property
    def participants(self) -> Sequence[str]:
        """The holder."""
        return (self.trustor,)

    @classmethod
    def decode(cls, source: Address, body: xdr.OperationBody) -> "AllowTrust":
        """Reads the operation; the asset's issuer is the source."""
        op = some(body.allow_trust_op)
        asset = Asset.from_code_xdr(op.asset, source.account_id)
        return cls(source, account_id_from_xdr(op.trustor), asset, op.authorize.uint32)

    def check(self) -> None:
        """One of three authorizations, of somebody else."""
        is_known = self.authorize in {0, AUTHORIZED, AUTHORIZED_TO_MAINTAIN}
        if not is_known or not self.asset.is_valid or self.trustor == self.source.account_id:
            raise OperationFailed("MALFORMED")

    def apply(self, context: Context) -> dict[str, Any]:
        """Changes the authorization; less of it only if the issuer may revoke."""
        may_revoke = bool(context.source_account.flags & AUTH_REVOCABLE)
        if not may_revoke and not self.authorize:
            raise OperationFailed("CANT_REVOKE")
        holder, line = find_line(context, self.trustor, self.asset)
        if not may_revoke and line.is_authorized and self.authorize == AUTHORIZED_TO_MAINTAIN:
            raise OperationFailed("CANT_REVOKE")
        flags = line.flags & ~AUTHORIZATION | self.authorize
        set_line_flags(context, holder, self.asset, flags, changed=self.authorize or AUTHORIZATION)
        return {}

    def describe(self, result: xdr.OperationResult | None) -> dict[str, object]:
        """Asset, both sides, and the authorization."""
        maintains = self.authorize == AUTHORIZED_TO_MAINTAIN
        return {
            **self.asset.fields(),
            "trustee": self.source.account_id,
            **self.source.fields("trustee"),
            "trustor": self.trustor,
            "authorize": self.authorize == AUTHORIZED,
            **({"authorize_to_maintain_liabilities": True} if maintains else {}),
        }
