"""set_trust_line_flags: an issuer authorizes a holder, or takes it back."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from stellar_sdk import xdr

from constellation.sandbox.accounts import (
    AUTH_REVOCABLE,
    AUTHORIZED,
    AUTHORIZED_TO_MAINTAIN,
    CLAWBACK_ENABLED,
)
from constellation.sandbox.addresses import Address, account_id_from_xdr, some
from constellation.sandbox.assets import Asset
from constellation.sandbox.operations.base import Context, Level, Operation, OperationFailed
from constellation.sandbox.operations.flags import TRUST_LINE_FLAGS, describe_flags

_AUTHORIZATION = AUTHORIZED | AUTHORIZED_TO_MAINTAIN


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
        known = not (self.set_flags & ~_AUTHORIZATION or self.clear_flags & ~(_AUTHORIZATION | CLAWBACK_ENABLED))
        is_contradictory = self.set_flags & self.clear_flags or self.set_flags == _AUTHORIZATION
        if not is_issuer or not known or is_contradictory:
            raise OperationFailed("MALFORMED")
        if self.trustor == self.source.account_id or not self.asset.is_valid:
            raise OperationFailed("MALFORMED")

    def apply(self, context: Context) -> dict[str, Any]:
        """Changes the flags; less authorization only if the issuer may revoke."""
        holder = context.state.account(self.trustor)
        line = None if holder is None else holder.trust_lines.get(self.asset)
        if holder is None or line is None:
            raise OperationFailed("NO_TRUST_LINE")
        flags = line.flags & ~self.clear_flags | self.set_flags
        if not context.source_account.flags & AUTH_REVOCABLE and _authorization(flags) < _authorization(line.flags):
            raise OperationFailed("CANT_REVOKE")
        if flags & _AUTHORIZATION == _AUTHORIZATION:
            raise OperationFailed("INVALID_STATE")
        holder.trust_lines[self.asset] = replace(line, flags=flags)
        changed = {
            f"{name}_flag": bool(flags & flag)
            for flag, name in TRUST_LINE_FLAGS.items()
            if flag & (self.set_flags | self.clear_flags)
        }
        details = {"trustor": self.trustor, **self.asset.fields(), **changed}
        context.effect(self.source.account_id, "trustline_flags_updated", **details)
        return {}

    def describe(self, result: xdr.OperationResult | None) -> dict[str, object]:
        """Asset, holder and flags."""
        flags = describe_flags(TRUST_LINE_FLAGS, set_flags=self.set_flags, clear_flags=self.clear_flags)
        return {**self.asset.fields(), "trustor": self.trustor, **flags}


def _authorization(flags: int) -> int:
    if flags & AUTHORIZED:
        return 2
    return 1 if flags & AUTHORIZED_TO_MAINTAIN else 0
