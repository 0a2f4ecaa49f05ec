"""Reads a plan's file: what a signer needs of it, and the signatures. Everything in it is untrusted."""

import json
from base64 import b64decode, b64encode
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from constellation.protocol.amounts import format_amount, parse_amount
from constellation.protocol.limits import INT64_MAX, LEDGER_OPERATIONS_MAX
from constellation.protocol.messages import Code, LedgerSigners, QuorumRule
from constellation.protocol.quorum import quorum_of
from constellation.protocol.settings_json import format_asset, parse_asset
from constellation.protocol.strkey import decode_public_key
from constellation.stellarlink.refund_document import FORMAT, KIND, Json
from constellation.stellarlink.refund_model import (
    FEE_MAX_STROOPS,
    Anchor,
    ChannelAccount,
    Choices,
    LedgerFacts,
    Obstacle,
    RefundRefused,
    VaultLine,
)

PLAN_MAX_BYTES: Final = 256 * 1024 * 1024
"""Longest file that is read: several hundred thousand owners."""

_CERTIFICATE_MAX_BYTES = 64 * 1024
_FEE_MIN_STROOPS = 100
_SIGNATURE_BYTES = 64

Parsed = TypeVar("Parsed")


@dataclass(slots=True)
class PlanFile:
    """A plan's file.

    Attributes:
        document: all of it but the signatures.
        signers: who sign for vault and channels, as it claims.
        anchor: the state that it claims to return.
        facts: of the ledger, as it claims.
        choices: of its maker.
        signatures: by auditor's address, one for each transaction; not checked.
    """

    document: Json
    signers: LedgerSigners
    anchor: Anchor
    facts: LedgerFacts
    choices: Choices
    signatures: dict[str, list[bytes]]


def read_plan(text: bytes) -> PlanFile:
    """A plan from the bytes of its file.

    Raises:
        RefundRefused: MALFORMED: it is no plan that this version can read.
    """
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        raise RefundRefused("the file is no JSON document", Code.MALFORMED) from None
    if not isinstance(document, dict) or document.get("kind") != KIND:
        raise RefundRefused("the file is no refund plan", Code.MALFORMED)
    if document.get("format") != FORMAT:
        raise RefundRefused(f"the plan has another format than {FORMAT}", Code.UNSUPPORTED_VERSION)
    signatures = _guarded("signatures", _signatures, document.pop("signatures", {}))
    return PlanFile(
        document,
        _guarded("signers", _signers, document.get("signers")),
        _guarded("state", _anchor, document.get("state")),
        _guarded("ledger", _facts, document.get("ledger")),
        _guarded("choices", _choices, document.get("choices")),
        signatures,
    )


def write_plan(document: Json, signatures: dict[str, list[bytes]]) -> bytes:
    """The bytes of a plan's file."""
    signed = {key: [b64encode(item).decode() for item in signatures[key]] for key in sorted(signatures)}
    return json.dumps({**document, "signatures": signed}, indent=1).encode() + b"\n"


def _guarded(part: str, parse: Callable[[Any], Parsed], value: object) -> Parsed:
    try:
        return parse(value)
    except (KeyError, TypeError, ValueError, AttributeError, IndexError) as error:
        raise RefundRefused(f"the plan's part {part!r} is malformed: {error!r:.200}", Code.MALFORMED) from None


def _signers(value: Any) -> LedgerSigners:
    auditors = [decode_public_key(item) for item in value["auditors"]]
    signers = LedgerSigners(auditors, QuorumRule[value["quorum_rule"].upper()])
    if len(dict.fromkeys(auditors)) != len(auditors) or not 0 < _number(value["quorum"]) <= len(auditors):
        raise ValueError(f"{value['quorum']!r} of {len(auditors)} signers, or one of them twice")
    if value["quorum"] != quorum_of(signers):
        raise ValueError(f"{value['quorum']} is no quorum of {len(auditors)} signers")
    return signers


def _signatures(value: Any) -> dict[str, list[bytes]]:
    found = {}
    for key, items in value.items():
        decode_public_key(key)
        found[key] = [b64decode(item, validate=True) for item in items]
        if any(len(item) != _SIGNATURE_BYTES for item in found[key]):
            raise ValueError(f"a signature of {key} does not have {_SIGNATURE_BYTES} bytes")
    return found


def _anchor(value: Any) -> Anchor:
    certificate = b64decode(value["certificate"], validate=True)
    if len(certificate) > _CERTIFICATE_MAX_BYTES:
        raise ValueError("the certificate is too long")
    return Anchor(
        _number(value["batch"]), _hash(value["header"]), _hash(value["state_root"]), _long(value["ledger_cursor"]),
        certificate,
    )  # fmt: skip


def _facts(value: Any) -> LedgerFacts:
    return LedgerFacts(
        ledger=_number(value["ledger"]),
        closed_at_s=_number(value["closed_at_s"]),
        base_reserve=_number(value["base_reserve_stroops"]),
        vault={
            _asset(asset): VaultLine(_amount(line["amount"]), _flag(line["is_authorized"]))
            for asset, line in value["vault"].items()
        },
        vault_reserves=_number(value["vault_reserves"]),
        channels=tuple(
            ChannelAccount(_address(item["account"]), _long(item["sequence"]), _amount(item["spendable"]))
            for item in value["channels"]
        ),
        obstacles={
            (_address(item["owner"]), _asset(item["asset"])): Obstacle(item["obstacle"]) for item in value["obstacles"]
        },
    )


def _choices(value: Any) -> Choices:
    fee, operations = _number(value["fee_per_operation_stroops"]), _number(value["operations"])
    if not _FEE_MIN_STROOPS <= fee <= FEE_MAX_STROOPS or not 1 <= operations <= LEDGER_OPERATIONS_MAX:
        raise ValueError(f"a fee of {fee} stroops or {operations} operations in a transaction")
    return Choices(
        max_time_s=_number(value["max_time_s"]),
        fee_per_operation=fee,
        operations=operations,
        set_aside=tuple(_asset(item) for item in value["set_aside"]),
        surplus={_asset(asset): _amount(amount) for asset, amount in value["surplus"].items()},
        donors=tuple(_address(item) for item in value["donors"]),
    )


def _number(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= INT64_MAX:
        raise ValueError(f"{value!r:.40} is no whole number")
    return value


def _long(value: str) -> int:
    if not value.isascii() or not value.isdigit() or len(value) > len(str(INT64_MAX)):
        raise ValueError(f"{value!r:.40} is no whole number as text")
    return _number(int(value))


def _amount(value: str) -> int:
    amount = parse_amount(value)
    if amount < 0 or format_amount(amount) != value:
        raise ValueError(f"{value!r:.40} is no amount")
    return amount


def _hash(value: str) -> bytes:
    digest = bytes.fromhex(value)
    if len(digest) != 32:
        raise ValueError("a hash has 32 bytes")
    return digest


def _flag(value: object) -> bool:
    if not isinstance(value, bool):
        raise TypeError("a flag is true or false")
    return value


def _address(value: str) -> str:
    decode_public_key(value)
    return value


def _asset(value: str) -> str:
    if format_asset(parse_asset(value)) != value:
        raise ValueError(f"{value!r:.80} is no asset")
    return value
