"""A hold: money of one account that another one may take."""

from dataclasses import dataclass


@dataclass(slots=True, frozen=True)
class Hold:
    """Money that is reserved.

    Attributes:
        hold_id: the apex that opened it.
        owner: key of the account whose money it is.
        beneficiary: key of the account that may take it.
        asset: its id.
        amount: in stroops.
        expires_at: when it lapses, in microseconds.
    """

    hold_id: int
    owner: bytes
    beneficiary: bytes
    asset: int
    amount: int
    expires_at: int
