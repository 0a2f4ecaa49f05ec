"""Operations and effects."""

from constellation.sandbox.history import EffectRecord, OperationRecord
from constellation.sandbox.render.links import Json, Links, format_time
from constellation.sandbox.render.transactions import transaction_resource

_EFFECT_TYPES = {
    "account_created": 0,
    "account_removed": 1,
    "account_credited": 2,
    "account_debited": 3,
    "account_thresholds_updated": 4,
    "account_home_domain_updated": 5,
    "account_flags_updated": 6,
    "signer_created": 10,
    "signer_removed": 11,
    "signer_updated": 12,
    "trustline_created": 20,
    "trustline_removed": 21,
    "trustline_updated": 22,
    "trustline_flags_updated": 26,
    "data_created": 40,
    "data_removed": 41,
    "data_updated": 42,
    "sequence_bumped": 43,
    "claimable_balance_created": 50,
    "claimable_balance_claimant_created": 51,
    "claimable_balance_claimed": 52,
    "claimable_balance_clawed_back": 80,
}


def operation_resource(links: Links, record: OperationRecord, *, with_transaction: bool = False) -> Json:
    """Returns an operation, with its transaction inside if the client asked to join it."""
    operation, transaction = record.operation, record.transaction
    token = str(record.toid)
    joined: Json = {"transaction": transaction_resource(links, transaction)} if with_transaction else {}
    return {
        "_links": {
            "self": links.to(f"/operations/{token}"),
            "transaction": links.to(f"/transactions/{transaction.hash}"),
            "effects": links.to(f"/operations/{token}/effects"),
            "succeeds": links.to(f"/effects?order=desc&cursor={token}"),
            "precedes": links.to(f"/effects?order=asc&cursor={token}"),
        },
        "id": token,
        "paging_token": token,
        "transaction_successful": transaction.is_successful,
        "source_account": operation.source.account_id,
        **operation.source.fields("source_account"),
        "type": operation.kind.name.lower(),
        "type_i": operation.kind.value,
        "created_at": format_time(transaction.closed_at),
        "transaction_hash": transaction.hash,
        **joined,
        **operation.describe(record.result),
    }


def effect_resource(links: Links, record: EffectRecord) -> Json:
    """Returns an effect."""
    operation_id, effect = record.operation.toid, record.effect
    token = f"{operation_id}-{record.order}"
    return {
        "_links": {
            "operation": links.to(f"/operations/{operation_id}"),
            "succeeds": links.to(f"/effects?order=desc&cursor={token}"),
            "precedes": links.to(f"/effects?order=asc&cursor={token}"),
        },
        "id": f"{operation_id:019d}-{record.order:010d}",
        "paging_token": token,
        "account": effect.account_id,
        "type": effect.type,
        "type_i": _EFFECT_TYPES[effect.type],
        "created_at": format_time(record.operation.transaction.closed_at),
        **effect.details,
    }
