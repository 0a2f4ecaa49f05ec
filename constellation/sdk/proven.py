"""Proven values of the state: what was so at a checkpoint that a quorum of auditors has replayed, stored and signed."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Generic, TypeVar

from constellation.protocol.errors import VerificationError
from constellation.protocol.messages import (
    AccountEntry,
    ArmedEntry,
    CountersEntry,
    OrderEntry,
    Settings,
    StateEntryType,
    StateProof,
    WithdrawalEntry,
)
from constellation.protocol.state_proofs import ProvenEntry, check_entry, entry_key, number_identity
from constellation.protocol.strkey import decode_public_key, encode_public_key
from constellation.protocol.terms import Terms, as_terms
from constellation.sdk.errors import InvalidRequest, VerificationFailed
from constellation.sdk.keys import AgentKey, Lock, agents_of, lock_of, owner_of
from constellation.sdk.markets import Catalogue
from constellation.sdk.numbers import amount
from constellation.sdk.views import (
    ArmedOrder,
    Balance,
    OpenOrder,
    OpenWithdrawal,
    armed_view,
    balance_view,
    order_view,
    withdrawal_view,
)

_T = TypeVar("_T")
_E = TypeVar("_E", OrderEntry, ArmedEntry, WithdrawalEntry)


@dataclass(slots=True, frozen=True)
class Proven(Generic[_T]):
    """A value with its proof, which anybody can check who knows the settings; see :func:`check_state`.

    Attributes:
        value: None when it is proven that there is none.
        batch: number of the checkpoint's batch.
        apex: the last quantum before the checkpoint.
        timestamp: of that quantum, microseconds since 1970; what happened later is not in the value.
        header_hash: what the auditors signed, or a later header through the hash chain.
        auditors: addresses of those who signed.
        key: of the entry in the state tree.
        proof: as alpha sent it.
    """

    value: _T
    batch: int
    apex: int
    timestamp: int
    header_hash: bytes
    auditors: tuple[str, ...]
    key: bytes = field(repr=False)
    proof: StateProof = field(repr=False, compare=False)


@dataclass(slots=True, frozen=True)
class ProvenAccount:
    """The account's entry in the state.

    Attributes:
        address: ``G…``.
        nonce: the last one used.
        effect_number: of the last effect.
        balances: by asset name.
        owner: address of the key that owns it.
        agents: who else may sign for it.
        lock: what is locked, also where its end has passed.
    """

    address: str
    nonce: int
    effect_number: int
    balances: Mapping[str, Balance]
    owner: str
    agents: tuple[AgentKey, ...]
    lock: Lock | None


def check_state(known: Settings | Terms, key: bytes, proof: StateProof) -> ProvenEntry:
    """Check from scratch that ``proof`` shows the entry of ``key``, or that there is none.

    Args:
        known: the settings, with the appointments since if there were any.
        key: of the entry.
        proof: as alpha sent it.

    Raises:
        VerificationFailed: it does not.
    """
    try:
        return check_entry(as_terms(known), key, proof)
    except VerificationError as error:
        raise VerificationFailed("state proof", error.message) from None


def account_key(address: str) -> bytes:
    """The key of an account's entry, for :func:`check_state`.

    Args:
        address: ``G…``.

    Raises:
        ValueError: it is not an address.
    """
    return entry_key(StateEntryType.ACCOUNT_ENTRY, decode_public_key(address))


def order_identity(number: int) -> bytes:
    """The identity of an order's or withdrawal's entry.

    Raises:
        InvalidRequest: it is no id.
    """
    try:
        return number_identity(number)
    except OverflowError:
        raise InvalidRequest(f"{number} is not the id of an order or a withdrawal") from None


class ProofReader:
    """Checks proofs for one account and puts them in names and Decimals.

    Args:
        catalogue: assets and markets by name.
        account: its key.
        terms: who alpha and the auditors are, as far as alpha has shown it.
    """

    def __init__(self, catalogue: Catalogue, account: bytes, terms: Callable[[], Terms]) -> None:
        self._terms = terms
        self._catalogue = catalogue
        self._account = account

    def account(self, proof: StateProof) -> Proven[ProvenAccount | None]:
        """The account's balances."""
        key = entry_key(StateEntryType.ACCOUNT_ENTRY, self._account)
        found = check_state(self._terms(), key, proof)
        entry = found.entry
        if entry is None:
            return _proven(key, proof, found, None)
        if not isinstance(entry, AccountEntry):
            raise _other()
        balances = (balance_view(self._catalogue, item) for item in entry.balances)
        address = encode_public_key(self._account)
        value = ProvenAccount(
            address,
            entry.nonce,
            entry.effect_number,
            {balance.asset: balance for balance in balances},
            owner_of(entry, self._account),
            agents_of(entry),
            lock_of(entry),
        )
        return _proven(key, proof, found, value)

    def order(self, order_id: int, proof: StateProof) -> Proven[OpenOrder]:
        """An open order."""
        return self._own(StateEntryType.ORDER_ENTRY, OrderEntry, order_id, proof, order_view)

    def armed_order(self, order_id: int, proof: StateProof) -> Proven[ArmedOrder]:
        """An order that waits for its trigger."""
        return self._own(StateEntryType.ARMED_ENTRY, ArmedEntry, order_id, proof, armed_view)

    def withdrawal(self, withdrawal_id: int, proof: StateProof) -> Proven[OpenWithdrawal]:
        """An unsettled withdrawal."""
        return self._own(StateEntryType.WITHDRAWAL_ENTRY, WithdrawalEntry, withdrawal_id, proof, withdrawal_view)

    def _own(
        self, kind: StateEntryType, of: type[_E], number: int, proof: StateProof, view: Callable[[Catalogue, _E], _T]
    ) -> Proven[_T]:
        """What the account has opened under this number."""
        key = entry_key(kind, order_identity(number))
        found = check_state(self._terms(), key, proof)
        entry = found.entry
        if not isinstance(entry, of) or (_number(entry), entry.account) != (number, self._account):
            raise _other()
        return _proven(key, proof, found, view(self._catalogue, entry))

    def totals(self, proof: StateProof) -> Proven[Mapping[str, Decimal]]:
        """What the vault must hold of each asset: all balances and what is in suspense."""
        key = entry_key(StateEntryType.COUNTERS_ENTRY, b"")
        found = check_state(self._terms(), key, proof)
        entry = found.entry
        if not isinstance(entry, CountersEntry):
            raise _other()
        names = self._catalogue.asset_names
        value: Mapping[str, Decimal] = {names[total.asset]: amount(total.held) for total in entry.totals}
        return _proven(key, proof, found, value)


def _proven(key: bytes, proof: StateProof, found: ProvenEntry, value: _T) -> Proven[_T]:
    header = found.header
    auditors = tuple(encode_public_key(item.auditor) for item in proof.finality.certificate.signatures)
    return Proven(value, header.number, header.last_apex, header.timestamp, found.digest, auditors, key, proof)


def _number(entry: OrderEntry | ArmedEntry | WithdrawalEntry) -> int:
    return entry.withdrawal if isinstance(entry, WithdrawalEntry) else entry.order


def _other() -> VerificationFailed:
    return VerificationFailed("state proof", "alpha shows another entry than the one that was asked for")
