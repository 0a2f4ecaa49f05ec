"""Horizon's JSON documents as this package's records, without I/O. Everything in them is untrusted.

What is not exactly as documented raises :class:`MalformedAnswer` and nothing else: amounts are decimal text
with at most seven decimals, 64-bit numbers are text, 32-bit numbers are numbers, times are RFC 3339 in UTC.
"""

import re
from base64 import b64decode
from calendar import timegm
from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeVar

from constellation.protocol.amounts import parse_amount
from constellation.protocol.limits import INT64_MAX
from constellation.protocol.messages import AssetIdentity, CreditAsset
from constellation.protocol.strkey import decode_public_key
from constellation.stellarlink.errors import MalformedAnswer
from constellation.stellarlink.network import (
    LedgerAccount,
    LedgerBalance,
    LedgerRecord,
    NetworkInfo,
    TransactionRecord,
)
from constellation.stellarlink.toid import TOID_MAX, ledger_of

Json = dict[str, Any]
Parsed = TypeVar("Parsed")

_UINT32_MAX = 2**32 - 1
_WEIGHT_MAX = 255
_HASH = re.compile(r"[0-9a-f]{64}")
_DIGITS = re.compile(r"[0-9]{1,19}")
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z", re.ASCII)
_CREDIT_TYPES = ("credit_alphanum4", "credit_alphanum12")
_TEXT_MAX = 1024 * 1024


def guarded(what: str, parse: Callable[[Any], Parsed], document: object) -> Parsed:
    """``parse(document)`` with every way to be malformed turned into :class:`MalformedAnswer`.

    Args:
        what: names the document in the message.
        parse: one of this module's parsers.
        document: decoded JSON.
    """
    try:
        return parse(document)
    except (KeyError, IndexError, TypeError, AttributeError, ValueError, ArithmeticError) as error:
        raise MalformedAnswer(f"Horizon's {what} is not as documented: {error!r:.200}") from None


def parse_root(document: Json) -> tuple[str, int, int, int]:
    """Passphrase, latest ledger, its close time and the oldest ledger in ``GET /``."""
    return (
        _text(document["network_passphrase"], 128),
        _number(document["history_latest_ledger"], _UINT32_MAX),
        _time_s(document["history_latest_ledger_closed_at"]),
        _number(document["history_elder_ledger"], _UINT32_MAX),
    )


def parse_network(root: tuple[str, int, int, int], ledgers: Json) -> NetworkInfo:
    """The network behind a parsed root and the page with the latest ledger."""
    passphrase, latest, closed_at_s, oldest = root
    ledger = _records(ledgers)[0]
    return NetworkInfo(
        passphrase=passphrase,
        latest_ledger=latest,
        latest_closed_at_s=closed_at_s,
        oldest_ledger=oldest,
        base_fee=_number(ledger["base_fee_in_stroops"], _UINT32_MAX),
        base_reserve=_number(ledger["base_reserve_in_stroops"], _UINT32_MAX),
    )


def parse_account(document: Json) -> LedgerAccount:
    """``GET /accounts/{address}``."""
    thresholds = document["thresholds"]
    return LedgerAccount(
        address=_address(document["account_id"]),
        sequence=_long(document["sequence"]),
        balances=tuple(
            _balance(item) for item in document["balances"] if item["asset_type"] != "liquidity_pool_shares"
        ),
        signers={_text(item["key"], 256): _number(item["weight"], _WEIGHT_MAX) for item in document["signers"]},
        thresholds=(
            _number(thresholds["low_threshold"], _WEIGHT_MAX),
            _number(thresholds["med_threshold"], _WEIGHT_MAX),
            _number(thresholds["high_threshold"], _WEIGHT_MAX),
        ),
        data={_text(name, 64): b64decode(value, validate=True) for name, value in document["data"].items()},
        reserves=_reserves(document),
    )


def _reserves(document: Json) -> int:
    """Two for the account, one for each entry, more for what it sponsors and fewer for what others sponsor."""
    names = ("subentry_count", "num_sponsoring", "num_sponsored")
    entries, sponsoring, sponsored = (_number(document.get(name, 0), _UINT32_MAX) for name in names)
    return 2 + entries + sponsoring - sponsored


def _balance(item: Json) -> LedgerBalance:
    if item["asset_type"] == "native":
        return LedgerBalance(None, _amount(item["balance"]), None, is_authorized=True)
    is_authorized = item["is_authorized"]
    if not isinstance(is_authorized, bool):
        raise TypeError("is_authorized is no boolean")
    buying = _amount(item.get("buying_liabilities", "0"))
    return LedgerBalance(_asset(item), _amount(item["balance"]), _amount(item["limit"]), is_authorized, buying)


def _asset(item: Json) -> AssetIdentity:
    if item["asset_type"] not in _CREDIT_TYPES:
        raise ValueError(f"unknown asset type {item['asset_type']!r}")
    return CreditAsset(_text(item["asset_code"], 12), decode_public_key(item["asset_issuer"]))


def parse_ledgers(document: Json) -> list[LedgerRecord]:
    """A page of ``GET /ledgers``."""
    return [
        LedgerRecord(_number(item["sequence"], _UINT32_MAX), _time_s(item["closed_at"])) for item in _records(document)
    ]


def parse_transactions(document: Json) -> tuple[TransactionRecord, ...]:
    """A page of ``GET /accounts/{address}/transactions``."""
    return tuple(parse_transaction(item) for item in _records(document))


def parse_transaction(item: Json) -> TransactionRecord:
    """``GET /transactions/{hash}``, or one record of a page."""
    toid, ledger = _long(item["paging_token"]), _number(item["ledger"], _UINT32_MAX)
    if ledger_of(toid) != ledger or toid & 0xFFF or not toid & 0xFFFF_F000:
        raise ValueError(f"paging token {toid} is no transaction of ledger {ledger}")
    if not isinstance(item["successful"], bool):
        raise TypeError("successful is no boolean")
    if not _HASH.fullmatch(item["hash"]):
        raise ValueError("hash is no hash")
    return TransactionRecord(
        toid=toid,
        hash=item["hash"],
        ledger=ledger,
        successful=item["successful"],
        source=_address(item["source_account"]),
        sequence=_long(item["source_account_sequence"]),
        envelope_xdr=_text(item["envelope_xdr"], _TEXT_MAX),
        result_xdr=_text(item["result_xdr"], _TEXT_MAX),
    )


def parse_result_codes(document: Json) -> tuple[str | None, tuple[str, ...]]:
    """Codes in a ``transaction_failed`` problem: the (inner) transaction's and the operations'."""
    codes = document["extras"]["result_codes"]
    transaction = codes.get("inner_transaction") or codes["transaction"]
    return _text(transaction, 64), tuple(_text(code, 64) for code in codes.get("operations") or [])


def parse_problem(document: Json) -> str:
    """One line about a problem document (RFC 7807), for people."""
    words = [document.get("title"), document.get("detail")]
    return ": ".join(word.splitlines()[0][:200] for word in words if isinstance(word, str) and word.strip())


def parse_problem_type(document: Json) -> str:
    """The last part of a problem's type, such as ``not_found``."""
    return _text(document["type"], 256).rpartition("/")[2]


def _records(document: Json) -> list[Json]:
    records = document["_embedded"]["records"]
    if not isinstance(records, list):
        raise TypeError("records is no list")
    return records


def _text(value: object, longest: int) -> str:
    if not isinstance(value, str) or len(value) > longest:
        raise ValueError(f"not a text of at most {longest} characters")
    return value


def _number(value: object, largest: int) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= largest:
        raise ValueError(f"{value!r:.40} is no whole number up to {largest}")
    return value


def _long(value: object) -> int:
    """A 64-bit number, which Horizon writes as text."""
    if not isinstance(value, str) or not _DIGITS.fullmatch(value) or int(value) > TOID_MAX:
        raise ValueError(f"{value!r:.40} is no 64-bit number")
    return int(value)


def _amount(value: object) -> int:
    amount = parse_amount(_text(value, 24))
    if not 0 <= amount <= INT64_MAX:
        raise ValueError(f"amount {value!r} is negative")
    return amount


def _address(value: object) -> str:
    address = _text(value, 56)
    decode_public_key(address)
    return address


def _time_s(value: object) -> int:
    text = _text(value, 40)
    if not _TIME.fullmatch(text):
        raise ValueError(f"{text!r} is no time in UTC")
    return timegm(datetime.fromisoformat(text).utctimetuple())
