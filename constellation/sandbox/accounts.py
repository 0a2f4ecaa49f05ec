"""The ledger's entries: accounts with their trust lines, signers and data, and claimable balances."""

from dataclasses import dataclass, field, replace

from stellar_sdk import xdr

from constellation.sandbox.assets import Asset
from constellation.sandbox.limits import INT64_MAX

AUTH_REQUIRED = xdr.AccountFlags.AUTH_REQUIRED_FLAG.value
AUTH_REVOCABLE = xdr.AccountFlags.AUTH_REVOCABLE_FLAG.value
AUTH_IMMUTABLE = xdr.AccountFlags.AUTH_IMMUTABLE_FLAG.value
AUTH_CLAWBACK_ENABLED = xdr.AccountFlags.AUTH_CLAWBACK_ENABLED_FLAG.value

AUTHORIZED = xdr.TrustLineFlags.AUTHORIZED_FLAG.value
AUTHORIZED_TO_MAINTAIN = xdr.TrustLineFlags.AUTHORIZED_TO_MAINTAIN_LIABILITIES_FLAG.value
CLAWBACK_ENABLED = xdr.TrustLineFlags.TRUSTLINE_CLAWBACK_ENABLED_FLAG.value


@dataclass(frozen=True, slots=True)
class TrustLine:
    """What an account holds of one issued asset. Immutable: a change makes a new one."""

    balance: int
    limit: int
    flags: int
    last_modified_ledger: int = 0

    @property
    def is_authorized(self) -> bool:
        """Whether the issuer lets the holder pay and be paid."""
        return bool(self.flags & AUTHORIZED)


@dataclass(frozen=True, slots=True)
class Claimant:
    """Who may claim a balance, and when."""

    account_id: str
    predicate: xdr.ClaimPredicate


@dataclass(frozen=True, slots=True)
class ClaimableBalance:
    """An amount set aside until one of its claimants takes it."""

    balance_id: str
    asset: Asset
    amount: int
    sponsor: str
    claimants: tuple[Claimant, ...]
    is_clawback_enabled: bool
    last_modified_ledger: int


@dataclass(slots=True)
class Account:
    """One account and all its subentries.

    `signers` maps the string form of a signer's key (G…, T…, X… or P…) to its weight; the master key's weight
    is apart, as on the ledger.
    """

    account_id: str
    balance: int
    sequence: int
    sequence_ledger: int = 0
    sequence_time: int = 0
    flags: int = 0
    home_domain: str = ""
    inflation_destination: str | None = None
    master_weight: int = 1
    low_threshold: int = 0
    medium_threshold: int = 0
    high_threshold: int = 0
    num_sponsoring: int = 0
    last_modified_ledger: int = 0
    signers: dict[str, int] = field(default_factory=dict)
    trust_lines: dict[Asset, TrustLine] = field(default_factory=dict)
    data: dict[str, bytes] = field(default_factory=dict)

    @property
    def subentry_count(self) -> int:
        """Entries that raise the account's reserve."""
        return len(self.signers) + len(self.trust_lines) + len(self.data)

    def minimum_balance(self, base_reserve: int) -> int:
        """Returns the stroops the account must keep."""
        return (2 + self.subentry_count + self.num_sponsoring) * base_reserve

    def available(self, base_reserve: int) -> int:
        """Returns the stroops the account may spend; negative when it is below its reserve."""
        return self.balance - self.minimum_balance(base_reserve)

    def can_receive(self, amount: int) -> bool:
        """Whether the native balance stays representable."""
        return self.balance + amount <= INT64_MAX

    def copy(self) -> "Account":
        """Returns an independent copy."""
        return replace(self, signers=self.signers.copy(), trust_lines=self.trust_lines.copy(), data=self.data.copy())


def starting_sequence(ledger_sequence: int) -> int:
    """Returns the sequence number of an account created in this ledger."""
    return ledger_sequence << 32
