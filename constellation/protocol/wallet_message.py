"""Requests that an ordinary Stellar wallet can sign: as a text for people to read (SEP-53).

So the owner of an account can appoint and dismiss agents and register a routing id, with a key that never leaves the
wallet. The text follows from the request alone, and has all of it: what is signed for one constellation, account, agent
or time is worth nothing for another. A wallet signs SHA-256 of ``Stellar Signed Message:``, a line feed and the text.
"""

from hashlib import sha256
from typing import Final

from constellation.protocol.messages import (
    RIGHT_PAY,
    RIGHT_TRADE,
    RIGHT_WITHDRAW,
    AppointAgent,
    DismissAgent,
    RegisterRouting,
    Request,
)
from constellation.protocol.strkey import encode_public_key

_PREFIX: Final = b"Stellar Signed Message:\n"
_RIGHTS: Final = ((RIGHT_TRADE, "trade"), (RIGHT_PAY, "pay"), (RIGHT_WITHDRAW, "withdraw"))
_SECOND_US: Final = 1_000_000
_DAY_US: Final = 86_400 * _SECOND_US
_ERA_DAYS: Final = 146_097  # the Gregorian calendar repeats itself after 400 years
_EPOCH_DAYS: Final = 719_468  # from 0000-03-01 to 1970-01-01


def wallet_digest(text: str) -> bytes:
    """What a wallet signs for ``text``, 32 bytes (SEP-53)."""
    return sha256(_PREFIX + text.encode()).digest()


def wallet_text(constellation: bytes, request: Request) -> str | None:
    """The text that a wallet signs for ``request``; None where a request must be signed otherwise.

    Args:
        constellation: its id.
        request: of whatever operation.
    """
    match request.operation:
        case AppointAgent(agent=agent, rights=rights, expires_at=expires_at):
            what = [
                f"Appoint agent: {encode_public_key(agent)}",
                f"Rights: {rights_text(rights)}",
                f"Expires at: {time_text(expires_at)}",
            ]
        case DismissAgent(agent=agent):
            what = [f"Dismiss agent: {encode_public_key(agent)}"]
        case RegisterRouting(routing_id=routing_id):
            what = [f"Register routing id: {routing_id}"]
        case _:
            return None
    signer = [] if request.signer is None else [f"Signed by: {encode_public_key(request.signer)}"]
    lines = [
        f"Constellation: {constellation.hex()}",
        f"Account: {encode_public_key(request.account)}",
        *signer,
        *what,
        f"Nonce: {request.nonce}",
        f"Valid until: {time_text(request.valid_until)}",
    ]
    return "\n".join(lines)


def rights_text(rights: int) -> str:
    """Rights in words; bits that mean nothing are shown as a number, so that no two rights have one text."""
    words = [word for bit, word in _RIGHTS if rights & bit]
    rest = rights & ~(RIGHT_TRADE | RIGHT_PAY | RIGHT_WITHDRAW)
    return ", ".join([*words, *([str(rest)] if rest else [])]) or "none"


def time_text(time_us: int) -> str:
    """ISO 8601 in UTC with microseconds, of any number of them since 1970, also of one that no calendar needs."""
    days, rest_us = divmod(time_us, _DAY_US)
    seconds, microseconds = divmod(rest_us, _SECOND_US)
    year, month, day = _civil(days)
    hour, minute, second = seconds // 3600, seconds // 60 % 60, seconds % 60
    return f"{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{microseconds:06}Z"


def _civil(days: int) -> tuple[int, int, int]:
    """Year, month and day of a number of days since 1970, counted in years that begin in March."""
    era, day_of_era = divmod(days + _EPOCH_DAYS, _ERA_DAYS)
    year_of_era = (day_of_era - day_of_era // 1_460 + day_of_era // 36_524 - day_of_era // 146_096) // 365
    day_of_year = day_of_era - (365 * year_of_era + year_of_era // 4 - year_of_era // 100)
    march_month = (5 * day_of_year + 2) // 153
    day = day_of_year - (153 * march_month + 2) // 5 + 1
    month = march_month + 3 if march_month < 10 else march_month - 9
    return era * 400 + year_of_era + (month <= 2), month, day
