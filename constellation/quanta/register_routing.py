"""Routing ids: the number that a sender on the ledger puts into a memo, or into the vault's muxed address."""

from constellation.protocol.errors import Rejection
from constellation.protocol.messages import Code, RegisterRouting, RoutingRegistered
from constellation.quanta.context import Context
from constellation.vault import Account


def execute_register_routing(context: Context, account: Account, operation: RegisterRouting) -> None:
    """Give a routing id to an account, for ever: a sender may have stored it.

    Raises:
        Rejection: INVALID_ROUTING_ID or ROUTING_ID_TAKEN.
    """
    vault, routing_id = context.state.vault, operation.routing_id
    if routing_id == 0:
        raise Rejection(Code.INVALID_ROUTING_ID, "a routing id is at least 1")
    if account.routing_id is not None:
        raise Rejection(Code.ROUTING_ID_TAKEN, f"the account has routing id {account.routing_id}, for ever")
    if routing_id in vault.routes:
        raise Rejection(Code.ROUTING_ID_TAKEN, f"routing id {routing_id} is another account's")
    vault.route(account, routing_id)
    context.emit(account.key, RoutingRegistered(routing_id))
