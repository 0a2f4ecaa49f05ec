"""The words of a refund: what is owed to whom, what the ledger said, and what was chosen.

Everything here is text and whole numbers, because it all goes into a file that people read and compare: addresses are
``G…``, assets are ``native`` or ``CODE:ISSUER``, amounts are stroops, times are seconds since 1970.
"""

from dataclasses import dataclass, field
from enum import Enum
from typing import Final

from constellation.protocol.limits import LEDGER_OPERATIONS_MAX
from constellation.protocol.messages import Code
from constellation.stellarlink.errors import StellarLinkError

NATIVE: Final = "native"
"""Lumens."""

VALID_DAYS_MAX: Final = 30
"""Longest life of a plan: as long as it can be executed, no other may be signed."""

FEE_MAX_STROOPS: Final = 10_000_000
"""Most that a plan may offer the ledger for one operation: one lumen."""

ClaimKey = tuple[str, str]
"""Owner and asset."""


class RefundRefused(StellarLinkError):
    """A plan cannot be made, signed or submitted; the message names the first reason.

    Args:
        message: one sentence for a person.
        code: what kind of reason.
    """

    def __init__(self, message: str, code: Code = Code.LEDGER_CONTRADICTION) -> None:
        super().__init__(code, message)


class Obstacle(Enum):
    """Why an owner cannot simply be paid."""

    NO_ACCOUNT = "no_account"
    NO_TRUST_LINE = "no_trust_line"
    NOT_AUTHORIZED = "not_authorized"
    LINE_FULL = "line_full"


@dataclass(frozen=True, slots=True)
class Anchor:
    """The certified state that a refund returns.

    Attributes:
        batch: the batch after which it is the state.
        header: hash of that batch's header.
        state_root: of the state.
        ledger_cursor: what the state knows of the ledger ends here.
        certificate: of the header, encoded.
    """

    batch: int
    header: bytes
    state_root: bytes
    ledger_cursor: int
    certificate: bytes


@dataclass(slots=True)
class Claim:
    """What one owner gets of one asset.

    Attributes:
        parts: amounts that add up to it, by where they come from; payments that were made already are negative.
    """

    parts: dict[str, int] = field(default_factory=dict)

    @property
    def amount(self) -> int:
        """The sum."""
        return sum(self.parts.values())

    def add(self, part: str, amount: int) -> None:
        """Add an amount to a part."""
        self.parts[part] = self.parts.get(part, 0) + amount


@dataclass(frozen=True, slots=True)
class VaultLine:
    """What the vault holds of one asset.

    Attributes:
        amount: on the ledger.
        is_authorized: whether the issuer lets the vault pay.
    """

    amount: int
    is_authorized: bool


@dataclass(frozen=True, slots=True)
class ChannelAccount:
    """A source of transactions.

    Attributes:
        address: of the account.
        sequence: the last number used on the ledger.
        spendable: lumens above its reserve, for fees.
    """

    address: str
    sequence: int
    spendable: int


@dataclass(frozen=True, slots=True)
class LedgerFacts:
    """What a plan takes from the ledger, as it was at one ledger's end.

    Attributes:
        ledger: its number.
        closed_at_s: its close time.
        base_reserve: what each entry locks.
        vault: what the vault held, by asset.
        vault_reserves: how many base reserves the vault must keep.
        channels: in the order of the settings.
        obstacles: of the owners who cannot simply be paid.
    """

    ledger: int
    closed_at_s: int
    base_reserve: int
    vault: dict[str, VaultLine]
    vault_reserves: int
    channels: tuple[ChannelAccount, ...]
    obstacles: dict[ClaimKey, Obstacle]


@dataclass(frozen=True, slots=True)
class Choices:
    """What the maker of a plan decides, and signers see.

    Attributes:
        max_time_s: the last ledger close time at which the transactions are valid.
        fee_per_operation: offered to the ledger.
        operations: in one transaction, at most.
        set_aside: assets of which nothing is paid.
        surplus: what the vault holds more than anybody can explain, by asset; it stays.
        donors: whose lumens, when they arrived after the state, are no deposits: they pay for reserves and stay.
    """

    max_time_s: int
    fee_per_operation: int = 1000
    operations: int = LEDGER_OPERATIONS_MAX
    set_aside: tuple[str, ...] = ()
    surplus: dict[str, int] = field(default_factory=dict)
    donors: tuple[str, ...] = ()
