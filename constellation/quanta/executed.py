"""An executed quantum: its effects by account, and what the batch's Merkle tree commits to."""

from dataclasses import dataclass
from typing import Final

from constellation.protocol.leaves import body_hash, operation_hash
from constellation.protocol.merkle import leaf_hash, merkle_root
from constellation.protocol.messages import (
    BalanceChanged,
    EffectGroup,
    Quantum,
    QuantumLeaf,
    SignedRequestBatch,
)
from constellation.protocol.state_proofs import NUMBER_BYTES
from constellation.quanta.context import Context
from constellation.quanta.state import EntryKind, identity_key

_COUNT_BYTES: Final = 4  # of a list, before its items
_ACCOUNT: Final = identity_key(EntryKind.ACCOUNT, b"")
_ORDER: Final = identity_key(EntryKind.ORDER, b"")
_ARMED: Final = identity_key(EntryKind.ARMED, b"")
_MARKET: Final = identity_key(EntryKind.MARKET, b"")


@dataclass(slots=True)
class Executed:
    """A quantum and what it did.

    Attributes:
        quantum: as it is stored and relayed; the operations of a request batch have theirs in common.
        leaf: what the batch's Merkle tree commits to.
        groups: its effects by account, in the order of their first effect.
        group_hashes: leaf hashes of the groups.
        place: among the operations of a request batch; else 0.
    """

    quantum: Quantum
    leaf: QuantumLeaf
    groups: list[EffectGroup]
    group_hashes: list[bytes]
    place: int = 0

    @property
    def effects_bytes(self) -> int:
        """Length of the groups as they are stored."""
        return _COUNT_BYTES + sum([len(group.to_xdr()) for group in self.groups])

    @property
    def is_last(self) -> bool:
        """Whether nothing of the same body comes after it."""
        body = self.quantum.body
        return not isinstance(body, SignedRequestBatch) or self.place == len(body.request.operations) - 1


def describe(apex: int, quantum: Quantum, effects: list[list[EffectGroup]]) -> list[Executed]:
    """A body and its effects with what the batch's Merkle tree commits to.

    Args:
        apex: of its first quantum.
        quantum: the body and its time.
        effects: by account, of each of its quanta.
    """
    digest = body_hash(quantum.body)
    if not isinstance(quantum.body, SignedRequestBatch):
        return [_executed(apex, quantum, digest, groups, 0) for groups in effects]
    return [
        _executed(apex + place, quantum, operation_hash(digest, place), groups, place)
        for place, groups in enumerate(effects)
    ]


def _executed(apex: int, quantum: Quantum, body: bytes, groups: list[EffectGroup], place: int) -> Executed:
    group_hashes = [leaf_hash(group.to_xdr()) for group in groups]
    leaf = QuantumLeaf(apex, quantum.timestamp, body, merkle_root(group_hashes))
    return Executed(quantum, leaf, groups, group_hashes, place)


def effect_groups(context: Context) -> list[EffectGroup]:
    """The effects of the quantum by account, numbered; each group ends with the balances that changed."""
    state, effects, apex = context.state, context.effects, context.apex
    accounts, changed = state.vault.accounts, state.changed
    for balance, (key, asset) in state.vault.take_touched().items():
        effects[key].append(BalanceChanged(asset, balance.amount, balance.liabilities))
    groups = []
    for key, own in effects.items():
        account = accounts.get(key)
        if account is None:  # the constellation's own group, which has the vault's key
            first = state.system_effect_number + 1
            state.system_effect_number += len(own)
        else:
            first = account.effect_number + 1
            account.effect_number += len(own)
            changed[_ACCOUNT + key] = None
        groups.append(EffectGroup(key, apex, first, own))
    for order_id in state.engine.take_changed():
        changed[_ORDER + order_id.to_bytes(NUMBER_BYTES, "big")] = None
    for order_id in state.engine.triggers.take_changed():
        changed[_ARMED + order_id.to_bytes(NUMBER_BYTES, "big")] = None
    for market_id in state.engine.take_moved():
        changed[_MARKET + market_id.to_bytes(NUMBER_BYTES, "big")] = None
    return groups
