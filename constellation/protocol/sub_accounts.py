"""The keys of sub-accounts: a hash of the parent's key and a number, so nobody has the seed of one.

They are ordinary accounts otherwise. Whoever knows a parent's key can work out all of them.
"""

from hashlib import sha256
from typing import Final

from constellation.protocol.messages import MAX_SUB_ACCOUNTS as MAX_SUB_ACCOUNTS

_TAG: Final = b"Constellation sub-account 1\x00"


def sub_account_key(parent: bytes, number: int) -> bytes:
    """The key of an account's sub-account, whether it is open or not.

    Args:
        parent: the account's key, 32 bytes.
        number: from 1 to 16.

    Raises:
        ValueError: no sub-account can have this number.
    """
    if not 1 <= number <= MAX_SUB_ACCOUNTS:
        raise ValueError(f"sub-accounts are numbered from 1 to {MAX_SUB_ACCOUNTS}, not {number}")
    return sha256(_TAG + parent + number.to_bytes(4, "big")).digest()
