"""What the network agrees on and can change: fees, reserves, capacity, and the protocol's version."""

from dataclasses import dataclass, fields

from constellation.sandbox.limits import UINT32_MAX


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerSettings:
    """The settings in a ledger's header; they rule the ledger after it.

    Attributes:
        base_fee_stroops: The least fee for one operation.
        base_reserve_stroops: What an account must keep for each of its entries.
        capacity_operations: Operations that fit into a ledger. When more are pending, the highest fees win.
        protocol_version: The protocol's version. Nothing depends on it; the sandbox claims what it is told.
    """

    base_fee_stroops: int = 100
    base_reserve_stroops: int = 5_000_000
    capacity_operations: int = 1_000
    protocol_version: int = 23

    def __post_init__(self) -> None:
        for each in fields(self):
            value = getattr(self, each.name)
            if type(value) is not int or not 0 < value <= UINT32_MAX:
                raise ValueError(f"{each.name} must be a whole number from 1 to {UINT32_MAX}")
