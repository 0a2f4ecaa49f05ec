"""An account as a ledger has it: everything that decides whether it can pay and be paid."""

from dataclasses import dataclass, field
from typing import Final

from constellation.protocol.limits import INT64_MAX
from constellation.protocol.messages import AssetIdentity

MEMO_REQUIRED_DATA_NAME: Final = "config.memo_required"
"""The data entry by which an account asks for a memo with every payment (SEP-29)."""


@dataclass(frozen=True, slots=True)
class LedgerBalance:
    """What an account holds of one asset.

    Attributes:
        asset: its identity; None for lumens.
        amount: in stroops.
        limit: the most it can hold; None for lumens.
        is_authorized: whether the issuer lets it pay and be paid.
        buying: what the account's own offers may still bring in; it counts against the limit.
        selling: what the account's own offers may still take out; it cannot be paid out.
        is_authorized_to_maintain: whether the issuer at least lets its offers stand.
        is_clawback_enabled: whether the issuer can take it back.
        last_modified_ledger: when the trust line last changed; None for lumens.
    """

    asset: AssetIdentity
    amount: int
    limit: int | None
    is_authorized: bool
    buying: int = 0
    selling: int = 0
    is_authorized_to_maintain: bool = True
    is_clawback_enabled: bool = False
    last_modified_ledger: int | None = None

    @property
    def room(self) -> int:
        """How much more it can be paid, in stroops; negative when the limit was lowered below what is promised."""
        return (INT64_MAX if self.limit is None else self.limit) - self.amount - self.buying


@dataclass(frozen=True, slots=True)
class AccountFlags:
    """What an account, as an issuer, asks of those who hold its assets.

    Attributes:
        auth_required: trust lines must be authorized before they can hold anything.
        auth_revocable: the authorization can be taken away.
        auth_immutable: none of these flags can change any more, and the account cannot be merged.
        auth_clawback_enabled: new trust lines can be clawed back.
    """

    auth_required: bool = False
    auth_revocable: bool = False
    auth_immutable: bool = False
    auth_clawback_enabled: bool = False


@dataclass(frozen=True, slots=True)
class LedgerAccount:
    """An account as the ledger has it.

    Attributes:
        address: ``G…``.
        sequence: the last sequence number used.
        balances: one per asset; shares of liquidity pools are left out.
        signers: weight by key; the account's own (master) key is among them, also with weight 0.
        thresholds: low, medium, high.
        data: the account's data entries.
        subentry_count: its trust lines, offers, extra signers and data entries.
        num_sponsoring: entries of others whose reserve it pays.
        num_sponsored: its own entries whose reserve others pay.
        flags: as an issuer.
        last_modified_ledger: when the account itself last changed; its trust lines have ledgers of their own.
        latest_ledger: the ledger at whose end all this is true; None if the server did not say. Two answers that
            differ in nothing else are equal.
    """

    address: str
    sequence: int
    balances: tuple[LedgerBalance, ...]
    signers: dict[str, int]
    thresholds: tuple[int, int, int]
    data: dict[str, bytes]
    subentry_count: int = 0
    num_sponsoring: int = 0
    num_sponsored: int = 0
    flags: AccountFlags = AccountFlags()
    last_modified_ledger: int | None = None
    latest_ledger: int | None = field(default=None, compare=False)

    @property
    def reserves(self) -> int:
        """How many base reserves it must keep: two, one per entry, and what sponsorships add or spare."""
        return 2 + self.subentry_count + self.num_sponsoring - self.num_sponsored

    @property
    def is_memo_required(self) -> bool:
        """Whether it wants no payment without a memo (SEP-29)."""
        return self.data.get(MEMO_REQUIRED_DATA_NAME) == b"1"

    def balance(self, asset: AssetIdentity) -> LedgerBalance | None:
        """What it holds of ``asset``; None without a trust line."""
        return next((balance for balance in self.balances if balance.asset == asset), None)
