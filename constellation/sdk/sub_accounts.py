"""Sub-accounts by their numbers."""

from collections.abc import Mapping

from constellation.protocol.messages import MAX_SUB_ACCOUNTS, AccountEntry
from constellation.protocol.strkey import encode_public_key
from constellation.protocol.sub_accounts import sub_account_key
from constellation.sdk.errors import InvalidRequest


def checked_number(number: int) -> int:
    """The number of a sub-account.

    Raises:
        InvalidRequest: no sub-account can have it.
    """
    if isinstance(number, bool) or not isinstance(number, int) or not 1 <= number <= MAX_SUB_ACCOUNTS:
        raise InvalidRequest(f"sub_account {number!r}: sub-accounts are numbered from 1 to {MAX_SUB_ACCOUNTS}")
    return number


def account_meant(account: bytes, sub_account: int | None) -> bytes:
    """The key of an account, or of its sub-account with a number.

    Raises:
        InvalidRequest: no sub-account can have the number.
    """
    return account if sub_account is None else sub_account_key(account, checked_number(sub_account))


def sub_accounts_of(entry: AccountEntry | None) -> Mapping[int, str]:
    """Addresses of the open sub-accounts of an account, by their numbers."""
    numbers = [] if entry is None or entry.keys is None else entry.keys.sub_accounts
    return {number: encode_public_key(sub_account_key(entry.account, number)) for number in numbers}  # type: ignore[union-attr]


def parent_of(entry: AccountEntry | None) -> str | None:
    """Address of the account whose sub-account it is."""
    if entry is None or entry.keys is None or entry.keys.parent is None:
        return None
    return encode_public_key(entry.keys.parent.parent)
