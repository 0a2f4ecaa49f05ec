"""Who may sign for an account: its owner, and agents that the owner has appointed.

A request that names no signer is signed with the account's own key, and is good as long as the owner's key was never
rotated; its nonce is any above the last one. One that names its signer has a nonce above the key's last one and not
above the time at which it is ordered, in microseconds. So nothing can be executed twice, whatever a key has been
before: an agent's first "last nonce" is the time of its appointment, a new owner's that of the rotation, and all that
was executed before then has a lower one.

A sub-account's owner is noted in it, so that it is looked at like any account whose key was rotated
(:mod:`constellation.quanta.sub_accounts`).
"""

from collections.abc import Mapping
from typing import Final

from constellation.protocol.errors import Rejection
from constellation.protocol.limits import INT64_MAX
from constellation.protocol.messages import (
    RIGHT_PAY,
    RIGHT_TRADE,
    RIGHT_WITHDRAW,
    Agent,
    CancelAllAfter,
    CancelAllOrders,
    CancelOrder,
    CaptureHold,
    Code,
    LimitOrder,
    MarketOrder,
    OpenHold,
    Operation,
    PathPayment,
    Payment,
    ReleaseHold,
    ReplaceOrder,
    Request,
    RequestBatch,
    Withdrawal,
)
from constellation.protocol.strkey import encode_public_key
from constellation.vault import Account

_RIGHTS: Final[Mapping[type, int]] = {
    LimitOrder: RIGHT_TRADE,
    CancelOrder: RIGHT_TRADE,
    MarketOrder: RIGHT_TRADE,
    ReplaceOrder: RIGHT_TRADE,
    CancelAllOrders: RIGHT_TRADE,
    CancelAllAfter: RIGHT_TRADE,
    Payment: RIGHT_PAY,
    PathPayment: RIGHT_PAY | RIGHT_TRADE,
    OpenHold: RIGHT_PAY,
    CaptureHold: RIGHT_PAY,
    ReleaseHold: RIGHT_PAY,
    Withdrawal: RIGHT_WITHDRAW,
}
"""The rights that an agent needs for an operation; what is not here, nobody but the owner can do."""


def is_owner(account: Account, signer: bytes | None) -> bool:
    """Whether the owner signs so; a key that was never rotated may be named or not."""
    keys = account.keys
    if keys is None or keys.owner is None:
        return signer is None or signer == account.key
    return signer == keys.owner


def find_agent(account: Account, signer: bytes | None) -> Agent | None:
    """The account's agent with this key."""
    if account.keys is None or signer is None:
        return None
    return next((agent for agent in account.keys.agents if agent.key == signer), None)


def check_signer(account: Account, signer: bytes | None, timestamp: int) -> Agent | None:
    """The agent that signs; None when the owner does.

    Raises:
        Rejection: UNKNOWN_SIGNER or AGENT_EXPIRED.
    """
    if account.keys is None and signer is None:
        return None
    if is_owner(account, signer):
        return None
    agent = find_agent(account, signer)
    if agent is None:
        key = account.key if signer is None else signer
        raise Rejection(
            Code.UNKNOWN_SIGNER, f"{encode_public_key(key)} is neither the account's owner nor an agent of it"
        )
    if timestamp > agent.expires_at:
        late_us = timestamp - agent.expires_at
        raise Rejection(Code.AGENT_EXPIRED, f"the agent's rights expired {late_us} microseconds before")
    return agent


def last_nonce(account: Account, signer: bytes | None) -> int:
    """The last nonce that the key has used for the account; one that may not sign has none left."""
    agent = find_agent(account, signer)
    if agent is not None:
        return agent.nonce
    return account.nonce if is_owner(account, signer) else INT64_MAX


def check_nonce(request: Request | RequestBatch, last: int, timestamp: int) -> None:
    """The nonce must be above the ``last`` one of the same key, and of a key that is named not ahead of the time.

    Raises:
        Rejection: INVALID_NONCE or NONCE_TOO_LOW.
    """
    nonce = request.nonce
    if nonce < 1:
        raise Rejection(Code.INVALID_NONCE, f"nonce {nonce} must be at least 1")
    if nonce <= last:
        raise Rejection(Code.NONCE_TOO_LOW, f"nonce {nonce} is not above the last one used, {last}")
    if request.signer is not None and nonce > timestamp:
        raise Rejection(
            Code.INVALID_NONCE,
            f"nonce {nonce} of a signer that is named is {nonce - timestamp} microseconds ahead of the time",
        )


def use_nonce(account: Account, request: Request | RequestBatch) -> None:
    """Note the nonce of a request that was executed; a key that has just lost its role needs none."""
    if account.keys is None:
        account.nonce = request.nonce
        return
    agent = find_agent(account, request.signer)
    if agent is not None:
        agent.nonce = request.nonce
    elif is_owner(account, request.signer):
        account.nonce = request.nonce


def check_right(account: Account, signer: bytes | None, operation: Operation) -> None:
    """An agent needs the right to what it asks for.

    Raises:
        Rejection: NO_RIGHT or OWNER_ONLY.
    """
    agent = find_agent(account, signer)
    if agent is None:
        return
    name, right = type(operation).__name__, _RIGHTS.get(type(operation))
    if right is None:
        raise Rejection(Code.OWNER_ONLY, f"{name} must be signed by the owner; an agent cannot ask for it")
    if agent.rights & right != right:
        raise Rejection(Code.NO_RIGHT, f"{name} needs the rights {right}; the agent has {agent.rights}")
