"""Which function executes which operation."""

from collections.abc import Callable, Mapping
from typing import Any, Final

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
    RotateKey,
    Withdrawal,
)
from constellation.quanta.agents import execute_appoint_agent, execute_dismiss_agent, execute_rotate_key
from constellation.quanta.cancel_all_after import execute_cancel_all_after
from constellation.quanta.cancel_order import execute_cancel_all_orders, execute_cancel_order
from constellation.quanta.context import Context
from constellation.quanta.holds import execute_capture_hold, execute_open_hold, execute_release_hold
from constellation.quanta.limit_order import execute_limit_order
from constellation.quanta.locks import execute_lock_account
from constellation.quanta.market_order import execute_market_order
from constellation.quanta.path_payment import execute_path_payment
from constellation.quanta.payment import execute_payment
from constellation.quanta.register_routing import execute_register_routing
from constellation.quanta.replace_order import execute_replace_order
from constellation.quanta.sub_accounts import execute_merge_sub_account, execute_open_sub_account
from constellation.quanta.withdrawal import execute_close_account, execute_withdrawal
from constellation.vault import Account

Execute = Callable[[Context, Account, Any], None]

BATCHED: Final[Mapping[type, Execute]] = {
    LimitOrder: execute_limit_order,
    MarketOrder: execute_market_order,
    ReplaceOrder: execute_replace_order,
    CancelOrder: execute_cancel_order,
    CancelAllOrders: execute_cancel_all_orders,
    CancelAllAfter: execute_cancel_all_after,
    OpenHold: execute_open_hold,
    CaptureHold: execute_capture_hold,
    ReleaseHold: execute_release_hold,
    Payment: execute_payment,
    PathPayment: execute_path_payment,
}
"""Those that can be in a request batch: whatever they change can be undone."""

EXECUTE: Final[Mapping[type, Execute]] = {
    **BATCHED,
    Withdrawal: execute_withdrawal,
    CloseAccount: execute_close_account,
    RegisterRouting: execute_register_routing,
    AppointAgent: execute_appoint_agent,
    DismissAgent: execute_dismiss_agent,
    RotateKey: execute_rotate_key,
    LockAccount: execute_lock_account,
    OpenSubAccount: execute_open_sub_account,
    MergeSubAccount: execute_merge_sub_account,
}
"""All of them."""
