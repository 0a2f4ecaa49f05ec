"""Agents of an account, and the rotation of its owner's key: what its owner alone can ask for.

The signatures, also that of a rotation's new key, were checked before (:mod:`constellation.quanta.authorship`).
"""

from typing import Final

from constellation.protocol.errors import Rejection
from constellation.protocol.messages import (
    MAX_AGENTS,
    RIGHT_PAY,
    RIGHT_TRADE,
    RIGHT_WITHDRAW,
    Agent,
    AgentAppointed,
    AgentDismissed,
    AppointAgent,
    Code,
    DismissAgent,
    KeyRotated,
    RotateKey,
)
from constellation.protocol.strkey import encode_public_key
from constellation.quanta.context import Context
from constellation.quanta.keys import find_agent, is_owner
from constellation.quanta.sub_accounts import check_is_no_sub_account, dismiss_agents, family
from constellation.vault import Account

_ALL_RIGHTS: Final = RIGHT_TRADE | RIGHT_PAY | RIGHT_WITHDRAW


def execute_appoint_agent(context: Context, account: Account, operation: AppointAgent) -> None:
    """Give a key rights, or other ones; agents that have expired make room.

    Raises:
        Rejection: INVALID_AGENT, INVALID_RIGHTS, INVALID_AGENT_EXPIRY or TOO_MANY_AGENTS.
    """
    key, now_us = operation.agent, context.timestamp
    if is_owner(account, key):
        raise Rejection(Code.INVALID_AGENT, "the owner's key needs no appointment")
    if not 0 < operation.rights <= _ALL_RIGHTS:
        raise Rejection(Code.INVALID_RIGHTS, f"rights {operation.rights} are none, or others than {_ALL_RIGHTS} has")
    if operation.expires_at < now_us:
        raise Rejection(
            Code.INVALID_AGENT_EXPIRY, f"the expiry passed {now_us - operation.expires_at} microseconds before"
        )
    agents = [] if account.keys is None else account.keys.agents
    others = [agent for agent in agents if agent.key != key]
    kept = [agent for agent in others if agent.expires_at >= now_us]
    if len(kept) >= MAX_AGENTS:
        raise Rejection(Code.TOO_MANY_AGENTS, f"the account has {MAX_AGENTS} agents, the most; dismiss one")
    known = find_agent(account, key)
    nonce = now_us if known is None else known.nonce
    appointed = Agent(key, operation.rights, operation.expires_at, nonce)
    account.keys_to_change().agents = sorted([*kept, appointed], key=lambda agent: agent.key)
    for agent in others:
        if agent.expires_at < now_us:
            context.emit(account.key, AgentDismissed(agent.key))
    context.emit(account.key, AgentAppointed(key, operation.rights, operation.expires_at))


def execute_dismiss_agent(context: Context, account: Account, operation: DismissAgent) -> None:
    """Take all rights from an agent.

    Raises:
        Rejection: AGENT_NOT_FOUND.
    """
    found = find_agent(account, operation.agent)
    if found is None or account.keys is None:
        raise Rejection(Code.AGENT_NOT_FOUND, f"{encode_public_key(operation.agent)} is no agent of the account")
    account.keys.agents = [agent for agent in account.keys.agents if agent is not found]
    context.emit(account.key, AgentDismissed(operation.agent))


def execute_rotate_key(context: Context, account: Account, operation: RotateKey) -> None:
    """Make another key the owner's, for a fresh start: agents, whoever has appointed them, are dismissed.

    It is the owner of all open sub-accounts, too, from then on.

    Raises:
        Rejection: IS_SUB_ACCOUNT or INVALID_KEY.
    """
    check_is_no_sub_account(account)
    if is_owner(account, operation.new_key):
        raise Rejection(Code.INVALID_KEY, "the key is the owner's already")
    for member in family(context, account):
        dismiss_agents(context, member)
        member.keys_to_change().owner = operation.new_key
        member.nonce = context.timestamp
        context.emit(member.key, KeyRotated(operation.new_key))
