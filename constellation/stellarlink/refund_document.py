"""A plan as a JSON document for people and programs.

A signer never signs what is written here: it reads the anchor, the facts of the ledger and the choices, checks them,
makes the whole document anew from its own state, and compares. So a changed byte anywhere is found and named.
"""

import json
from base64 import b64encode
from hashlib import sha256
from typing import Any, Final

from constellation.protocol.amounts import format_amount
from constellation.protocol.messages import LedgerSigners, Settings
from constellation.protocol.quorum import quorum_of
from constellation.protocol.signing import settings_constellation_id, settings_hash
from constellation.protocol.strkey import encode_public_key
from constellation.stellarlink.refund_claims import Claims
from constellation.stellarlink.refund_history import History
from constellation.stellarlink.refund_model import Anchor, Choices, LedgerFacts
from constellation.stellarlink.refund_payments import AssetSum, RefundPlan, RefundTransaction, Repayment

Json = dict[str, Any]

KIND: Final = "constellation refund plan"
FORMAT: Final = 1


def plan_document(
    settings: Settings,
    anchor: Anchor,
    signers: LedgerSigners,
    history: History,
    claims: Claims,
    facts: LedgerFacts,
    choices: Choices,
    plan: RefundPlan,
) -> Json:
    """Everything about a plan but its signatures."""
    return {
        "kind": KIND,
        "format": FORMAT,
        "settings_hash": settings_hash(settings).hex(),
        "constellation_id": settings_constellation_id(settings).hex(),
        "network_passphrase": settings.network_passphrase,
        "vault": encode_public_key(settings.vault),
        "signers": _signers(signers),
        "state": anchor_document(anchor),
        "choices": _choices(choices),
        "ledger": _facts(facts),
        "after_the_state": _history(history),
        "assets": [_sum(item) for item in plan.sums],
        "unpaid": [
            {"owner": item.owner, "asset": item.asset, "amount": format_amount(item.amount), "reason": item.reason}
            for item in plan.unpaid
        ],
        "transactions": [_transaction(item, claims) for item in plan.transactions],
    }


def anchor_document(anchor: Anchor) -> Json:
    """The part of a plan that names the state."""
    return {
        "batch": anchor.batch,
        "header": anchor.header.hex(),
        "state_root": anchor.state_root.hex(),
        "ledger_cursor": str(anchor.ledger_cursor),
        "certificate": b64encode(anchor.certificate).decode(),
    }


def _signers(signers: LedgerSigners) -> Json:
    return {
        "auditors": [encode_public_key(key) for key in signers.auditors],
        "quorum_rule": signers.quorum_rule.name.lower(),
        "quorum": quorum_of(signers),
    }


def _choices(choices: Choices) -> Json:
    return {
        "max_time_s": choices.max_time_s,
        "fee_per_operation_stroops": choices.fee_per_operation,
        "operations": choices.operations,
        "set_aside": list(choices.set_aside),
        "surplus": {asset: format_amount(amount) for asset, amount in sorted(choices.surplus.items())},
        "donors": list(choices.donors),
    }


def _facts(facts: LedgerFacts) -> Json:
    return {
        "ledger": facts.ledger,
        "closed_at_s": facts.closed_at_s,
        "base_reserve_stroops": facts.base_reserve,
        "vault_reserves": facts.vault_reserves,
        "vault": {
            asset: {"amount": format_amount(line.amount), "is_authorized": line.is_authorized}
            for asset, line in facts.vault.items()
        },
        "channels": [
            {"account": item.address, "sequence": str(item.sequence), "spendable": format_amount(item.spendable)}
            for item in facts.channels
        ],
        "obstacles": [
            {"owner": owner, "asset": asset, "obstacle": obstacle.value}
            for (owner, asset), obstacle in facts.obstacles.items()
        ],
    }


def _history(history: History) -> Json:
    return {
        "deposits": [
            {
                "operation": str(item.place),
                "from": item.source,
                "asset": item.asset,
                "amount": format_amount(item.amount),
            }
            for item in history.deposits
        ],
        "channel_transactions": [
            {"account": item.channel, "sequence": str(item.sequence), "hash": item.hash, "successful": item.successful}
            for item in history.used
        ],
        "paid": [
            {"hash": item.hash, "to": item.receiver, "asset": item.asset, "amount": format_amount(item.amount)}
            for item in history.outflows
        ],
    }


def _sum(item: AssetSum) -> Json:
    return {
        "asset": item.asset,
        "vault": format_amount(item.vault),
        "planned": format_amount(item.planned),
        "unpaid": format_amount(item.unpaid),
        "reserve": format_amount(item.reserve),
        "unexplained": format_amount(item.unexplained),
        "kept": format_amount(item.kept),
    }


def _transaction(item: RefundTransaction, claims: Claims) -> Json:
    return {
        "source": item.channel,
        "sequence": str(item.sequence),
        "fee_stroops": item.fee,
        "hash": item.hash.hex(),
        "envelope_xdr": item.envelope_xdr,
        "operations": [_repayment(repayment, claims) for repayment in item.repayments],
    }


def _repayment(item: Repayment, claims: Claims) -> Json:
    parts = claims.owed[item.owner, item.asset].parts
    return {
        "way": item.way.value,
        "to": item.owner,
        "asset": item.asset,
        "amount": format_amount(item.amount),
        "parts": {name: format_amount(amount) for name, amount in sorted(parts.items())},
    }


def plan_digest(document: Json) -> str:
    """A name for a plan, whoever has signed it: SHA-256, hexadecimal."""
    unsigned = {name: value for name, value in document.items() if name != "signatures"}
    return sha256(json.dumps(unsigned, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def first_difference(expected: object, found: object, place: str = "") -> str | None:
    """Where two documents differ first, in one sentence; None when they are the same.

    Args:
        expected: what was made from the own state.
        found: what the file says.
        place: where in the document this is.
    """
    if isinstance(expected, dict) and isinstance(found, dict):
        for name in (*expected, *(name for name in found if name not in expected)):
            inside = f"{place}.{name}" if place else str(name)
            if name not in expected:
                return f"{inside} does not belong there"
            if name not in found:
                return f"{inside} is missing"
            difference = first_difference(expected[name], found[name], inside)
            if difference is not None:
                return difference
        return None
    if isinstance(expected, list) and isinstance(found, list):
        for number, (one, other) in enumerate(zip(expected, found, strict=False)):
            difference = first_difference(one, other, f"{place}[{number}]")
            if difference is not None:
                return difference
        if len(expected) != len(found):
            return f"{place} has {len(found)} entries, this node finds {len(expected)}"
        return None
    if type(expected) is not type(found) or expected != found:
        return f"{place} is {found!r:.100}, this node finds {expected!r:.100}"
    return None
