"""A refund plan's file, with one of everything that its reader looks at."""

from base64 import b64encode

from constellation.protocol.settings_json import format_asset
from constellation.protocol.signing import settings_hash
from constellation.stellarlink.refund_document import FORMAT, KIND, Json
from constellation.stellarlink.refund_file import write_plan
from constellation.stellarlink.refund_model import Obstacle
from fuzzing.past import TRADERS, past, world


def refund_plan() -> bytes:
    """The file; its sums are not those of the past, which only a signer compares."""
    owner, dollar = TRADERS[0].address, format_asset(world().usd)
    certificate = past().certificates[past().last_certified]
    document: Json = {
        "kind": KIND,
        "format": FORMAT,
        "settings_hash": settings_hash(world().settings).hex(),
        "signers": {"auditors": [key.address for key in world().auditors], "quorum_rule": "majority", "quorum": 2},
        "state": {
            "batch": certificate.header.number,
            "header": "ab" * 32,
            "state_root": "cd" * 32,
            "ledger_cursor": str(world().settings.ledger_cursor),
            "certificate": b64encode(certificate.to_xdr()).decode(),
        },
        "choices": {
            "max_time_s": 1_800_000_000,
            "fee_per_operation_stroops": 100,
            "operations": 100,
            "set_aside": [dollar],
            "surplus": {"native": "1.0000000"},
            "donors": [owner],
        },
        "ledger": {
            "ledger": 7,
            "closed_at_s": 1_700_000_000,
            "base_reserve_stroops": 5_000_000,
            "vault_reserves": 12,
            "vault": {"native": {"amount": "12.5000000", "is_authorized": True}},
            "channels": [{"account": owner, "sequence": "7", "spendable": "1.0000000"}],
            "obstacles": [{"owner": owner, "asset": dollar, "obstacle": Obstacle.NO_ACCOUNT.value}],
        },
        "transactions": [],
    }
    return write_plan(document, {world().auditors[0].address: [bytes(64)]})
