"""Reading a request's parameters. Unknown ones are ignored: the SDKs add some of their own."""

from collections.abc import Callable, Mapping
from typing import TypeVar

from constellation.sandbox.addresses import decode_public_key
from constellation.sandbox.limits import INT64_MAX, PAGE_RECORDS_DEFAULT, PAGE_RECORDS_MAX, UINT32_MAX
from constellation.sandbox.problems import bad_request
from constellation.sandbox.tape import Order, Page

Query = Mapping[str, str]
K = TypeVar("K", int, tuple[int, int], str)


def parse_page(query: Query, parse_cursor: Callable[[str], K | None]) -> Page[K]:
    """Reads cursor, order and limit.

    Raises:
        Problem: naming the parameter that is wrong.
    """
    order_text = query.get("order") or Order.ASCENDING.value
    orders = {order.value: order for order in Order}
    if order_text not in orders:
        raise bad_request("order", "order: invalid value")
    cursor_text = query.get("cursor", "")
    return Page(
        cursor=parse_cursor(cursor_text) if cursor_text else None,
        order=orders[order_text],
        limit=_parse_limit(query.get("limit", "")),
    )


def _parse_limit(text: str) -> int:
    limit = parse_number(text or str(PAGE_RECORDS_DEFAULT))
    if not limit:
        raise bad_request("limit", "limit must be a positive number")
    if limit > PAGE_RECORDS_MAX:
        raise bad_request("limit", f"limit {limit} is greater than limit max of {PAGE_RECORDS_MAX}")
    return limit


def parse_number(text: str, maximum: int = INT64_MAX) -> int | None:
    """Reads a whole number, or returns None when it is none or too large."""
    is_decimal = text.isascii() and text.isdigit() and len(text) <= 20
    number = int(text) if is_decimal else None
    return None if number is None or number > maximum else number


def parse_toid(text: str) -> int:
    """Reads a cursor that is a total order id."""
    number = parse_number(text)
    if number is None:
        raise bad_request("cursor", "cursor: invalid value")
    return number


def parse_effect_cursor(text: str) -> tuple[int, int]:
    """Reads a cursor of the form `<operation>-<order>`; the order may be missing."""
    operation, _, order = text.partition("-")
    return parse_toid(operation), parse_toid(order or "0")


def parse_operation_id(text: str) -> int:
    """Reads an operation's id in a path."""
    number = parse_number(text)
    if number is None:
        raise bad_request("id", "id: invalid value")
    return number


def parse_ledger_sequence(text: str) -> int:
    """Reads a ledger's number in a path."""
    number = parse_number(text, UINT32_MAX)
    if number is None:
        raise bad_request("ledger_id", "ledger_id: invalid value")
    return number


def parse_account_id(text: str, field: str = "account_id") -> str:
    """Reads an account's address."""
    try:
        decode_public_key(text)
    except ValueError:
        reason = "Account ID must start with `G` and contain 56 alphanum characters"
        raise bad_request(field, reason) from None
    return text


def parse_transaction_hash(text: str) -> str:
    """Reads a transaction's hash."""
    is_hash = len(text) == 64 and set(text) <= set("0123456789abcdef")
    if not is_hash:
        raise bad_request("tx_id", "Transaction hash must be a hex-encoded, lowercase SHA-256 hash")
    return text


def parse_flag(query: Query, name: str) -> bool:
    """Reads a flag: `true` or `false`, false by default."""
    text = query.get(name) or "false"
    if text not in {"true", "false"}:
        raise bad_request(name, f"{name}: invalid value")
    return text == "true"


def parse_join(query: Query) -> bool:
    """Reads whether operations come with their transactions."""
    text = query.get("join", "")
    if text not in {"", "transactions"}:
        raise bad_request("join", "Accepted values: transactions")
    return text == "transactions"
