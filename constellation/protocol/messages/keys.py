"""Messages of keys.x.

Generated from xdr/keys.x by tools/xdr_generator.py; do not edit.

Who may sign for an account, and what nobody may ask for while it is locked.
"""

from dataclasses import dataclass
from struct import Struct
from typing import Any, Final

from constellation.protocol.messages.common import Amount, Key, Signature, Timestamp
from constellation.protocol.xdr import (
    ABSENT,
    BOOLEANS,
    INT64,
    PRESENCE,
    PRESENT,
    UINT32,
    Fields,
    Instance,
    Items,
    MalformedMessage,
    Opaque,
    StructError,
    explain_malformed,
    explain_unencodable,
    refuse_count,
)

# of one account
MAX_AGENTS: Final = 8

# of one account, numbered from 1
MAX_SUB_ACCOUNTS: Final = 16

# bits of an agent's rights: orders and cancels
RIGHT_TRADE: Final = 1

RIGHT_PAY: Final = 2

RIGHT_WITHDRAW: Final = 4

# bits of a lock: new orders; cancels are never locked
LOCK_TRADING: Final = 1

LOCK_PAYMENTS: Final = 2

# and closing the account
LOCK_WITHDRAWALS: Final = 4


@dataclass(slots=True, init=False)
class AppointAgent:
    """The key may ask for what its rights say until it expires. Again for the same key: other rights and another expiry.

    XDR::

        struct AppointAgent {
            Key agent;
            unsigned int rights;
            Timestamp expires_at;             // inclusive
        };
    """

    agent: Key
    rights: int
    expires_at: Timestamp

    def __init__(self, agent: Key, rights: int, expires_at: Timestamp) -> None:
        self.agent = agent
        self.rights = rights
        self.expires_at = expires_at

    def __reduce__(self) -> tuple[type, tuple[object, ...]]:
        return AppointAgent, (
            self.agent,
            self.rights,
            self.expires_at,
        )

    def to_xdr(self) -> bytes:
        """Encodes the message."""
        return _write_appoint_agent(self)

    @classmethod
    def from_xdr(cls, data: bytes) -> "AppointAgent":
        """Decodes bytes that are one message and nothing else."""
        value, offset = _read_appoint_agent(data, 0)
        if offset != len(data):
            raise MalformedMessage("trailing bytes", "AppointAgent")
        return value


_APPOINT_AGENT_0: Fields = (
    ("AppointAgent", "", Instance(AppointAgent)),
    ("AppointAgent.agent", "agent", Opaque(32)),
    ("AppointAgent.rights", "rights", UINT32),
    ("AppointAgent.expires_at", "expires_at", INT64),
)
_pack_appoint_agent_0: Final = Struct(">32sIq").pack


def _write_appoint_agent(value: Any) -> bytes:
    try:
        if type(value) is not AppointAgent:
            raise ValueError
        agent = value.agent
        if len(agent) != 32:
            raise ValueError
        part_0 = _pack_appoint_agent_0(agent, value.rights, value.expires_at)
    except Exception:
        explain_unencodable(value, _APPOINT_AGENT_0)
        raise
    return part_0


_unpack_appoint_agent_0: Final = Struct(">32sIq").unpack_from


def _read_appoint_agent(data: bytes, offset: int) -> tuple[AppointAgent, int]:
    try:
        agent, rights, expires_at = _unpack_appoint_agent_0(data, offset)
    except StructError:
        explain_malformed(data, offset, _APPOINT_AGENT_0)
        raise
    return AppointAgent(agent, rights, expires_at), offset + 44


@dataclass(slots=True, init=False)
class DismissAgent:
    """The struct DismissAgent of keys.x.

    XDR::

        struct DismissAgent {
            Key agent;
        };
    """

    agent: Key

    def __init__(self, agent: Key) -> None:
        self.agent = agent

    def __reduce__(self) -> tuple[type, tuple[object, ...]]:
        return DismissAgent, (self.agent,)

    def to_xdr(self) -> bytes:
        """Encodes the message."""
        return _write_dismiss_agent(self)

    @classmethod
    def from_xdr(cls, data: bytes) -> "DismissAgent":
        """Decodes bytes that are one message and nothing else."""
        value, offset = _read_dismiss_agent(data, 0)
        if offset != len(data):
            raise MalformedMessage("trailing bytes", "DismissAgent")
        return value


_DISMISS_AGENT_0: Fields = (
    ("DismissAgent", "", Instance(DismissAgent)),
    ("DismissAgent.agent", "agent", Opaque(32)),
)
_pack_dismiss_agent_0: Final = Struct(">32s").pack


def _write_dismiss_agent(value: Any) -> bytes:
    try:
        if type(value) is not DismissAgent:
            raise ValueError
        agent = value.agent
        if len(agent) != 32:
            raise ValueError
        part_0 = _pack_dismiss_agent_0(agent)
    except Exception:
        explain_unencodable(value, _DISMISS_AGENT_0)
        raise
    return part_0


_unpack_dismiss_agent_0: Final = Struct(">32s").unpack_from


def _read_dismiss_agent(data: bytes, offset: int) -> tuple[DismissAgent, int]:
    try:
        (agent,) = _unpack_dismiss_agent_0(data, offset)
    except StructError:
        explain_malformed(data, offset, _DISMISS_AGENT_0)
        raise
    return DismissAgent(agent), offset + 32


@dataclass(slots=True, init=False)
class RotateKey:
    """From the next quantum on another key is the owner's; all agents are dismissed.

    XDR::

        struct RotateKey {
            Key new_key;
            Signature proof;                  // by the new key, over KeyRotation: nobody hands an account to a key he lacks
        };
    """

    new_key: Key
    proof: Signature

    def __init__(self, new_key: Key, proof: Signature) -> None:
        self.new_key = new_key
        self.proof = proof

    def __reduce__(self) -> tuple[type, tuple[object, ...]]:
        return RotateKey, (
            self.new_key,
            self.proof,
        )

    def to_xdr(self) -> bytes:
        """Encodes the message."""
        return _write_rotate_key(self)

    @classmethod
    def from_xdr(cls, data: bytes) -> "RotateKey":
        """Decodes bytes that are one message and nothing else."""
        value, offset = _read_rotate_key(data, 0)
        if offset != len(data):
            raise MalformedMessage("trailing bytes", "RotateKey")
        return value


_ROTATE_KEY_0: Fields = (
    ("RotateKey", "", Instance(RotateKey)),
    ("RotateKey.new_key", "new_key", Opaque(32)),
    ("RotateKey.proof", "proof", Opaque(64)),
)
_pack_rotate_key_0: Final = Struct(">32s64s").pack


def _write_rotate_key(value: Any) -> bytes:
    try:
        if type(value) is not RotateKey:
            raise ValueError
        new_key = value.new_key
        proof = value.proof
        if len(new_key) != 32 or len(proof) != 64:
            raise ValueError
        part_0 = _pack_rotate_key_0(new_key, proof)
    except Exception:
        explain_unencodable(value, _ROTATE_KEY_0)
        raise
    return part_0


_unpack_rotate_key_0: Final = Struct(">32s64s").unpack_from


def _read_rotate_key(data: bytes, offset: int) -> tuple[RotateKey, int]:
    try:
        new_key, proof = _unpack_rotate_key_0(data, offset)
    except StructError:
        explain_malformed(data, offset, _ROTATE_KEY_0)
        raise
    return RotateKey(new_key, proof), offset + 96


@dataclass(slots=True, init=False)
class KeyRotation:
    """What the new key signs: never sent.

    XDR::

        struct KeyRotation {
            Key account;
            hyper nonce;                      // of the request
            Key new_key;
        };
    """

    account: Key
    nonce: int
    new_key: Key

    def __init__(self, account: Key, nonce: int, new_key: Key) -> None:
        self.account = account
        self.nonce = nonce
        self.new_key = new_key

    def __reduce__(self) -> tuple[type, tuple[object, ...]]:
        return KeyRotation, (
            self.account,
            self.nonce,
            self.new_key,
        )

    def to_xdr(self) -> bytes:
        """Encodes the message."""
        return _write_key_rotation(self)

    @classmethod
    def from_xdr(cls, data: bytes) -> "KeyRotation":
        """Decodes bytes that are one message and nothing else."""
        value, offset = _read_key_rotation(data, 0)
        if offset != len(data):
            raise MalformedMessage("trailing bytes", "KeyRotation")
        return value


_KEY_ROTATION_0: Fields = (
    ("KeyRotation", "", Instance(KeyRotation)),
    ("KeyRotation.account", "account", Opaque(32)),
    ("KeyRotation.nonce", "nonce", INT64),
    ("KeyRotation.new_key", "new_key", Opaque(32)),
)
_pack_key_rotation_0: Final = Struct(">32sq32s").pack


def _write_key_rotation(value: Any) -> bytes:
    try:
        if type(value) is not KeyRotation:
            raise ValueError
        account = value.account
        new_key = value.new_key
        if len(account) != 32 or len(new_key) != 32:
            raise ValueError
        part_0 = _pack_key_rotation_0(account, value.nonce, new_key)
    except Exception:
        explain_unencodable(value, _KEY_ROTATION_0)
        raise
    return part_0


_unpack_key_rotation_0: Final = Struct(">32sq32s").unpack_from


def _read_key_rotation(data: bytes, offset: int) -> tuple[KeyRotation, int]:
    try:
        account, nonce, new_key = _unpack_key_rotation_0(data, offset)
    except StructError:
        explain_malformed(data, offset, _KEY_ROTATION_0)
        raise
    return KeyRotation(account, nonce, new_key), offset + 72


@dataclass(slots=True, init=False)
class LockAccount:
    """Replaces the account's lock. One with an end can be extended before its end, and not be lifted.

    XDR::

        struct LockAccount {
            unsigned int locks;               // 0: unlocks
            Timestamp *until;                 // inclusive; none: until the owner unlocks it
        };
    """

    locks: int
    until: Timestamp | None

    def __init__(self, locks: int, until: Timestamp | None) -> None:
        self.locks = locks
        self.until = until

    def __reduce__(self) -> tuple[type, tuple[object, ...]]:
        return LockAccount, (
            self.locks,
            self.until,
        )

    def to_xdr(self) -> bytes:
        """Encodes the message."""
        return _write_lock_account(self)

    @classmethod
    def from_xdr(cls, data: bytes) -> "LockAccount":
        """Decodes bytes that are one message and nothing else."""
        value, offset = _read_lock_account(data, 0)
        if offset != len(data):
            raise MalformedMessage("trailing bytes", "LockAccount")
        return value


_LOCK_ACCOUNT_0: Fields = (
    ("LockAccount", "", Instance(LockAccount)),
    ("LockAccount.locks", "locks", UINT32),
    ("LockAccount.until", "until", PRESENCE),
)
_UNTIL_IN_LOCK_ACCOUNT_0: Fields = (("LockAccount.until", "", INT64),)
_pack_until_in_lock_account_0: Final = Struct(">iq").pack


def _write_until_in_lock_account(value: Any) -> bytes:
    try:
        part_0 = _pack_until_in_lock_account_0(1, value)
    except Exception:
        explain_unencodable(value, _UNTIL_IN_LOCK_ACCOUNT_0)
        raise
    return part_0


_pack_lock_account_0: Final = Struct(">I").pack


def _write_lock_account(value: Any) -> bytes:
    try:
        if type(value) is not LockAccount:
            raise ValueError
        until = value.until
        part_0 = _pack_lock_account_0(value.locks)
    except Exception:
        explain_unencodable(value, _LOCK_ACCOUNT_0)
        raise
    tail_0 = ABSENT if until is None else _write_until_in_lock_account(until)
    return part_0 + tail_0


_unpack_until_in_lock_account_0: Final = Struct(">q").unpack_from


def _read_until_in_lock_account(data: bytes, offset: int) -> tuple[Timestamp, int]:
    try:
        (value,) = _unpack_until_in_lock_account_0(data, offset)
    except StructError:
        explain_malformed(data, offset, _UNTIL_IN_LOCK_ACCOUNT_0)
        raise
    return value, offset + 8


_unpack_lock_account_0: Final = Struct(">II").unpack_from


def _read_lock_account(data: bytes, offset: int) -> tuple[LockAccount, int]:
    try:
        locks, until__present = _unpack_lock_account_0(data, offset)
        until__present = BOOLEANS[until__present]
    except (StructError, KeyError):
        explain_malformed(data, offset, _LOCK_ACCOUNT_0)
        raise
    offset += 8
    until: Timestamp | None = None
    if until__present:
        until, offset = _read_until_in_lock_account(data, offset)
    return LockAccount(locks, until), offset


@dataclass(slots=True, init=False)
class OpenSubAccount:
    """The account has a sub-account with this number from now on, opened with lumens of its own.

    XDR::

        struct OpenSubAccount {
            unsigned int number;
            Amount amount;                    // of lumens, at least the minimum balance
        };
    """

    number: int
    amount: Amount

    def __init__(self, number: int, amount: Amount) -> None:
        self.number = number
        self.amount = amount

    def __reduce__(self) -> tuple[type, tuple[object, ...]]:
        return OpenSubAccount, (
            self.number,
            self.amount,
        )

    def to_xdr(self) -> bytes:
        """Encodes the message."""
        return _write_open_sub_account(self)

    @classmethod
    def from_xdr(cls, data: bytes) -> "OpenSubAccount":
        """Decodes bytes that are one message and nothing else."""
        value, offset = _read_open_sub_account(data, 0)
        if offset != len(data):
            raise MalformedMessage("trailing bytes", "OpenSubAccount")
        return value


_OPEN_SUB_ACCOUNT_0: Fields = (
    ("OpenSubAccount", "", Instance(OpenSubAccount)),
    ("OpenSubAccount.number", "number", UINT32),
    ("OpenSubAccount.amount", "amount", INT64),
)
_pack_open_sub_account_0: Final = Struct(">Iq").pack


def _write_open_sub_account(value: Any) -> bytes:
    try:
        if type(value) is not OpenSubAccount:
            raise ValueError
        part_0 = _pack_open_sub_account_0(value.number, value.amount)
    except Exception:
        explain_unencodable(value, _OPEN_SUB_ACCOUNT_0)
        raise
    return part_0


_unpack_open_sub_account_0: Final = Struct(">Iq").unpack_from


def _read_open_sub_account(data: bytes, offset: int) -> tuple[OpenSubAccount, int]:
    try:
        number, amount = _unpack_open_sub_account_0(data, offset)
    except StructError:
        explain_malformed(data, offset, _OPEN_SUB_ACCOUNT_0)
        raise
    return OpenSubAccount(number, amount), offset + 12


@dataclass(slots=True, init=False)
class MergeSubAccount:
    """All that the sub-account has is the account's again; it can be opened anew.

    XDR::

        struct MergeSubAccount {
            unsigned int number;
        };
    """

    number: int

    def __init__(self, number: int) -> None:
        self.number = number

    def __reduce__(self) -> tuple[type, tuple[object, ...]]:
        return MergeSubAccount, (self.number,)

    def to_xdr(self) -> bytes:
        """Encodes the message."""
        return _write_merge_sub_account(self)

    @classmethod
    def from_xdr(cls, data: bytes) -> "MergeSubAccount":
        """Decodes bytes that are one message and nothing else."""
        value, offset = _read_merge_sub_account(data, 0)
        if offset != len(data):
            raise MalformedMessage("trailing bytes", "MergeSubAccount")
        return value


_MERGE_SUB_ACCOUNT_0: Fields = (
    ("MergeSubAccount", "", Instance(MergeSubAccount)),
    ("MergeSubAccount.number", "number", UINT32),
)
_pack_merge_sub_account_0: Final = Struct(">I").pack


def _write_merge_sub_account(value: Any) -> bytes:
    try:
        if type(value) is not MergeSubAccount:
            raise ValueError
        part_0 = _pack_merge_sub_account_0(value.number)
    except Exception:
        explain_unencodable(value, _MERGE_SUB_ACCOUNT_0)
        raise
    return part_0


_unpack_merge_sub_account_0: Final = Struct(">I").unpack_from


def _read_merge_sub_account(data: bytes, offset: int) -> tuple[MergeSubAccount, int]:
    try:
        (number,) = _unpack_merge_sub_account_0(data, offset)
    except StructError:
        explain_malformed(data, offset, _MERGE_SUB_ACCOUNT_0)
        raise
    return MergeSubAccount(number), offset + 4


@dataclass(slots=True, init=False)
class Agent:
    """The struct Agent of keys.x.

    XDR::

        struct Agent {
            Key key;
            unsigned int rights;
            Timestamp expires_at;             // inclusive
            hyper nonce;                      // the last one used; at first, the time of its appointment
        };
    """

    key: Key
    rights: int
    expires_at: Timestamp
    nonce: int

    def __init__(self, key: Key, rights: int, expires_at: Timestamp, nonce: int) -> None:
        self.key = key
        self.rights = rights
        self.expires_at = expires_at
        self.nonce = nonce

    def __reduce__(self) -> tuple[type, tuple[object, ...]]:
        return Agent, (
            self.key,
            self.rights,
            self.expires_at,
            self.nonce,
        )

    def to_xdr(self) -> bytes:
        """Encodes the message."""
        return _write_agent(self)

    @classmethod
    def from_xdr(cls, data: bytes) -> "Agent":
        """Decodes bytes that are one message and nothing else."""
        value, offset = _read_agent(data, 0)
        if offset != len(data):
            raise MalformedMessage("trailing bytes", "Agent")
        return value


_AGENT_0: Fields = (
    ("Agent", "", Instance(Agent)),
    ("Agent.key", "key", Opaque(32)),
    ("Agent.rights", "rights", UINT32),
    ("Agent.expires_at", "expires_at", INT64),
    ("Agent.nonce", "nonce", INT64),
)
_pack_agent_0: Final = Struct(">32sIqq").pack


def _write_agent(value: Any) -> bytes:
    try:
        if type(value) is not Agent:
            raise ValueError
        key = value.key
        if len(key) != 32:
            raise ValueError
        part_0 = _pack_agent_0(key, value.rights, value.expires_at, value.nonce)
    except Exception:
        explain_unencodable(value, _AGENT_0)
        raise
    return part_0


_unpack_agent_0: Final = Struct(">32sIqq").unpack_from


def _read_agent(data: bytes, offset: int) -> tuple[Agent, int]:
    try:
        key, rights, expires_at, nonce = _unpack_agent_0(data, offset)
    except StructError:
        explain_malformed(data, offset, _AGENT_0)
        raise
    return Agent(key, rights, expires_at, nonce), offset + 52


@dataclass(slots=True, init=False)
class AccountLock:
    """The struct AccountLock of keys.x.

    XDR::

        struct AccountLock {
            unsigned int locks;
            Timestamp *until;                 // inclusive; none: until the owner unlocks it
        };
    """

    locks: int
    until: Timestamp | None

    def __init__(self, locks: int, until: Timestamp | None) -> None:
        self.locks = locks
        self.until = until

    def __reduce__(self) -> tuple[type, tuple[object, ...]]:
        return AccountLock, (
            self.locks,
            self.until,
        )

    def to_xdr(self) -> bytes:
        """Encodes the message."""
        return _write_account_lock(self)

    @classmethod
    def from_xdr(cls, data: bytes) -> "AccountLock":
        """Decodes bytes that are one message and nothing else."""
        value, offset = _read_account_lock(data, 0)
        if offset != len(data):
            raise MalformedMessage("trailing bytes", "AccountLock")
        return value


_ACCOUNT_LOCK_0: Fields = (
    ("AccountLock", "", Instance(AccountLock)),
    ("AccountLock.locks", "locks", UINT32),
    ("AccountLock.until", "until", PRESENCE),
)
_UNTIL_IN_ACCOUNT_LOCK_0: Fields = (("AccountLock.until", "", INT64),)
_pack_until_in_account_lock_0: Final = Struct(">iq").pack


def _write_until_in_account_lock(value: Any) -> bytes:
    try:
        part_0 = _pack_until_in_account_lock_0(1, value)
    except Exception:
        explain_unencodable(value, _UNTIL_IN_ACCOUNT_LOCK_0)
        raise
    return part_0


_pack_account_lock_0: Final = Struct(">I").pack


def _write_account_lock(value: Any) -> bytes:
    try:
        if type(value) is not AccountLock:
            raise ValueError
        until = value.until
        part_0 = _pack_account_lock_0(value.locks)
    except Exception:
        explain_unencodable(value, _ACCOUNT_LOCK_0)
        raise
    tail_0 = ABSENT if until is None else _write_until_in_account_lock(until)
    return part_0 + tail_0


_unpack_until_in_account_lock_0: Final = Struct(">q").unpack_from


def _read_until_in_account_lock(data: bytes, offset: int) -> tuple[Timestamp, int]:
    try:
        (value,) = _unpack_until_in_account_lock_0(data, offset)
    except StructError:
        explain_malformed(data, offset, _UNTIL_IN_ACCOUNT_LOCK_0)
        raise
    return value, offset + 8


_unpack_account_lock_0: Final = Struct(">II").unpack_from


def _read_account_lock(data: bytes, offset: int) -> tuple[AccountLock, int]:
    try:
        locks, until__present = _unpack_account_lock_0(data, offset)
        until__present = BOOLEANS[until__present]
    except (StructError, KeyError):
        explain_malformed(data, offset, _ACCOUNT_LOCK_0)
        raise
    offset += 8
    until: Timestamp | None = None
    if until__present:
        until, offset = _read_until_in_account_lock(data, offset)
    return AccountLock(locks, until), offset


@dataclass(slots=True, init=False)
class SubAccountOf:
    """An account whose key nobody has the seed of: its owner is always its parent's.

    XDR::

        struct SubAccountOf {
            Key parent;
            unsigned int number;
        };
    """

    parent: Key
    number: int

    def __init__(self, parent: Key, number: int) -> None:
        self.parent = parent
        self.number = number

    def __reduce__(self) -> tuple[type, tuple[object, ...]]:
        return SubAccountOf, (
            self.parent,
            self.number,
        )

    def to_xdr(self) -> bytes:
        """Encodes the message."""
        return _write_sub_account_of(self)

    @classmethod
    def from_xdr(cls, data: bytes) -> "SubAccountOf":
        """Decodes bytes that are one message and nothing else."""
        value, offset = _read_sub_account_of(data, 0)
        if offset != len(data):
            raise MalformedMessage("trailing bytes", "SubAccountOf")
        return value


_SUB_ACCOUNT_OF_0: Fields = (
    ("SubAccountOf", "", Instance(SubAccountOf)),
    ("SubAccountOf.parent", "parent", Opaque(32)),
    ("SubAccountOf.number", "number", UINT32),
)
_pack_sub_account_of_0: Final = Struct(">32sI").pack


def _write_sub_account_of(value: Any) -> bytes:
    try:
        if type(value) is not SubAccountOf:
            raise ValueError
        parent = value.parent
        if len(parent) != 32:
            raise ValueError
        part_0 = _pack_sub_account_of_0(parent, value.number)
    except Exception:
        explain_unencodable(value, _SUB_ACCOUNT_OF_0)
        raise
    return part_0


_unpack_sub_account_of_0: Final = Struct(">32sI").unpack_from


def _read_sub_account_of(data: bytes, offset: int) -> tuple[SubAccountOf, int]:
    try:
        parent, number = _unpack_sub_account_of_0(data, offset)
    except StructError:
        explain_malformed(data, offset, _SUB_ACCOUNT_OF_0)
        raise
    return SubAccountOf(parent, number), offset + 36


@dataclass(slots=True, init=False)
class AccountKeys:
    """What differs from an account whose own key alone signs for it.

    XDR::

        struct AccountKeys {
            Key *owner;                       // since the first rotation; of a sub-account always
            AccountLock *lock;
            Agent agents<MAX_AGENTS>;         // by key
            SubAccountOf *parent;             // of a sub-account
            unsigned int sub_accounts<MAX_SUB_ACCOUNTS>;  // numbers of those that are open, in order
        };
    """

    owner: Key | None
    lock: AccountLock | None
    agents: list[Agent]
    parent: SubAccountOf | None
    sub_accounts: list[int]

    def __init__(
        self,
        owner: Key | None,
        lock: AccountLock | None,
        agents: list[Agent],
        parent: SubAccountOf | None,
        sub_accounts: list[int],
    ) -> None:
        self.owner = owner
        self.lock = lock
        self.agents = agents
        self.parent = parent
        self.sub_accounts = sub_accounts

    def __reduce__(self) -> tuple[type, tuple[object, ...]]:
        return AccountKeys, (
            self.owner,
            self.lock,
            self.agents,
            self.parent,
            self.sub_accounts,
        )

    def to_xdr(self) -> bytes:
        """Encodes the message."""
        return _write_account_keys(self)

    @classmethod
    def from_xdr(cls, data: bytes) -> "AccountKeys":
        """Decodes bytes that are one message and nothing else."""
        value, offset = _read_account_keys(data, 0)
        if offset != len(data):
            raise MalformedMessage("trailing bytes", "AccountKeys")
        return value


_ACCOUNT_KEYS_0: Fields = (
    ("AccountKeys", "", Instance(AccountKeys)),
    ("AccountKeys.owner", "owner", PRESENCE),
)
_ACCOUNT_KEYS_1: Fields = (("AccountKeys.lock", "lock", PRESENCE),)
_ACCOUNT_KEYS_2: Fields = (("AccountKeys.agents", "agents", Items(MAX_AGENTS)),)
_ACCOUNT_KEYS_3: Fields = (("AccountKeys.parent", "parent", PRESENCE),)
_ACCOUNT_KEYS_4: Fields = (("AccountKeys.sub_accounts", "sub_accounts", Items(MAX_SUB_ACCOUNTS)),)
_OWNER_IN_ACCOUNT_KEYS_0: Fields = (("AccountKeys.owner", "", Opaque(32)),)
_pack_owner_in_account_keys_0: Final = Struct(">i32s").pack


def _write_owner_in_account_keys(value: Any) -> bytes:
    try:
        if len(value) != 32:
            raise ValueError
        part_0 = _pack_owner_in_account_keys_0(1, value)
    except Exception:
        explain_unencodable(value, _OWNER_IN_ACCOUNT_KEYS_0)
        raise
    return part_0


_SUB_ACCOUNTS_IN_ACCOUNT_KEYS_0: Fields = (("AccountKeys.sub_accounts", "", UINT32),)
_pack_sub_accounts_in_account_keys_0: Final = Struct(">I").pack


def _write_sub_accounts_in_account_keys(value: Any) -> bytes:
    try:
        part_0 = _pack_sub_accounts_in_account_keys_0(value)
    except Exception:
        explain_unencodable(value, _SUB_ACCOUNTS_IN_ACCOUNT_KEYS_0)
        raise
    return part_0


_pack_account_keys_2: Final = Struct(">I").pack
_pack_account_keys_4: Final = Struct(">I").pack


def _write_account_keys(value: Any) -> bytes:
    try:
        if type(value) is not AccountKeys:
            raise ValueError
        owner = value.owner
    except Exception:
        explain_unencodable(value, _ACCOUNT_KEYS_0)
        raise
    tail_0 = ABSENT if owner is None else _write_owner_in_account_keys(owner)
    try:
        lock = value.lock
    except Exception:
        explain_unencodable(value, _ACCOUNT_KEYS_1)
        raise
    tail_1 = ABSENT if lock is None else PRESENT + _write_account_lock(lock)
    try:
        agents: list[Any] = value.agents
        if type(agents) is not list or len(agents) > MAX_AGENTS:
            raise ValueError
        part_2 = _pack_account_keys_2(len(agents))
    except Exception:
        explain_unencodable(value, _ACCOUNT_KEYS_2)
        raise
    tail_2 = b"".join([_write_agent(item) for item in agents])
    try:
        parent = value.parent
    except Exception:
        explain_unencodable(value, _ACCOUNT_KEYS_3)
        raise
    tail_3 = ABSENT if parent is None else PRESENT + _write_sub_account_of(parent)
    try:
        sub_accounts: list[Any] = value.sub_accounts
        if type(sub_accounts) is not list or len(sub_accounts) > MAX_SUB_ACCOUNTS:
            raise ValueError
        part_4 = _pack_account_keys_4(len(sub_accounts))
    except Exception:
        explain_unencodable(value, _ACCOUNT_KEYS_4)
        raise
    tail_4 = b"".join([_write_sub_accounts_in_account_keys(item) for item in sub_accounts])
    return b"".join((tail_0, tail_1, part_2, tail_2, tail_3, part_4, tail_4))


_unpack_owner_in_account_keys_0: Final = Struct(">32s").unpack_from


def _read_owner_in_account_keys(data: bytes, offset: int) -> tuple[Key, int]:
    try:
        (value,) = _unpack_owner_in_account_keys_0(data, offset)
    except StructError:
        explain_malformed(data, offset, _OWNER_IN_ACCOUNT_KEYS_0)
        raise
    return value, offset + 32


_unpack_sub_accounts_in_account_keys_0: Final = Struct(">I").unpack_from


def _read_sub_accounts_in_account_keys(data: bytes, offset: int) -> tuple[int, int]:
    try:
        (value,) = _unpack_sub_accounts_in_account_keys_0(data, offset)
    except StructError:
        explain_malformed(data, offset, _SUB_ACCOUNTS_IN_ACCOUNT_KEYS_0)
        raise
    return value, offset + 4


_unpack_account_keys_0: Final = Struct(">I").unpack_from
_unpack_account_keys_1: Final = Struct(">I").unpack_from
_unpack_account_keys_2: Final = Struct(">I").unpack_from
_unpack_account_keys_3: Final = Struct(">I").unpack_from
_unpack_account_keys_4: Final = Struct(">I").unpack_from


def _read_account_keys(data: bytes, offset: int) -> tuple[AccountKeys, int]:
    try:
        (owner__present,) = _unpack_account_keys_0(data, offset)
        owner__present = BOOLEANS[owner__present]
    except (StructError, KeyError):
        explain_malformed(data, offset, _ACCOUNT_KEYS_0)
        raise
    offset += 4
    owner: Key | None = None
    if owner__present:
        owner, offset = _read_owner_in_account_keys(data, offset)
    try:
        (lock__present,) = _unpack_account_keys_1(data, offset)
        lock__present = BOOLEANS[lock__present]
    except (StructError, KeyError):
        explain_malformed(data, offset, _ACCOUNT_KEYS_1)
        raise
    offset += 4
    lock: AccountLock | None = None
    if lock__present:
        lock, offset = _read_account_lock(data, offset)
    try:
        (agents__count,) = _unpack_account_keys_2(data, offset)
    except StructError:
        explain_malformed(data, offset, _ACCOUNT_KEYS_2)
        raise
    offset += 4
    if agents__count > MAX_AGENTS or agents__count * 52 > len(data) - offset:
        refuse_count(agents__count, MAX_AGENTS, "AccountKeys.agents")
    agents = []
    for _ in range(agents__count):
        agents__item, offset = _read_agent(data, offset)
        agents.append(agents__item)
    try:
        (parent__present,) = _unpack_account_keys_3(data, offset)
        parent__present = BOOLEANS[parent__present]
    except (StructError, KeyError):
        explain_malformed(data, offset, _ACCOUNT_KEYS_3)
        raise
    offset += 4
    parent: SubAccountOf | None = None
    if parent__present:
        parent, offset = _read_sub_account_of(data, offset)
    try:
        (sub_accounts__count,) = _unpack_account_keys_4(data, offset)
    except StructError:
        explain_malformed(data, offset, _ACCOUNT_KEYS_4)
        raise
    offset += 4
    if sub_accounts__count > MAX_SUB_ACCOUNTS or sub_accounts__count * 4 > len(data) - offset:
        refuse_count(sub_accounts__count, MAX_SUB_ACCOUNTS, "AccountKeys.sub_accounts")
    sub_accounts = []
    for _ in range(sub_accounts__count):
        sub_accounts__item, offset = _read_sub_accounts_in_account_keys(data, offset)
        sub_accounts.append(sub_accounts__item)
    return AccountKeys(owner, lock, agents, parent, sub_accounts), offset
