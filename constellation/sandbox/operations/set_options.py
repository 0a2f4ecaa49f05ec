"""set_options: flags, thresholds, signers and the home domain of an account."""

from dataclasses import dataclass
from typing import Any

from stellar_sdk import xdr

from constellation.sandbox.accounts import (
    AUTH_CLAWBACK_ENABLED,
    AUTH_IMMUTABLE,
    AUTH_REQUIRED,
    AUTH_REVOCABLE,
    Account,
)
from constellation.sandbox.addresses import Address, account_id_from_xdr, some
from constellation.sandbox.limits import SIGNERS_MAX, WEIGHT_MAX
from constellation.sandbox.operations.base import (
    Context,
    Level,
    Operation,
    OperationFailed,
    reserve_subentry,
)
from constellation.sandbox.operations.flags import ACCOUNT_FLAGS, describe_flags
from constellation.sandbox.signatures import signer_key_from_xdr

_AUTH_FLAGS = AUTH_REQUIRED | AUTH_REVOCABLE | AUTH_IMMUTABLE | AUTH_CLAWBACK_ENABLED


@dataclass(frozen=True, slots=True)
class SetOptions(Operation):
    """Changes what is given, and leaves what is None."""

    kind = xdr.OperationType.SET_OPTIONS

    inflation_destination: str | None
    clear_flags: int | None
    set_flags: int | None
    master_weight: int | None
    low_threshold: int | None
    medium_threshold: int | None
    high_threshold: int | None
    home_domain: bytes | None
    signer_key: str | None
    signer_weight: int

    @property
    def level(self) -> Level:
        """Whoever changes who may sign needs the highest weight."""
        return Level.HIGH if self.signer_key is not None or any(self._weights()) else Level.MEDIUM

    def _weights(self) -> list[bool]:
        changes = (self.master_weight, self.low_threshold, self.medium_threshold, self.high_threshold)
        return [change is not None for change in changes]

    @classmethod
    def decode(cls, source: Address, body: xdr.OperationBody) -> "SetOptions":
        """Reads the operation."""
        op = some(body.set_options_op)
        return cls(
            source,
            None if op.inflation_dest is None else account_id_from_xdr(op.inflation_dest),
            _number(op.clear_flags),
            _number(op.set_flags),
            _number(op.master_weight),
            _number(op.low_threshold),
            _number(op.med_threshold),
            _number(op.high_threshold),
            None if op.home_domain is None else op.home_domain.string32,
            None if op.signer is None else signer_key_from_xdr(op.signer.key),
            0 if op.signer is None else op.signer.weight.uint32,
        )

    def check(self) -> None:
        """Flags are known and not both set and cleared; weights fit a byte; a signer is not the master key."""
        set_flags, clear_flags = self.set_flags or 0, self.clear_flags or 0
        if (set_flags | clear_flags) & ~_AUTH_FLAGS:
            raise OperationFailed("UNKNOWN_FLAG")
        if set_flags & clear_flags:
            raise OperationFailed("BAD_FLAGS")
        weights = (self.master_weight, self.low_threshold, self.medium_threshold, self.high_threshold)
        if any(weight is not None and weight > WEIGHT_MAX for weight in weights):
            raise OperationFailed("THRESHOLD_OUT_OF_RANGE")
        if self.signer_key == self.source.account_id or self.signer_weight > WEIGHT_MAX:
            raise OperationFailed("BAD_SIGNER")
        if self.home_domain is not None and not is_printable(self.home_domain):
            raise OperationFailed("INVALID_HOME_DOMAIN")

    def apply(self, context: Context) -> dict[str, Any]:
        """Applies the changes in the ledger's order."""
        account = context.source_account
        if self.inflation_destination is not None:
            if context.state.peek(self.inflation_destination) is None:
                raise OperationFailed("INVALID_INFLATION")
            account.inflation_destination = self.inflation_destination
        self._change_flags(context, account)
        self._change_weights(context, account)
        if self.home_domain is not None:
            account.home_domain = self.home_domain.decode("ascii")
            context.effect(account.account_id, "account_home_domain_updated", home_domain=account.home_domain)
        if self.signer_key is not None:
            self._change_signer(context, account, self.signer_key)
        return {}

    def _change_flags(self, context: Context, account: Account) -> None:
        if not self.set_flags and not self.clear_flags:
            return
        if account.flags & AUTH_IMMUTABLE:
            raise OperationFailed("CANT_CHANGE")
        account.flags = account.flags & ~(self.clear_flags or 0) | (self.set_flags or 0)
        if account.flags & AUTH_CLAWBACK_ENABLED and not account.flags & AUTH_REVOCABLE:
            raise OperationFailed("AUTH_REVOCABLE_REQUIRED")
        changed = {
            f"{name}_flag": bool(account.flags & flag)
            for flag, name in ACCOUNT_FLAGS.items()
            if flag & ((self.set_flags or 0) | (self.clear_flags or 0))
        }
        context.effect(account.account_id, "account_flags_updated", **changed)

    def _change_weights(self, context: Context, account: Account) -> None:
        if self.master_weight is not None:
            _note_signer(context, account, account.account_id, account.master_weight, self.master_weight)
            account.master_weight = self.master_weight
        if self.low_threshold is not None:
            account.low_threshold = self.low_threshold
        if self.medium_threshold is not None:
            account.medium_threshold = self.medium_threshold
        if self.high_threshold is not None:
            account.high_threshold = self.high_threshold
        if any(self._weights()[1:]):
            context.effect(
                account.account_id,
                "account_thresholds_updated",
                low_threshold=account.low_threshold,
                med_threshold=account.medium_threshold,
                high_threshold=account.high_threshold,
            )

    def _change_signer(self, context: Context, account: Account, key: str) -> None:
        before = account.signers.get(key, 0)
        if self.signer_weight == 0:
            account.signers.pop(key, None)
        else:
            if not before:
                if len(account.signers) >= SIGNERS_MAX:
                    raise OperationFailed("TOO_MANY_SIGNERS")
                reserve_subentry(context, account)
            account.signers[key] = self.signer_weight
        _note_signer(context, account, key, before, self.signer_weight)

    def describe(self, result: xdr.OperationResult | None) -> dict[str, object]:
        """Only what is changed."""
        fields = {
            "home_domain": None if self.home_domain is None else self.home_domain.decode("latin-1"),
            "inflation_dest": self.inflation_destination,
            "master_key_weight": self.master_weight,
            "signer_key": self.signer_key,
            "signer_weight": None if self.signer_key is None else self.signer_weight,
            "low_threshold": self.low_threshold,
            "med_threshold": self.medium_threshold,
            "high_threshold": self.high_threshold,
        }
        given: dict[str, object] = {name: value for name, value in fields.items() if value is not None}
        flags = describe_flags(ACCOUNT_FLAGS, set_flags=self.set_flags, clear_flags=self.clear_flags)
        return given | flags


def _note_signer(context: Context, account: Account, key: str, before: int, after: int) -> None:
    """Notes the effect of a signer's new weight, if it has one; zero means that it does not sign."""
    if before == after:
        return
    kind = "signer_updated" if before else "signer_created"
    kind = kind if after else "signer_removed"
    public_key = key if key[0] == "G" else ""
    context.effect(account.account_id, kind, weight=after, public_key=public_key, key=key)


def is_printable(text: bytes) -> bool:
    """Whether a string keeps to the ledger's alphabet: ASCII without control characters."""
    return all(0x20 <= byte < 0x7F for byte in text)


def _number(value: xdr.Uint32 | None) -> int | None:
    return None if value is None else value.uint32
