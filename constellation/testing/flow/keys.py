"""Keys of accounts in a flow: who signs for whom, and what is asked about keys and locks; some of it is wrong."""

from collections.abc import Sequence
from random import Random
from typing import Final

from constellation.protocol.messages import (
    AppointAgent,
    DismissAgent,
    LockAccount,
    Operation,
    SignedRequest,
    SignedRequestBatch,
)
from constellation.protocol.signing import KeyPair
from constellation.protocol.wallet_message import wallet_digest, wallet_text
from constellation.quanta import Machine, last_nonce
from constellation.testing.world import World, key_of

KEYS: Final = tuple(key_of(f"key {number}") for number in range(14))
"""Who can be an agent or a new owner: more than an account may have agents."""


def random_key_request(
    random: Random, world: World, machine: Machine, traders: list[KeyPair], timestamp: int
) -> SignedRequest:
    """An appointment, a dismissal, a rotation or a lock; now and then by one who may not ask for it."""
    trader, nonce, signer = _author(random, machine, traders, timestamp)
    kind = random.random()
    operation: Operation
    if kind < 0.7:
        agent = random.choice((*KEYS, trader, random.choice(traders)))
        expires_at = timestamp + random.choice((-1, 0, 1_000_000, 20_000_000, *[10_000_000_000] * 4))
        operation = AppointAgent(agent.public, random.choice((0, 1, 1, 3, 5, 7, 7, 8)), expires_at)
    elif kind < 0.8:
        operation = DismissAgent(random.choice((*_agents(machine, trader.public, trader), random.choice(KEYS))).public)
    elif kind < 0.84:
        operation = world.rotation(trader, random.choice((*KEYS, *[signer or trader] * 4)), nonce)
    else:
        until = random.choice(
            (None, None, *(timestamp + step for step in (-1, 0, 1_000_000, 300_000_000, 300_000_000)))
        )
        operation = LockAccount(random.choice((0, 0, 1, 2, 4, 6, 7, 8)), until)
    signed = world.request(trader, operation, nonce=nonce, valid_until=timestamp + 60_000_000, signer=signer)
    text = wallet_text(world.constellation, signed.request)
    if text is not None and random.random() < 0.3:
        return SignedRequest(signed.request, (signer or trader).sign(wallet_digest(text)))
    return signed


def signed_by_any(
    random: Random, world: World, machine: Machine, trader: KeyPair, operation: Operation, timestamp: int
) -> SignedRequest:
    """A request of an account by its owner, one of its agents, or seldom by a stranger."""
    _, nonce, signer = _author(random, machine, [trader], timestamp)
    return world.request(trader, operation, nonce=nonce, valid_until=timestamp + 60_000_000, signer=signer)


def batch_by_any(
    random: Random, world: World, machine: Machine, trader: KeyPair, operations: Sequence[Operation], timestamp: int
) -> SignedRequestBatch:
    """The same of a request batch, half of them all or nothing."""
    _, nonce, signer = _author(random, machine, [trader], timestamp)
    options = {"nonce": nonce, "valid_until": timestamp + 60_000_000}
    return world.batch(trader, operations, all_or_nothing=random.random() < 0.5, signer=signer, **options)


def _author(
    random: Random, machine: Machine, traders: list[KeyPair], timestamp: int
) -> tuple[KeyPair, int, KeyPair | None]:
    """An account, a nonce that is mostly good, and who signs where that is named."""
    trader = random.choice(traders)
    signer = _signer(random, machine, trader.public, trader)
    return trader, _nonce(random, machine, trader.public, signer, timestamp), signer


def author_of_sub_account(
    random: Random, machine: Machine, account: bytes, parent: KeyPair, timestamp: int
) -> tuple[int, KeyPair]:
    """The same for a sub-account, as whose key nobody can sign."""
    signer = _signer(random, machine, account, parent) or parent
    return _nonce(random, machine, account, signer, timestamp), signer


def _signer(random: Random, machine: Machine, key: bytes, trader: KeyPair) -> KeyPair | None:
    account, kind = machine.state.vault.accounts[key], random.random()
    owner = None if account.keys is None or account.keys.owner is None else _key(account.keys.owner, trader)
    if kind < 0.4:
        return random.choice((*_agents(machine, key, trader), owner))
    return random.choice((None, trader, *KEYS)) if kind < 0.43 else owner


def _nonce(random: Random, machine: Machine, key: bytes, signer: KeyPair | None, timestamp: int) -> int:
    last = last_nonce(machine.state.vault.accounts[key], None if signer is None else signer.public)
    if last == 2**63 - 1:  # whoever may not sign
        return timestamp
    return last + (1 if random.random() < 0.96 else random.choice((0, -1, 60_000_000)))


def _agents(machine: Machine, account: bytes, trader: KeyPair) -> list[KeyPair]:
    keys = machine.state.vault.accounts[account].keys
    found = [] if keys is None else [_key(agent.key, trader) for agent in keys.agents]
    return [key for key in found if key is not None]


def _key(public: bytes, trader: KeyPair) -> KeyPair | None:
    return next((key for key in (*KEYS, trader) if key.public == public), None)
