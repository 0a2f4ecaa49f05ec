"""set_trust_line_flags: an issuer authorizes a holder, or takes it back."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from stellar_sdk import xdr

from constellation.sandbox.accounts import AUTH_REVOCABLE, AUTHORIZED, CLAWBACK_ENABLED
from constellation.sandbox.addresses import Address, account_id_from_xdr, some
from constellation.sandbox.assets import Asset
from constellation.sandbox.operations.base import Context, Level, Operation, OperationFailed
from constellation.sandbox.operations.flags import TRUST_LINE_FLAGS, describe_flags
from constellation.sandbox.operations.trust_lines import AUTHORIZATION, find_line, set_line_flags


@dataclass(frozen=True, slots=True)
class SetTrustLineFlags(Operation):
    """Sets and clears flags of a holder's trust line."""

    kind = xdr.OperationType.SET_TRUST_LINE_FLAGS

    trustor: str
    asset: Asset
    clear_flags: int
    set_flags: int

    @property
    def level(self) -> Level:
        """Authorizing is a matter for a key of little weight."""
        return Level.LOW

    @property
    def participants(self) -> Sequence[str]:
        """The holder."""
        return (self.trustor,)

    @classmethod
    def decode(cls, source: Address, body: xdr.OperationBody) -> "SetTrustLineFlags":
        """Reads the operation."""
        op = some(body.set_trust_line_flags_op)
        trustor = account_id_from_xdr(op.trustor)
        return cls(source, trustor, Asset.from_xdr(op.asset), op.clear_flags.uint32, op.set_flags.uint32)

    def check(self) -> None:
        """Only the issuer does it, to others; clawback can be cleared but not set."""
        is_issuer = self.source.account_id == self.asset.issuer
        known = not (self.set_flags & ~AUTHORIZATION or self.clear_flags & ~(AUTHORIZATION | CLAWBACK_ENABLED))
        is_contradictory = self.set_flags & self.clear_flags or self.set_flags == AUTHORIZATION
        if not is_issuer or not known or is_contradictory:
            raise OperationFailed("MALFORMED")
        if self.trustor == self.source.account_id or not self.asset.is_valid:
            raise OperationFailed("MALFORMED")

    def apply(self, context: Context) -> dict[str, Any]:
        """Changes the flags; less authorization only if the issuer may revoke."""
        is_revoking = self.clear_flags & AUTHORIZATION and not self.set_flags & AUTHORIZED
        if is_revoking and not context.source_account.flags & AUTH_REVOCABLE:
            raise OperationFailed("CANT_REVOKE")
        holder, line = find_line(context, self.trustor, self.asset)
        flags = line.flags & ~self.clear_flags | self.set_flags
        if flags & AUTHORIZATION == AUTHORIZATION:
            raise OperationFailed("INVALID_STATE")
        set_line_flags(context, holder, self.asset, flags, changed=self.set_flags | self.clear_flags)
        return {}

    def describe(self, result: xdr.OperationResult | None) -> dict[str, object]:
        """Asset, holder and flags."""
        flags = describe_flags(TRUST_LINE_FLAGS, set_flags=self.set_flags, clear_flags=self.clear_flags)
        return {**self.asset.fields(), "trustor": self.trustor, **flags}
