"""Which rights of :class:`~constellation.extensions.Right` a request needs."""

from collections.abc import Mapping
from typing import Final

from constellation.extensions import Right
from constellation.protocol.messages import (
    AppointAgent,
    CancelAllAfter,
    CancelAllOrders,
    CancelOrder,
    CaptureHold,
    CloseAccount,
    DismissAgent,
    LimitOrder,
    LockAccount,
    MarketOrder,
    MergeSubAccount,
    OpenHold,
    OpenSubAccount,
    PathPayment,
    Payment,
    RegisterRouting,
    ReleaseHold,
    ReplaceOrder,
    Request,
    RequestBatch,
    RotateKey,
    Withdrawal,
)

NEEDED: Final[Mapping[type, Right]] = {
    LimitOrder: Right.TRADE,
    MarketOrder: Right.TRADE,
    ReplaceOrder: Right.TRADE,
    Payment: Right.PAY,
    PathPayment: Right.PAY | Right.TRADE,
    OpenHold: Right.PAY,
    CaptureHold: Right.PAY,
    Withdrawal: Right.WITHDRAW,
    CloseAccount: Right.WITHDRAW,
    RegisterRouting: Right.MANAGE,
    AppointAgent: Right.MANAGE,
    RotateKey: Right.MANAGE,
    OpenSubAccount: Right.MANAGE,
    MergeSubAccount: Right.MANAGE,
    CancelOrder: Right.NONE,
    CancelAllOrders: Right.NONE,
    CancelAllAfter: Right.NONE,
    ReleaseHold: Right.NONE,
    DismissAgent: Right.NONE,
    LockAccount: Right.NONE,
}
"""Every kind of operation; what makes an account safer, or gives back, is never kept from anybody."""


def rights_needed(request: Request | RequestBatch) -> Right:
    """What a request, or all of a batch together, needs."""
    if isinstance(request, Request):
        return NEEDED[type(request.operation)]
    needed = Right.NONE
    for operation in request.operations:
        needed |= NEEDED[type(operation)]
    return needed
