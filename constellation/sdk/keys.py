"""Keys of an account in words: who else may sign for it, what is locked, and requests that a wallet signs as a text."""

from base64 import b64decode
from binascii import Error as Base64Error
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from constellation.protocol.messages import (
    LOCK_PAYMENTS,
    LOCK_TRADING,
    LOCK_WITHDRAWALS,
    RIGHT_PAY,
    RIGHT_TRADE,
    RIGHT_WITHDRAW,
    AccountEntry,
    AppointAgent,
    DismissAgent,
    LockAccount,
    RegisterRouting,
    Request,
    Settings,
    SignedRequest,
)
from constellation.protocol.signing import SIGNATURE_BYTES, settings_constellation_id, verify
from constellation.protocol.strkey import encode_public_key
from constellation.protocol.wallet_message import wallet_digest, wallet_text
from constellation.sdk.errors import InvalidRequest
from constellation.sdk.history_queries import Moment, microseconds
from constellation.sdk.operations import parse_key

RightName = Literal["trade", "pay", "withdraw"]
LockName = Literal["trading", "payments", "withdrawals"]

_RIGHTS = {"trade": RIGHT_TRADE, "pay": RIGHT_PAY, "withdraw": RIGHT_WITHDRAW}
_WAY_US = 5_000_000  # between our estimate of alpha's clock and its time when it gets the request
_LOCKS = {"trading": LOCK_TRADING, "payments": LOCK_PAYMENTS, "withdrawals": LOCK_WITHDRAWALS}


@dataclass(slots=True, frozen=True)
class AgentKey:
    """A key that may sign for the account.

    Attributes:
        address: ``G…``.
        rights: among ``trade``, ``pay`` and ``withdraw``.
        expires_at: the last microsecond since 1970 at which it may.
        nonce: the last one that it has used.
    """

    address: str
    rights: tuple[str, ...]
    expires_at: int
    nonce: int


@dataclass(slots=True, frozen=True)
class Lock:
    """What nobody may ask for.

    Attributes:
        locks: among ``trading``, ``payments`` and ``withdrawals``.
        until: the last microsecond since 1970 at which they are locked; None: until the owner unlocks them.
    """

    locks: tuple[str, ...]
    until: int | None


@dataclass(slots=True, frozen=True)
class WalletRequest:
    """A request that the account's owner signs with a Stellar wallet that can sign messages (SEP-53).

    Attributes:
        request: what the text says.
        text: for the wallet to show and sign, exactly as it is.
    """

    request: Request
    text: str

    def signed(self, signature: bytes | str) -> SignedRequest:
        """The request with the wallet's signature.

        Args:
            signature: 64 bytes, or their base64 text.

        Raises:
            InvalidRequest: it is no signature of this text by the account's owner.
        """
        if isinstance(signature, str):
            try:
                signature = b64decode(signature, validate=True)
            except (Base64Error, ValueError):
                raise InvalidRequest("the wallet's signature is not base64") from None
        signer = self.request.signer or self.request.account
        if len(signature) != SIGNATURE_BYTES or not verify(signer, wallet_digest(self.text), signature):
            raise InvalidRequest("the wallet's signature does not fit the text, or is by another key")
        return SignedRequest(self.request, signature)


def wallet_request(
    settings: Settings,
    now_us: int,
    account: bytes,
    owner: str | bytes | None,
    operation: AppointAgent | DismissAgent | RegisterRouting,
) -> WalletRequest:
    """A request for a wallet to sign, valid for nearly as long as one may be.

    Args:
        settings: in force.
        now_us: alpha's clock, not ahead of it.
        account: whose request it is.
        owner: the key that owns it, where that is not its own.
        operation: what it asks for.

    Raises:
        InvalidRequest: the owner is no key.
    """
    signer = None if owner is None else parse_key(owner)
    limit_us = settings.limits.validity_us
    request = Request(account, signer, now_us, now_us + limit_us - min(limit_us // 10, _WAY_US), operation)
    text = wallet_text(settings_constellation_id(settings), request)
    assert text is not None
    return WalletRequest(request, text)


def rights_bits(rights: Sequence[RightName]) -> int:
    """The bits of rights by their names.

    Raises:
        InvalidRequest: there are none, or unknown ones.
    """
    return _bits(_RIGHTS, rights, "right") or _refuse("an agent needs a right: trade, pay or withdraw")


def rights_names(bits: int) -> tuple[str, ...]:
    """The names of rights."""
    return tuple(name for name, bit in _RIGHTS.items() if bits & bit)


def lock_names(bits: int) -> tuple[str, ...]:
    """The names of locks."""
    return tuple(name for name, bit in _LOCKS.items() if bits & bit)


def appointment(agent: str | bytes, rights: Sequence[RightName], expires_at: Moment) -> AppointAgent:
    """The appointment of an agent.

    Raises:
        InvalidRequest: an argument makes no sense.
    """
    expiry_us = microseconds("expires_at", expires_at)
    if expiry_us is None:
        raise InvalidRequest("an agent needs an expiry: expires_at")
    return AppointAgent(parse_key(agent), rights_bits(rights), expiry_us)


def account_lock(locks: Sequence[LockName], until: Moment | None) -> LockAccount:
    """The lock that replaces the one before.

    Raises:
        InvalidRequest: an argument makes no sense.
    """
    return LockAccount(_bits(_LOCKS, locks, "lock"), microseconds("until", until))


def agents_of(entry: AccountEntry | None) -> tuple[AgentKey, ...]:
    """The agents of an account, by their keys, also those that have expired."""
    if entry is None or entry.keys is None:
        return ()
    return tuple(
        AgentKey(encode_public_key(agent.key), rights_names(agent.rights), agent.expires_at, agent.nonce)
        for agent in entry.keys.agents
    )


def lock_of(entry: AccountEntry | None) -> Lock | None:
    """The lock of an account, also one whose end has passed."""
    if entry is None or entry.keys is None or entry.keys.lock is None:
        return None
    return Lock(lock_names(entry.keys.lock.locks), entry.keys.lock.until)


def owner_of(entry: AccountEntry | None, account: bytes) -> str:
    """Address of the key that owns the account: its own, unless that was rotated."""
    is_own = entry is None or entry.keys is None or entry.keys.owner is None
    return encode_public_key(account if is_own else entry.keys.owner)  # type: ignore[union-attr, arg-type]


def used_nonce(entry: AccountEntry | None, signer: bytes | None) -> int:
    """The last nonce that a signer has used, as requests name it."""
    if entry is None:
        return 0
    agents = [] if entry.keys is None else entry.keys.agents
    return next((agent.nonce for agent in agents if agent.key == signer), entry.nonce)


def _bits(known: dict[str, int], names: Sequence[str], kind: str) -> int:
    if isinstance(names, str):
        _refuse(f"give a list of {kind}s, such as {[names]}")
    unknown = [name for name in names if name not in known]
    if unknown:
        _refuse(f"there is no {kind} {unknown[0]!r}, only {', '.join(known)}")
    return sum(bit for name, bit in known.items() if name in names)


def _refuse(message: str) -> int:
    raise InvalidRequest(message)
