"""Readable codec of keys.x.

Generated from xdr/keys.x by tools/xdr_generator.py; do not edit.

Who may sign for an account, and what nobody may ask for while it is locked.
"""

from xdrlib3 import Packer, Unpacker

from constellation.protocol.messages.keys import (
    MAX_AGENTS,
    MAX_SUB_ACCOUNTS,
    AccountKeys,
    AccountLock,
    Agent,
    AppointAgent,
    DismissAgent,
    KeyRotation,
    LockAccount,
    MergeSubAccount,
    OpenSubAccount,
    RotateKey,
    SubAccountOf,
)
from constellation.protocol.reference.primitives import (
    expect_class,
    pack_array,
    pack_fixed_opaque,
    pack_int64,
    pack_optional,
    pack_uint32,
    unpack_array,
    unpack_fixed_opaque,
    unpack_int64,
    unpack_optional,
    unpack_uint32,
)


def pack_appoint_agent(packer: Packer, value: AppointAgent) -> None:
    """Packs AppointAgent."""
    expect_class(value, AppointAgent)
    pack_fixed_opaque(packer, value.agent, 32, "AppointAgent.agent")
    pack_uint32(packer, value.rights, "AppointAgent.rights")
    pack_int64(packer, value.expires_at, "AppointAgent.expires_at")


def unpack_appoint_agent(unpacker: Unpacker) -> AppointAgent:
    """Unpacks AppointAgent."""
    return AppointAgent(
        agent=unpack_fixed_opaque(unpacker, 32, "AppointAgent.agent"),
        rights=unpack_uint32(unpacker, "AppointAgent.rights"),
        expires_at=unpack_int64(unpacker, "AppointAgent.expires_at"),
    )


def pack_dismiss_agent(packer: Packer, value: DismissAgent) -> None:
    """Packs DismissAgent."""
    expect_class(value, DismissAgent)
    pack_fixed_opaque(packer, value.agent, 32, "DismissAgent.agent")


def unpack_dismiss_agent(unpacker: Unpacker) -> DismissAgent:
    """Unpacks DismissAgent."""
    return DismissAgent(
        agent=unpack_fixed_opaque(unpacker, 32, "DismissAgent.agent"),
    )


def pack_rotate_key(packer: Packer, value: RotateKey) -> None:
    """Packs RotateKey."""
    expect_class(value, RotateKey)
    pack_fixed_opaque(packer, value.new_key, 32, "RotateKey.new_key")
    pack_fixed_opaque(packer, value.proof, 64, "RotateKey.proof")


def unpack_rotate_key(unpacker: Unpacker) -> RotateKey:
    """Unpacks RotateKey."""
    return RotateKey(
        new_key=unpack_fixed_opaque(unpacker, 32, "RotateKey.new_key"),
        proof=unpack_fixed_opaque(unpacker, 64, "RotateKey.proof"),
    )


def pack_key_rotation(packer: Packer, value: KeyRotation) -> None:
    """Packs KeyRotation."""
    expect_class(value, KeyRotation)
    pack_fixed_opaque(packer, value.account, 32, "KeyRotation.account")
    pack_int64(packer, value.nonce, "KeyRotation.nonce")
    pack_fixed_opaque(packer, value.new_key, 32, "KeyRotation.new_key")


def unpack_key_rotation(unpacker: Unpacker) -> KeyRotation:
    """Unpacks KeyRotation."""
    return KeyRotation(
        account=unpack_fixed_opaque(unpacker, 32, "KeyRotation.account"),
        nonce=unpack_int64(unpacker, "KeyRotation.nonce"),
        new_key=unpack_fixed_opaque(unpacker, 32, "KeyRotation.new_key"),
    )


def pack_lock_account(packer: Packer, value: LockAccount) -> None:
    """Packs LockAccount."""
    expect_class(value, LockAccount)
    pack_uint32(packer, value.locks, "LockAccount.locks")
    pack_optional(packer, value.until, lambda packer, item: pack_int64(packer, item, "LockAccount.until"))


def unpack_lock_account(unpacker: Unpacker) -> LockAccount:
    """Unpacks LockAccount."""
    return LockAccount(
        locks=unpack_uint32(unpacker, "LockAccount.locks"),
        until=unpack_optional(
            unpacker, lambda unpacker: unpack_int64(unpacker, "LockAccount.until"), "LockAccount.until"
        ),
    )


def pack_open_sub_account(packer: Packer, value: OpenSubAccount) -> None:
    """Packs OpenSubAccount."""
    expect_class(value, OpenSubAccount)
    pack_uint32(packer, value.number, "OpenSubAccount.number")
    pack_int64(packer, value.amount, "OpenSubAccount.amount")


def unpack_open_sub_account(unpacker: Unpacker) -> OpenSubAccount:
    """Unpacks OpenSubAccount."""
    return OpenSubAccount(
        number=unpack_uint32(unpacker, "OpenSubAccount.number"),
        amount=unpack_int64(unpacker, "OpenSubAccount.amount"),
    )


def pack_merge_sub_account(packer: Packer, value: MergeSubAccount) -> None:
    """Packs MergeSubAccount."""
    expect_class(value, MergeSubAccount)
    pack_uint32(packer, value.number, "MergeSubAccount.number")


def unpack_merge_sub_account(unpacker: Unpacker) -> MergeSubAccount:
    """Unpacks MergeSubAccount."""
    return MergeSubAccount(
        number=unpack_uint32(unpacker, "MergeSubAccount.number"),
    )


def pack_agent(packer: Packer, value: Agent) -> None:
    """Packs Agent."""
    expect_class(value, Agent)
    pack_fixed_opaque(packer, value.key, 32, "Agent.key")
    pack_uint32(packer, value.rights, "Agent.rights")
    pack_int64(packer, value.expires_at, "Agent.expires_at")
    pack_int64(packer, value.nonce, "Agent.nonce")


def unpack_agent(unpacker: Unpacker) -> Agent:
    """Unpacks Agent."""
    return Agent(
        key=unpack_fixed_opaque(unpacker, 32, "Agent.key"),
        rights=unpack_uint32(unpacker, "Agent.rights"),
        expires_at=unpack_int64(unpacker, "Agent.expires_at"),
        nonce=unpack_int64(unpacker, "Agent.nonce"),
    )


def pack_account_lock(packer: Packer, value: AccountLock) -> None:
    """Packs AccountLock."""
    expect_class(value, AccountLock)
    pack_uint32(packer, value.locks, "AccountLock.locks")
    pack_optional(packer, value.until, lambda packer, item: pack_int64(packer, item, "AccountLock.until"))


def unpack_account_lock(unpacker: Unpacker) -> AccountLock:
    """Unpacks AccountLock."""
    return AccountLock(
        locks=unpack_uint32(unpacker, "AccountLock.locks"),
        until=unpack_optional(
            unpacker, lambda unpacker: unpack_int64(unpacker, "AccountLock.until"), "AccountLock.until"
        ),
    )


def pack_sub_account_of(packer: Packer, value: SubAccountOf) -> None:
    """Packs SubAccountOf."""
    expect_class(value, SubAccountOf)
    pack_fixed_opaque(packer, value.parent, 32, "SubAccountOf.parent")
    pack_uint32(packer, value.number, "SubAccountOf.number")


def unpack_sub_account_of(unpacker: Unpacker) -> SubAccountOf:
    """Unpacks SubAccountOf."""
    return SubAccountOf(
        parent=unpack_fixed_opaque(unpacker, 32, "SubAccountOf.parent"),
        number=unpack_uint32(unpacker, "SubAccountOf.number"),
    )


def pack_account_keys(packer: Packer, value: AccountKeys) -> None:
    """Packs AccountKeys."""
    expect_class(value, AccountKeys)
    pack_optional(packer, value.owner, lambda packer, item: pack_fixed_opaque(packer, item, 32, "AccountKeys.owner"))
    pack_optional(packer, value.lock, pack_account_lock)
    pack_array(packer, value.agents, pack_agent, MAX_AGENTS, "AccountKeys.agents")
    pack_optional(packer, value.parent, pack_sub_account_of)
    pack_array(
        packer,
        value.sub_accounts,
        lambda packer, item: pack_uint32(packer, item, "AccountKeys.sub_accounts"),
        MAX_SUB_ACCOUNTS,
        "AccountKeys.sub_accounts",
    )


def unpack_account_keys(unpacker: Unpacker) -> AccountKeys:
    """Unpacks AccountKeys."""
    return AccountKeys(
        owner=unpack_optional(
            unpacker, lambda unpacker: unpack_fixed_opaque(unpacker, 32, "AccountKeys.owner"), "AccountKeys.owner"
        ),
        lock=unpack_optional(unpacker, unpack_account_lock, "AccountKeys.lock"),
        agents=unpack_array(unpacker, unpack_agent, 52, MAX_AGENTS, "AccountKeys.agents"),
        parent=unpack_optional(unpacker, unpack_sub_account_of, "AccountKeys.parent"),
        sub_accounts=unpack_array(
            unpacker,
            lambda unpacker: unpack_uint32(unpacker, "AccountKeys.sub_accounts"),
            4,
            MAX_SUB_ACCOUNTS,
            "AccountKeys.sub_accounts",
        ),
    )
