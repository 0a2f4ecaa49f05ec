"""Whether a Stellar account can receive a withdrawal, as far as the ledger tells before. No I/O.

===========================  ========================================================================================
code                         the ledger would refuse the payment because
===========================  ========================================================================================
DESTINATION_NOT_FOUND        there is no such account, and the request does not say to create it
DESTINATION_EXISTS           there is one, and the request says to create it
BELOW_LEDGER_RESERVE         the amount does not create an account: the ledger's minimum is more
DESTINATION_NO_TRUST         the account has no trust line for the asset; the issuer needs none
DESTINATION_NOT_AUTHORIZED   the issuer has not authorized the trust line
DESTINATION_LINE_FULL        the trust line's limit, or the ledger's largest amount, leaves no room
MEMO_REQUIRED                nothing: the account's owner could not tell whose money it is (SEP-29)
===========================  ========================================================================================

A check is no promise: the account may have changed when the payment is made. Then the payment fails on the ledger, and
the money is given back.
"""

from constellation.protocol.amounts import format_amount
from constellation.protocol.errors import Rejection
from constellation.protocol.messages import AssetIdentity, Code, LedgerDestination
from constellation.protocol.settings_json import format_asset
from constellation.protocol.strkey import encode_public_key
from constellation.stellarlink.ledger_account import LedgerAccount

_ACCOUNT_RESERVES = 2


def check_destination(
    account: LedgerAccount | None,
    destination: LedgerDestination,
    asset: AssetIdentity,
    amount: int,
    base_reserve: int,
) -> None:
    """Check that ``account`` can receive ``amount`` of ``asset``.

    Args:
        account: the destination as the ledger has it; None when it has none.
        destination: as the request names it.
        asset: that is withdrawn.
        amount: in stroops.
        base_reserve: of the latest ledger, in stroops.

    Raises:
        Rejection: it cannot; see the module.
    """
    name = encode_public_key(destination.account)
    if destination.creates:
        _check_creation(account, name, amount, base_reserve)
        return
    if account is None:
        raise Rejection(
            Code.DESTINATION_NOT_FOUND,
            f"{name} is not on the ledger; to create it, withdraw lumens and say that they create it",
        )
    if account.is_memo_required and destination.memo is None and destination.muxed_id is None:
        raise Rejection(
            Code.MEMO_REQUIRED, f"{name} asks for a memo or a muxed address with every payment; its owner gives you one"
        )
    if asset is not None and asset.issuer == destination.account:
        return
    _check_line(account, name, asset, amount)


def _check_creation(account: LedgerAccount | None, name: str, amount: int, base_reserve: int) -> None:
    if account is not None:
        raise Rejection(Code.DESTINATION_EXISTS, f"{name} is on the ledger already; withdraw without creating it")
    minimum = _ACCOUNT_RESERVES * base_reserve
    if amount < minimum:
        raise Rejection(
            Code.BELOW_LEDGER_RESERVE,
            f"an account is created with at least {format_amount(minimum)} lumens, not {format_amount(amount)}",
        )


def _check_line(account: LedgerAccount, name: str, asset: AssetIdentity, amount: int) -> None:
    line, shown = account.balance(asset), format_asset(asset)
    if line is None:
        raise Rejection(
            Code.DESTINATION_NO_TRUST,
            f"{name} has no trust line for {shown}; it must trust the asset first",
        )
    if not line.is_authorized:
        raise Rejection(Code.DESTINATION_NOT_AUTHORIZED, f"the issuer has not authorized {name} to hold {shown}")
    if amount > line.room:
        raise Rejection(
            Code.DESTINATION_LINE_FULL,
            f"{name} has room for {format_amount(max(0, line.room))} of {shown}; {format_amount(amount)} is too much",
        )
